"""The exercises of chapter 7, in the order of its notebook; a file each."""

from helpers.chapters.ch07.exercises import enqueue, grace, smoke, start, twice

EXERCISES = [grace.EXERCISE, smoke.EXERCISE, enqueue.EXERCISE, twice.EXERCISE, start.EXERCISE]
