"""The exercises of chapter 6, in the order of its notebook; a file each."""

from helpers.chapters.ch06.exercises import (
    borders,
    clock,
    database,
    factory,
    kept,
    latency,
    lines,
    note,
    notice,
    onward,
    outgoing,
    override,
    socket,
    watch,
)

EXERCISES = [
    borders.EXERCISE,
    override.EXERCISE,
    kept.EXERCISE,
    clock.EXERCISE,
    notice.EXERCISE,
    factory.EXERCISE,
    socket.EXERCISE,
    database.EXERCISE,
    outgoing.EXERCISE,
    note.EXERCISE,
    watch.EXERCISE,
    lines.EXERCISE,
    onward.EXERCISE,
    latency.EXERCISE,
]
