"""The exercises of chapter 3, in the order of its notebook; a file each."""

from helpers.chapters.ch03.exercises import change, image, progress

EXERCISES = [progress.EXERCISE, change.EXERCISE, image.EXERCISE]
