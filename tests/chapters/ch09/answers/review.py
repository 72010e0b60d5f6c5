"""What learners pass to 9.4-review."""

from helpers.chapters.ch09.exercises.review import EXERCISE
from tests.chapters.answers import right, stub, wrong


def review(**changes):
    """The right review with some lines changed: `line_31="g"`; None leaves a line out."""
    remarks = EXERCISE.solution() | {int(name.removeprefix("line_")): letter for name, letter in changes.items()}
    return {line: letter for line, letter in remarks.items() if letter}


@stub("9.4-review")
def review_shipped():
    return ...


@wrong("9.4-review", says="line 30 is sound: `note_audit` is a `def` task")
def review_blames_the_thread():
    return review(line_30="a")


@wrong("9.4-review", says="not because it blocks a worker thread for good")
def review_with_a_wrong_reason():
    return review(line_24="g")


@wrong("9.4-review", says="5 of 6 faults are named")
def review_without_the_audit():
    return review(line_53=None)


@wrong("9.4-review", says="line 56 is sound")
def review_blames_the_task():
    return review(line_56="h")


@wrong("9.4-review", says="is not where anything goes wrong")
def review_blames_async():
    return review(line_47="a")


@wrong("9.4-review", says="`1` is none of the letters")
def review_turned_round():
    return {24: "1"}


@wrong("9.4-review", says="a review is a dictionary")
def review_as_a_list():
    return [24, 46, 49, 53, 57, 58]


@right("9.4-review")
def review_where_it_strikes():
    return review(line_24=None, line_53=None) | {25: "A", 55: " d "}


@wrong("9.4-review", says="`59` is no line")
def review_beyond_the_end():
    return review(line_59="f")


@right("9.4-review")
def review_in_words():
    return {f"line {line}": letter for line, letter in EXERCISE.solution().items()}


@right("9.4-review")
def review_at_the_function():
    remarks = {str(line): letter for line, letter in review(line_46=None).items()}
    return remarks | {"47": "b"}
