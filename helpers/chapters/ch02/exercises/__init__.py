"""The exercises of chapter 2, in the order of its notebook; a file each."""

from helpers.chapters.ch02.exercises import (
    all,
    board,
    charge,
    depots,
    docs,
    export,
    handover,
    label,
    leak,
    ledger,
    need,
    page,
    paging,
    plate,
    stock,
)

EXERCISES = [
    all.EXERCISE,
    stock.EXERCISE,
    plate.EXERCISE,
    charge.EXERCISE,
    handover.EXERCISE,
    paging.EXERCISE,
    need.EXERCISE,
    ledger.EXERCISE,
    depots.EXERCISE,
    docs.EXERCISE,
    page.EXERCISE,
    leak.EXERCISE,
    export.EXERCISE,
    board.EXERCISE,
    label.EXERCISE,
]
