"""9.4-faults: eight faults, found by measuring."""

from helpers.learning.model import Exercise

CAUSES = {
    "a": "an `async def` task blocks the event loop",
    "b": "the tasks take all worker threads",
    "c": "an argument of the task is computed before the answer",
    "d": "tasks wait for each other that could run at the same time",
    "e": "a database session stays open until the task has ended",
    "f": "a place under `max_concurrency` stays taken until the task has ended",
    "g": "a failing task takes the next one with it",
    "h": "the change itself is made in the task",
    "i": "the task is cancelled when the client hangs up",
    "j": "the task starts before the answer is sent",
    "k": "nothing: it is sound",
}
FAULTS = {
    "POST /parcels": "c",
    "POST /photos": "a",
    "POST /labels": "b",
    "POST /surveys": "k",
    "POST /claims": "e",
    "POST /orders": "g",
    "GET /slots": "f",
    "PUT /address": "h",
    "POST /notices": "d",
    "POST /exports": "k",
}
# What a measurement shows of each path operation, without the cause.
SHOWN = {
    "POST /parcels": "its own client waits, while nobody else does, and its task is short",
    "POST /photos": "while its task runs, both `/ping` and `/price` wait for its whole length",
    "POST /labels": "45 requests are answered at once; then `/price`, a `def`, waits, and `/ping` does not",
    "POST /surveys": "its client, `/ping` and `/price` are all answered at once, while its task takes its time",
    "POST /claims": "two requests are answered at once, and the third, while their tasks run, gets 500",
    "POST /orders": "of its two tasks only the first appears in the timeline, with an error",
    "GET /slots": "the second request waits as long as the first one's task runs, and nobody else does",
    "PUT /address": "a GET right after its 204 still reads the old address",
    "POST /notices": "each of its tasks starts when the one before has ended, though all of them only wait",
    "POST /exports": "its client, `/ping` and `/price` are all answered at once, while its task takes its time",
}


def _operation(name: object) -> str:
    """A path operation as it is listed, however it was typed: "post  /parcels" is "POST /parcels"."""
    method, _, path = str(name).strip().partition(" ")
    return f"{method.upper()} {path.strip()}".strip()


def _check(findings: dict[str, str]) -> str:
    assert isinstance(findings, dict), 'findings are a dictionary: `{"POST /parcels": "k", ...}`.'
    said = {_operation(name): str(letter).strip().lower() for name, letter in findings.items()}
    for operation, letter in said.items():
        assert operation in FAULTS, (
            f"there is no `{operation}`. There are: {', '.join(f'`{name}`' for name in FAULTS)}."
        )
        assert letter in CAUSES, f"`{letter}` is none of the letters {', '.join(CAUSES)}."
    assert len(said) < len(FAULTS) or len(set(said.values())) > 1, (
        "ten times the same letter: measure one after the other."
    )
    right = [operation for operation, letter in said.items() if FAULTS[operation] == letter]
    found = f"{len(right)} of {len(FAULTS)} are right."
    for operation, letter in said.items():
        if FAULTS[operation] == letter:
            continue
        if letter == "k":
            raise AssertionError(f"{found} `{operation}` is not sound: {SHOWN[operation]}.")
        raise AssertionError(f"{found} `{operation}`, ({letter}) {CAUSES[letter]}? Measured: {SHOWN[operation]}.")
    missing = [operation for operation in FAULTS if operation not in said]
    assert not missing, f"{found} Not judged yet: {', '.join(f'`{operation}`' for operation in missing)}."
    return "Eight faults found, each by what it does to somebody, and two path operations rightly left alone."


def _solve() -> dict[str, str]:
    findings = {
        "POST /parcels": "c",  # its own client waits 0.3 s: `draw_receipt()` is called to make the argument
        "POST /photos": "a",  # /ping and /price wait for the task's whole length
        "POST /labels": "b",  # with 45 requests /price waits, and /ping does not
        "POST /surveys": "k",  # a `def` task that sleeps: nobody notices
        "POST /claims": "e",  # the third request gets 500 while two tasks run
        "POST /orders": "g",  # the first task fails, the second is not in the timeline
        "GET /slots": "f",  # the second request waits for the first one's task
        "PUT /address": "h",  # a GET after the 204 reads the old address
        "POST /notices": "d",  # three waits of 0.2 s, one after the other
        "POST /exports": "k",  # an `async def` task that awaits: nobody notices
    }
    return findings


EXERCISE = Exercise(
    id="9.4-faults",
    title="eight faults, found by measuring",
    task="Say of each of the ten path operations what is wrong with its timing: a dictionary from `POST /parcels` and so on to "
    "a letter.",
    check=_check,
    hints=(
        "`watch` every path operation once. Who waits: its own client, `/ping`, `/price`, the second client, a task?",
        "`/ping` is `async def`, `/price` is `def`. What does it mean when both wait, and when only `/price` does?",
        'Some faults need company: `watch("POST", "/labels", times=45)`, `watch("GET", "/slots", times=2)`, three claims.',
        "Two look sound until you ask for the outcome: read the address after its PUT, and count the tasks of an order.",
    ),
    solution=_solve,
    wants="value",
)
