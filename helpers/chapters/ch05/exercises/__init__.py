"""The exercises of chapter 5, in the order of its notebook; a file each."""

from helpers.chapters.ch05.exercises import (
    backfill,
    crowd,
    gone,
    grams,
    job,
    page,
    place,
    ready,
    refuse,
    release,
    required,
    senders,
    soft,
    totals,
    tree,
    upsert,
)

EXERCISES = [
    release.EXERCISE,
    job.EXERCISE,
    place.EXERCISE,
    totals.EXERCISE,
    refuse.EXERCISE,
    upsert.EXERCISE,
    required.EXERCISE,
    backfill.EXERCISE,
    grams.EXERCISE,
    senders.EXERCISE,
    tree.EXERCISE,
    gone.EXERCISE,
    crowd.EXERCISE,
    ready.EXERCISE,
    page.EXERCISE,
    soft.EXERCISE,
]
