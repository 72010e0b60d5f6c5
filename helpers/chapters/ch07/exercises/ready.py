"""Exercise 7.1-ready: say which part is down, in time."""

import asyncio
import time

import httpx
from fastapi import FastAPI, Response

from helpers.chapters.asking import logged, wanted
from helpers.chapters.ch07.lesson import Part
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code

Parts = dict[str, Part]
LATE = {"slow": 0.2, "late": 0.8}  # seconds after which a part answers all the same, in time or not
LONG = 4.0  # seconds after which a silent part answers all the same, so that no check hangs

# What befalls the parts, what was right to say, and a sentence for it.
CASES = [
    ({}, "both parts answer"),
    ({"broker": "down"}, "the broker refuses the connection"),
    ({"database": "down"}, "the database refuses the connection"),
    ({"broker": "down", "database": "down"}, "both parts refuse the connection"),
    ({"database": "silent"}, "the database takes the connection and says nothing"),
    ({"broker": "silent"}, "the broker takes the connection and says nothing"),
    ({"database": "slow"}, "the database answers after 0.2 s"),
    ({"database": "late"}, "the database answers after 0.8 s"),
    ({}, "both parts answer again"),
]


def _check_ready(app: FastAPI, parts: Parts) -> str:
    with running(app) as server:
        try:
            for trouble, what in CASES:
                _look(server, parts, trouble, what)
        finally:
            _set(parts, {})
    return "Whoever asks is told which part is down, and in time, also by a part that says nothing at all."


def _set(parts: Parts, trouble: dict[str, str]) -> None:
    for name, part in parts.items():
        state = trouble.get(name, "up")
        part.reset("silent" if state in LATE else state, LATE.get(state, LONG))


def _ready(server: Server, parts: Parts, what: str) -> httpx.Response:
    """What `/ready` answers, in time and without failing itself."""
    server.client.hang_up()
    begun = time.monotonic()
    try:
        answer = server.client.get("/ready", timeout=3 * LONG)
    except httpx.ReadTimeout:
        raise AssertionError(f"{what}, and `/ready` never answered.") from None
    waited_out = [name for name, part in parts.items() if part.gave_in]
    assert not waited_out or "answers after" in what, (
        f"{what}, and `/ready` waited until it spoke, {LONG:g} s later. The orchestrator had given up by then: set each part "
        "a limit, for example by `asyncio.wait_for(..., 0.5)`."
    )
    assert "says nothing" not in what or time.monotonic() - begun < LONG / 2, (
        f"{what}, and `/ready` gave it far longer than half a second: who asks may have given up by then. The limit is in seconds."
    )
    if answer.status_code == 500:
        reason = logged(server)
        assert not ("TimeoutError" in reason or "ConnectionError" in reason), (
            f"{what}, and `/ready` failed itself, by {code(reason.split(':')[0])}: 500 says that your code is wrong. Catch it, "
            "for it is the answer that was asked for."
        )
        raise AssertionError(f"{what}, and `/ready` answered 500, because your code failed: {reason}.")
    return answer


def _look(server: Server, parts: Parts, trouble: dict[str, str], what: str) -> None:
    """Ask in one state of the parts, and look at the answer."""
    _set(parts, trouble)
    answer = _ready(server, parts, what)
    came, states = answer.status_code, {name: "down" if trouble.get(name, "slow") != "slow" else "up" for name in parts}
    unasked = [name for name, part in parts.items() if not part.asked]
    assert not unasked, (
        f"{what}, and the {unasked[0]} was never asked. Ask every part each time, also when another is down: the answer is to "
        "name all that are."
    )
    if came < 500 or _is_states(answer, parts):
        assert _is_states(answer, parts), f"{what}; {wanted(states, answer)}."
        told = answer.json()
        wrong = [name for name in parts if told[name] != states[name]]
        assert not wrong, (
            f"{what}, and `/ready` says that the {wrong[0]} is {told[wrong[0]]}. Each part is asked, limited and named on its own."
        )
    expected = 503 if "down" in states.values() else 200
    assert came == expected, (
        f"{what}, and {expected} was asked for, but {came} came. An orchestrator reads the status code and nothing else."
    )
    assert _is_states(answer, parts), f"{what}; {wanted(states, answer)}."


def _is_states(answer: httpx.Response, parts: Parts) -> bool:
    """Whether an answer is an object with up or down for each part and nothing else."""
    try:
        told = answer.json()
    except ValueError:
        return False
    return isinstance(told, dict) and told.keys() == parts.keys() and set(told.values()) <= {"up", "down"}


def _solve_ready() -> tuple[FastAPI, Parts]:
    parts = {"broker": Part(), "database": Part()}
    app = FastAPI()

    async def state(part: Part) -> str:
        try:
            await asyncio.wait_for(part.ping(), 0.5)
        except (ConnectionError, TimeoutError):
            return "down"
        return "up"

    @app.get("/ready")
    async def ready(response: Response) -> dict[str, str]:
        states = await asyncio.gather(*(state(part) for part in parts.values()))
        response.status_code = 503 if "down" in states else 200
        return dict(zip(parts, states))

    return app, parts


EXERCISE = Exercise(
    id="7.1-ready",
    title="say which part is down, in time",
    task='`GET /ready` should answer `{"broker": "up", "database": "up"}` with 200, and with 503 and `"down"` for each part whose '
    "`ping()` raises ConnectionError or has said nothing for half a second.",
    check=_check_ready,
    hints=(
        "A part that is down raises, one that hangs does nothing. Which function of asyncio turns the second into the first?",
        "How does the answer of the database come into the body when the broker has failed? Try each part on its own, in a "
        "function that returns a word.",
        "A path operation with a parameter `response: Response` sets `response.status_code` and still returns the body.",
    ),
    solution=_solve_ready,
    wants=("app", "value"),
    routes=("GET /ready",),
)
