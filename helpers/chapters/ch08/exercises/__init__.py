"""The exercises of chapter 8, in the order of its notebook; a file each."""

from helpers.chapters.ch08.exercises import bulkhead, ids, public, retire, silent, sunset

EXERCISES = [
    silent.EXERCISE,
    bulkhead.EXERCISE,
    ids.EXERCISE,
    public.EXERCISE,
    retire.EXERCISE,
    sunset.EXERCISE,
]
