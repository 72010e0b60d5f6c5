"""What learners pass to 4.3-analogies."""

from tests.chapters.answers import right, stub, wrong

RIGHT = {
    "waiter": "a",
    "cooks": "b",
    "waiter cooks": "c",
    "order slip": "d",
    "dish": "e",
    "receipt": "f",
    "tracking number": "g",
    "second attempt": "h",
}


@stub("4.3-analogies")
def analogies_shipped():
    return ...


@wrong("4.3-analogies", says="missing: cooks")
def analogies_begun():
    return {"waiter": "a"}


@wrong("4.3-analogies", says="no part called 'cook'")
def analogies_misspelt():
    return {"cook": "b"}


@wrong("4.3-analogies", says="Look at `waiter` again")
def analogies_waiter_is_a_thread():
    return RIGHT | {"waiter": "b", "cooks": "a"}


@wrong("4.3-analogies", says="Look at `dish` again")
def analogies_dish_is_the_answer():
    return RIGHT | {"dish": "f", "receipt": "e"}


@wrong("4.3-analogies", says="Look at `tracking number` again")
def analogies_tracking_is_retry():
    return RIGHT | {"tracking number": "h", "second attempt": "g"}


@wrong("4.3-analogies", says="a dictionary is asked for")
def analogies_as_text():
    return "abcdefgh"


@right("4.3-analogies")
def analogies_in_capitals():
    return {part: letter.upper() for part, letter in RIGHT.items()}
