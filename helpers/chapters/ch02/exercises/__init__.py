"""The exercises of chapter 2, in the order of its notebook; a file each."""

from helpers.chapters.ch02.exercises import (
    all,
    board,
    charge,
    customs,
    depot,
    depots,
    docs,
    export,
    handover,
    label,
    leak,
    notify,
    page,
    plate,
)

EXERCISES = [
    all.EXERCISE,
    plate.EXERCISE,
    charge.EXERCISE,
    customs.EXERCISE,
    handover.EXERCISE,
    notify.EXERCISE,
    depots.EXERCISE,
    docs.EXERCISE,
    page.EXERCISE,
    leak.EXERCISE,
    depot.EXERCISE,
    export.EXERCISE,
    board.EXERCISE,
    label.EXERCISE,
]
