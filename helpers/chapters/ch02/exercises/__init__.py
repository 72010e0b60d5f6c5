"""The exercises of chapter 2, in the order of its notebook; a file each."""

from helpers.chapters.ch02.exercises import all, label, notify

EXERCISES = [all.EXERCISE, label.EXERCISE, notify.EXERCISE]
