"""The exercises of chapter 7, in the order of its notebook; a file each."""

from helpers.chapters.ch07.exercises import enqueue, ready, start, trusted, twice

EXERCISES = [enqueue.EXERCISE, twice.EXERCISE, trusted.EXERCISE, ready.EXERCISE, start.EXERCISE]
