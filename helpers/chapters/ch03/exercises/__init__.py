"""The exercises of chapter 3, in the order of its notebook; a file each."""

from helpers.chapters.ch03.exercises import (
    album,
    change,
    claim,
    desk_change,
    desk_create,
    desk_list,
    desk_photo,
    digest,
    image,
    order,
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
    desk_list.EXERCISE,
    desk_create.EXERCISE,
    desk_change.EXERCISE,
    desk_photo.EXERCISE,
]
