"""The exercises of chapter 7, in the order of its notebook; a file each."""

from helpers.chapters.ch07.exercises import enqueue, start, twice

EXERCISES = [enqueue.EXERCISE, twice.EXERCISE, start.EXERCISE]
