"""The exercises of chapter 7, in the order of its notebook; a file each."""

from helpers.chapters.ch07.exercises import backoff, enqueue, once, start, twice

EXERCISES = [enqueue.EXERCISE, backoff.EXERCISE, twice.EXERCISE, once.EXERCISE, start.EXERCISE]
