"""The exercises of chapter 3, in the order of its notebook; a file each."""

from helpers.chapters.ch03.exercises import (
    album,
    change,
    claim,
    correction,
    digest,
    image,
    intake,
    listing,
    order,
    picture,
    progress,
    scan,
)

EXERCISES = [
    order.EXERCISE,
    digest.EXERCISE,
    claim.EXERCISE,
    album.EXERCISE,
    scan.EXERCISE,
    progress.EXERCISE,
    change.EXERCISE,
    image.EXERCISE,
    listing.EXERCISE,
    intake.EXERCISE,
    correction.EXERCISE,
    picture.EXERCISE,
]
