"""The exercises of chapter 6, in the order of its notebook; a file each."""

from helpers.chapters.ch06.exercises import (
    borders,
    clock,
    database,
    factory,
    latency,
    notice,
    outgoing,
    override,
    socket,
)

EXERCISES = [
    borders.EXERCISE,
    clock.EXERCISE,
    override.EXERCISE,
    notice.EXERCISE,
    factory.EXERCISE,
    socket.EXERCISE,
    database.EXERCISE,
    outgoing.EXERCISE,
    latency.EXERCISE,
]
