"""The exercises of chapter 6, in the order of its notebook; a file each."""

from helpers.chapters.ch06.exercises import latency, notice

EXERCISES = [notice.EXERCISE, latency.EXERCISE]
