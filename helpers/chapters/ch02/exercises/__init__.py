"""The exercises of chapter 2, in the order of its notebook; a file each."""

from helpers.chapters.ch02.exercises import all, label, ledger, need, notify, paging, patient, stock

EXERCISES = [
    all.EXERCISE,
    stock.EXERCISE,
    patient.EXERCISE,
    paging.EXERCISE,
    need.EXERCISE,
    ledger.EXERCISE,
    notify.EXERCISE,
    label.EXERCISE,
]
