"""The exercises of chapter 1, in the order of its notebook; a file each."""

from helpers.chapters.ch01.exercises import mail, weight

EXERCISES = [mail.EXERCISE, weight.EXERCISE]
