"""The exercises of chapter 5, in the order of its notebook; a file each."""

from helpers.chapters.ch05.exercises import (
    backfill,
    gone,
    grams,
    job,
    page,
    refuse,
    release,
    required,
    senders,
    soft,
    tree,
    upsert,
)

EXERCISES = [
    release.EXERCISE,
    job.EXERCISE,
    refuse.EXERCISE,
    upsert.EXERCISE,
    required.EXERCISE,
    backfill.EXERCISE,
    grams.EXERCISE,
    senders.EXERCISE,
    tree.EXERCISE,
    gone.EXERCISE,
    page.EXERCISE,
    soft.EXERCISE,
]
