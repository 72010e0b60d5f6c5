"""The exercises of chapter 1, in the order of its notebook; a file each."""

from helpers.chapters.ch01.exercises import cheapest, convert, entrypoint, mail, port, request, weight

EXERCISES = [
    mail.EXERCISE,
    request.EXERCISE,
    convert.EXERCISE,
    weight.EXERCISE,
    cheapest.EXERCISE,
    port.EXERCISE,
    entrypoint.EXERCISE,
]
