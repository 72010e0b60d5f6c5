"""The exercises of chapter 5, in the order of its notebook; a file each."""

from helpers.chapters.ch05.exercises import crowd, job, place, ready, release, senders, totals

EXERCISES = [
    release.EXERCISE,
    crowd.EXERCISE,
    ready.EXERCISE,
    job.EXERCISE,
    place.EXERCISE,
    totals.EXERCISE,
    senders.EXERCISE,
]
