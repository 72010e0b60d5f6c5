"""Chapter 9: its exercises, in the order of the notebook."""

from helpers.chapters.ch09.exercises import (
    change,
    create,
    faults,
    gate,
    listed,
    pages,
    relay,
    retry,
    review,
    tests,
    trace,
    write,
)

EXERCISES = [
    create.EXERCISE,
    pages.EXERCISE,
    retry.EXERCISE,
    tests.EXERCISE,
    write.EXERCISE,
    relay.EXERCISE,
    change.EXERCISE,
    listed.EXERCISE,
    review.EXERCISE,
    faults.EXERCISE,
    trace.EXERCISE,
    gate.EXERCISE,
]
