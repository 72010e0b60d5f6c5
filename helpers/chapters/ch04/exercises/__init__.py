"""The exercises of chapter 4, in the order of its notebook; a file each."""

from helpers.chapters.ch04.exercises import (
    analogies,
    audit,
    caller,
    crash,
    leave,
    mine,
    patient,
    resume,
    shape,
    shop,
    stack,
    stamp,
)

EXERCISES = [
    module.EXERCISE
    for module in (caller, audit, mine, stamp, stack, analogies, leave, resume, shop, crash, shape, patient)
]
