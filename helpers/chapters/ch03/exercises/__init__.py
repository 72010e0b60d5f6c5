"""The exercises of chapter 3, in the order of its notebook; a file each."""

from helpers.chapters.ch03.exercises import (
    change,
    cookie,
    created,
    form,
    image,
    patch,
    postcode,
    progress,
    put,
    stock,
    visitor,
)

EXERCISES = [
    form.EXERCISE,
    created.EXERCISE,
    cookie.EXERCISE,
    patch.EXERCISE,
    put.EXERCISE,
    stock.EXERCISE,
    postcode.EXERCISE,
    visitor.EXERCISE,
    progress.EXERCISE,
    change.EXERCISE,
    image.EXERCISE,
]
