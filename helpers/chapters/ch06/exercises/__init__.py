"""The exercises of chapter 6, in the order of its notebook; a file each."""

from helpers.chapters.ch06.exercises import kept, latency, lines, note, notice, onward, watch

EXERCISES = [
    kept.EXERCISE,
    note.EXERCISE,
    watch.EXERCISE,
    lines.EXERCISE,
    onward.EXERCISE,
    notice.EXERCISE,
    latency.EXERCISE,
]
