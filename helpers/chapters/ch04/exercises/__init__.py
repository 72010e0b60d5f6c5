"""The exercises of chapter 4, in the order of its notebook; a file each."""

from helpers.chapters.ch04.exercises import analogies, audit, crash, leave, patient, resume, shape, shop

EXERCISES = [module.EXERCISE for module in (audit, analogies, leave, resume, shop, crash, shape, patient)]
