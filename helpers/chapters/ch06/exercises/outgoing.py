"""Exercise 6.2-outgoing: a test that plays the carrier."""

from collections.abc import Callable
from typing import Any

import httpx

from helpers.chapters.judging import judge_test
from helpers.learning.model import Exercise


def _track(fault: str = "") -> Callable[..., Any]:
    """`track(carrier, number)`: the state that the carrier tells, or "unknown" when it tells none."""

    async def ask(carrier: httpx.AsyncClient, number: int) -> httpx.Response:
        path = "/parcels/7" if fault == "always 7" else f"/parcels/{number}"
        answer = await carrier.request("POST" if fault == "POST" else "GET", path)
        if fault == "twice":
            await carrier.get(path)
        if fault != "any status":
            answer.raise_for_status()
        return answer

    async def track(carrier: httpx.AsyncClient, number: int) -> str:
        try:
            answer = await ask(carrier, number)
        except (httpx.HTTPStatusError, httpx.RequestError) as error:
            if _passes(error, fault):
                raise
            return "unknown"
        return "on its way" if fault == "invents" else answer.json().get("state", "lost")

    return track


def _passes(error: httpx.HTTPError, fault: str) -> bool:
    """Whether a `track` with this fault lets the error out."""
    if isinstance(error, httpx.HTTPStatusError):
        return fault == "500 passes" and error.response.status_code >= 500
    return fault == "timeout passes"


_BROKEN = {
    "never looks at what the carrier says, and always answers `on its way`": lambda: (_track("invents"),),
    "asks for parcel 7, whichever you want": lambda: (_track("always 7"),),
    "asks with POST, which orders something": lambda: (_track("POST"),),
    "asks twice, which costs twice": lambda: (_track("twice"),),
    "reads the body of a 404 as well": lambda: (_track("any status"),),
    "fails when the carrier answers 500": lambda: (_track("500 passes"),),
    "fails when the carrier cannot be reached. A handler may raise `httpx.ConnectTimeout`": lambda: (
        _track("timeout passes"),
    ),
}


def _check_outgoing(test_track: Callable[..., Any]) -> str:
    return judge_test(
        test_track,
        {"the right `track`": lambda: (_track(),)},
        _BROKEN,
        "It asks GET /parcels/NUMBER once and answers the `state` of a 200; with a 404, a 500 or no answer at all, `unknown`.",
        "a `track`",
    )


def _solve_outgoing() -> Callable[..., Any]:
    async def test_track(track: Callable) -> None:
        asked = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(f"{request.method} {request.url.path}")
            match request.url.path:
                case "/parcels/8":
                    return httpx.Response(200, json={"state": "delivered"})
                case "/parcels/9":
                    return httpx.Response(404, json={"state": "no such parcel"})
                case "/parcels/10":
                    return httpx.Response(500)
                case _:
                    raise httpx.ConnectTimeout("nobody there")

        transport = httpx.MockTransport(answer)
        async with httpx.AsyncClient(transport=transport, base_url="https://carrier.example") as carrier:
            found = [await track(carrier, number) for number in (8, 9, 10, 11)]
        assert found == ["delivered", "unknown", "unknown", "unknown"]
        assert asked[0] == "GET /parcels/8" and len(asked) == 4

    return test_track


EXERCISE = Exercise(
    id="6.2-outgoing",
    title="a test that plays the carrier",
    task="`test_track(track)` should be green for the right `track(carrier, number)` and red for each broken one, and ask "
    "nobody outside.",
    check=_check_outgoing,
    hints=(
        "`httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url=...)` is a carrier whose words are yours.",
        "Which answers can a carrier give, and what may it fail to do? `answer` can tell them apart by `request.url.path`.",
        "Keep `request.method` and the path of each request, and look at them at the end: what was asked is half the claim.",
    ),
    solution=_solve_outgoing,
    wants="function",
)
