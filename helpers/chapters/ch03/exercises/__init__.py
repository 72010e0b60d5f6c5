"""The exercises of chapter 3, in the order of its notebook; a file each."""

from helpers.chapters.ch03.exercises import (
    change,
    claim,
    codes,
    cookie,
    correction,
    form,
    intake,
    listing,
    manifest,
    order,
    picture,
    postcode,
    progress,
    readings,
    scan,
    visitor,
)

EXERCISES = [
    codes.EXERCISE,
    manifest.EXERCISE,
    readings.EXERCISE,
    form.EXERCISE,
    cookie.EXERCISE,
    progress.EXERCISE,
    change.EXERCISE,
    postcode.EXERCISE,
    visitor.EXERCISE,
    order.EXERCISE,
    claim.EXERCISE,
    scan.EXERCISE,
    listing.EXERCISE,
    intake.EXERCISE,
    correction.EXERCISE,
    picture.EXERCISE,
]
