"""The exercises of chapter 4, in the order of its notebook; a file each."""

from helpers.chapters.ch04.exercises import (
    analogies,
    audit,
    caller,
    careful,
    crash,
    leave,
    loop,
    mine,
    order,
    patient,
    receipt,
    resume,
    shape,
    shop,
    stack,
    stamp,
    threads,
    together,
)

EXERCISES = [
    module.EXERCISE
    for module in (
        caller,
        audit,
        mine,
        stamp,
        stack,
        order,
        together,
        loop,
        threads,
        receipt,
        careful,
        analogies,
        leave,
        resume,
        shop,
        crash,
        shape,
        patient,
    )
]
