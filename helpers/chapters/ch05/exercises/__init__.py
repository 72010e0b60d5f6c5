"""The exercises of chapter 5, in the order of its notebook; a file each."""

from helpers.chapters.ch05.exercises import job, release, senders

EXERCISES = [release.EXERCISE, job.EXERCISE, senders.EXERCISE]
