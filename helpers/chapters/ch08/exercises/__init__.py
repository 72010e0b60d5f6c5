"""The exercises of chapter 8, in the order of its notebook; a file each."""

from helpers.chapters.ch08.exercises import bulkhead, retire, silent

EXERCISES = [silent.EXERCISE, bulkhead.EXERCISE, retire.EXERCISE]
