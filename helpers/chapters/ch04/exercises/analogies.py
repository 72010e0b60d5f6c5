"""Exercise 4.3-analogies: two stories repaired."""

from helpers.learning.model import Exercise

STORY = {
    "waiter": ("a", "he takes and serves everything himself, one thing at a time, like the thread of the event loop"),
    "cooks": ("b", "they are many and work side by side, and every `def` path operation wants them too"),
    "waiter cooks": ("c", "while he stands at the stove, no table is served: an `async def` task that blocks"),
    "order slip": (
        "d",
        "it is one guest's list, worked off in order, and thrown away at the end; no queue of the house",
    ),
    "dish": ("e", "the guest has paid and left before it was ready, and no way leads back to the table"),
    "receipt": ("f", "it was given before anything was carried anywhere, and proves no delivery"),
    "tracking number": ("g", "`add_task` returns None; you built the number yourself, with a job"),
    "second attempt": ("h", "a failed task, or one whose process was killed, is nobody's any more"),
}


def _check_analogies(repaired: dict[str, str]) -> str:
    assert isinstance(repaired, dict), (
        'a dictionary is asked for, such as {"waiter": "a"}, with all eight parts as keys.'
    )
    missing = [part for part in STORY if part not in repaired]
    unknown = [str(part) for part in repaired if part not in STORY]
    assert not unknown, f"the stories have no part called {unknown[0]!r}. The parts are: {', '.join(STORY)}."
    assert not missing, f"{len(STORY) - len(missing)} of {len(STORY)} parts are there; missing: {', '.join(missing)}."
    given = {part: str(letter).strip().lower() for part, letter in repaired.items()}
    wrong = [part for part, (letter, _) in STORY.items() if given[part] != letter]
    right = len(STORY) - len(wrong)
    assert not wrong, f"{right} of {len(STORY)} are right. Look at `{wrong[0]}` again: {STORY[wrong[0]][1]}."
    return "Both stories are repaired: one waiter who may be the cook, no dish, a receipt that proves nothing, no second attempt."


def _solve_analogies() -> dict[str, str]:
    repaired = {
        "waiter": "a",
        "cooks": "b",
        "waiter cooks": "c",
        "order slip": "d",
        "dish": "e",
        "receipt": "f",
        "tracking number": "g",
        "second attempt": "h",
    }
    return repaired


EXERCISE = Exercise(
    id="4.3-analogies",
    title="two stories repaired",
    task="Give each of the eight parts of the two stories the letter of the fact that you measured for it.",
    check=_check_analogies,
    hints=(
        "Rules 5 to 7 of section 4.3 tell the waiter, the cooks and the cooking waiter apart.",
        "Three parts do not exist, each for a reason of its own: no way back, no handle, no second try.",
        "Rule 1 says when the receipt is given; the appendix on background tasks says what kind of list the slip is.",
    ),
    solution=_solve_analogies,
    wants="value",
)
