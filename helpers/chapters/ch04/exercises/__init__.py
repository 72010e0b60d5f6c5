"""The exercises of chapter 4, in the order of its notebook; a file each."""

from helpers.chapters.ch04.exercises import analogies, audit, crash, patient, shop

EXERCISES = [audit.EXERCISE, analogies.EXERCISE, shop.EXERCISE, crash.EXERCISE, patient.EXERCISE]
