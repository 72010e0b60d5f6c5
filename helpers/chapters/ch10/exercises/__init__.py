"""Chapter 10: its exercises, in the order of the notebook."""

from helpers.chapters.ch10.exercises import (
    carry,
    each,
    filter,
    forgot,
    free,
    keep,
    once,
    outbox,
    scope,
    stopwatch,
    together,
    versions,
)

EXERCISES = [
    free.EXERCISE,
    together.EXERCISE,
    filter.EXERCISE,
    once.EXERCISE,
    stopwatch.EXERCISE,
    keep.EXERCISE,
    each.EXERCISE,
    scope.EXERCISE,
    carry.EXERCISE,
    forgot.EXERCISE,
    versions.EXERCISE,
    outbox.EXERCISE,
]
