"""The exercises of chapter 2, in the order of its notebook; a file each."""

from helpers.chapters.ch02.exercises import all, depots, docs, label, notify, page

EXERCISES = [depots.EXERCISE, docs.EXERCISE, page.EXERCISE, all.EXERCISE, label.EXERCISE, notify.EXERCISE]
