"""The exercises of chapter 7, in the order of its notebook; a file each."""

from helpers.chapters.ch07.exercises import (
    backoff,
    enqueue,
    grace,
    once,
    proxy,
    ready,
    smoke,
    start,
    twice,
)

EXERCISES = [
    grace.EXERCISE,
    smoke.EXERCISE,
    enqueue.EXERCISE,
    twice.EXERCISE,
    backoff.EXERCISE,
    once.EXERCISE,
    proxy.EXERCISE,
    ready.EXERCISE,
    start.EXERCISE,
]
