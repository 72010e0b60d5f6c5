"""The exercises of chapter 4, in the order of its notebook; a file each."""

from helpers.chapters.ch04.exercises import analogies, audit, careful, loop, order, patient, receipt, threads, together

EXERCISES = [
    receipt.EXERCISE,
    order.EXERCISE,
    together.EXERCISE,
    loop.EXERCISE,
    threads.EXERCISE,
    careful.EXERCISE,
    audit.EXERCISE,
    analogies.EXERCISE,
    patient.EXERCISE,
]
