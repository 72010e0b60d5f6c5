"""The exercises of chapter 7, in the order of its notebook; a file each."""

from helpers.chapters.ch07.exercises import enqueue, proxy, ready, start, twice

EXERCISES = [enqueue.EXERCISE, twice.EXERCISE, proxy.EXERCISE, ready.EXERCISE, start.EXERCISE]
