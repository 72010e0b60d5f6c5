"""The exercises of chapter 4, in the order of its notebook; a file each."""

from helpers.chapters.ch04.exercises import analogies, audit, caller, mine, patient, stack, stamp

EXERCISES = [
    caller.EXERCISE,
    mine.EXERCISE,
    audit.EXERCISE,
    stamp.EXERCISE,
    stack.EXERCISE,
    analogies.EXERCISE,
    patient.EXERCISE,
]
