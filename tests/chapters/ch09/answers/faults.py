"""What learners pass to 9.4-faults."""

from helpers.chapters.ch09.exercises.faults import EXERCISE
from tests.chapters.answers import right, stub, wrong


def faults(**changes):
    """The right findings with one operation judged otherwise: `POST_photos="k"`; None leaves it out."""
    named = {name.replace("_", " /", 1): letter for name, letter in changes.items()}
    return {operation: letter for operation, letter in (EXERCISE.solution() | named).items() if letter}


@stub("9.4-faults")
def faults_shipped():
    return ...


@wrong("9.4-faults", says="`POST /photos` is not sound: while its task runs")
def faults_photos_sound():
    return faults(POST_photos="k")


@wrong("9.4-faults", says="`POST /surveys`, (a)")
def faults_surveys_block():
    return faults(POST_surveys="a")


@wrong("9.4-faults", says="then `/price`, a `def`, waits, and `/ping` does not")
def faults_labels_block():
    return faults(POST_labels="a")


@wrong("9.4-faults", says="`POST /claims`, (f)")
def faults_claims_slot():
    return faults(POST_claims="f")


@wrong("9.4-faults", says="8 of 10 are right. Not judged yet: `PUT /address`, `POST /exports`")
def faults_unfinished():
    return faults(PUT_address=None, POST_exports=None)


@wrong("9.4-faults", says="`POST /orders`, (i)")
def faults_orders_hang_up():
    return faults(POST_orders="i")


@wrong("9.4-faults", says="there is no `POST /photo`")
def faults_misspelt():
    return faults() | {"POST /photo": "a"}


@wrong("9.4-faults", says="ten times the same letter")
def faults_all_sound():
    return dict.fromkeys(EXERCISE.solution(), "k")


@right("9.4-faults")
def faults_in_capitals():
    return {operation: letter.upper() for operation, letter in reversed(EXERCISE.solution().items())}


@right("9.4-faults")
def faults_in_small_letters():
    return {operation.lower(): letter for operation, letter in EXERCISE.solution().items()}


@right("9.4-faults")
def faults_with_spaces():
    return {operation.replace(" ", "  ") + " ": f" {letter} " for operation, letter in EXERCISE.solution().items()}
