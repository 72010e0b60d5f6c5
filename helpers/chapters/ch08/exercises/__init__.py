"""The exercises of chapter 8, in the order of its notebook; a file each."""

from helpers.chapters.ch08.exercises import (
    bulkhead,
    etag,
    factory,
    guesses,
    ids,
    later,
    once,
    public,
    query,
    retire,
    settings,
    signed,
    silent,
    sunset,
)

EXERCISES = [
    settings.EXERCISE,
    factory.EXERCISE,
    later.EXERCISE,
    query.EXERCISE,
    guesses.EXERCISE,
    signed.EXERCISE,
    etag.EXERCISE,
    once.EXERCISE,
    silent.EXERCISE,
    bulkhead.EXERCISE,
    ids.EXERCISE,
    public.EXERCISE,
    retire.EXERCISE,
    sunset.EXERCISE,
]
