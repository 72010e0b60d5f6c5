"""The exercises of chapter 3, in the order of its notebook; a file each."""

from helpers.chapters.ch03.exercises import about, change, codes, image, manifest, progress, readings, shelf

EXERCISES = [
    codes.EXERCISE,
    about.EXERCISE,
    shelf.EXERCISE,
    manifest.EXERCISE,
    readings.EXERCISE,
    progress.EXERCISE,
    change.EXERCISE,
    image.EXERCISE,
]
