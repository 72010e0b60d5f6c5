"""Exercise 8.5-sunset: the last day of a version."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import httpx
from fastapi import FastAPI, Request, Response

from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import code, logged_error

_Sunset = Callable[[FastAPI, datetime, Callable[[], datetime]], None]
LAST = datetime(2027, 12, 31, 22, 0, tzinfo=timezone(timedelta(hours=-2)))  # which is midnight, in another place
OTHER = datetime(2028, 6, 30, 12, 0, tzinfo=UTC)


def _check_sunset(sunset: _Sunset) -> str:
    for last in (LAST, OTHER):
        _let_it_end(sunset, last)
    return (
        "Until its last moment version 1 says when it ends; then it answers 410, tells where to go, and runs nothing."
    )


def _let_it_end(sunset: _Sunset, last: datetime) -> None:
    moment = last - timedelta(days=30)
    ran: list[str] = []
    app = FastAPI()
    for version in ("v1", "v2", "v10", "v2/v1"):

        def read_price(kilograms: int, version: str = version) -> float:
            ran.append(version)
            return 4.90

        app.get(f"/{version}/prices")(read_price)
    sunset(app, last, lambda: moment.astimezone(UTC))  # the clock and `last` may stand in different places
    with running(app) as server:

        def ask(path: str) -> httpx.Response:
            server.client.hang_up()
            answer = server.client.get(path)
            error = logged_error(server.log)
            assert not error, f"`GET {path.split('?')[0]}` failed: {error}."
            return answer

        def ask_all() -> dict[str, httpx.Response]:
            paths = {"200": "/v1/prices?kilograms=2", "422": "/v1/prices", "404": "/v1/stamps"}
            return {name: ask(path) for name, path in paths.items()}

        before = ask_all()
        moment = last - timedelta(hours=3)
        hours_before = ask("/v1/prices?kilograms=2")
        moment = last - timedelta(seconds=1)
        late = ask("/v1/prices?kilograms=2")
        ran_before = len(ran)
        moment = last
        at_last = ask("/v1/prices?kilograms=2")
        moment = last + timedelta(days=1)
        after = ask_all()
        ran_after = ran[ran_before:]
        others = {version: ask(f"/{version}/prices?kilograms=2") for version in ("v2", "v10", "v2/v1")}
    for name, answer in before.items():
        assert answer.status_code == int(name), (
            f"30 days before the end a request below `/v1/` that gets {name} was answered with {answer.status_code}."
        )
        assert "sunset" in answer.headers, (
            f"before the end, the {name} of `/v1/` has no header `Sunset`: every answer should carry it."
        )
    wanted = format_datetime(last.astimezone(UTC), usegmt=True)
    came = before["200"].headers["sunset"]
    assert came == wanted, (
        f"`Sunset` should be {code(wanted)}, as HTTP writes dates, always in GMT, but is {code(came)}."
    )
    assert late.status_code == 200, (
        f"a second before `last` version 1 should still answer, but {late.status_code} came."
        + (" The clock may stand elsewhere: compare two moments with their zones." if hours_before.is_success else "")
    )
    assert after["200"].status_code == 410, (
        f"a day after `last` version 1 should answer 410, Gone, but {after['200'].status_code} came. "
        "Is the clock asked for every request?"
    )
    assert at_last.status_code == 410, f"at `last` itself version 1 is over: 410, but {at_last.status_code} came."
    for name in ("422", "404"):
        assert after[name].status_code == 410, (
            f"after `last` a request that used to get {name} still gets {after[name].status_code}: all of `/v1/` is gone."
        )
    assert not ran_after, "after `last` a path operation of version 1 still ran, though its answer was thrown away."
    link = after["200"].headers.get("link", "")
    targets = re.findall(r"<([^>]*)>[^,]*successor-version", link)
    assert any(httpx.URL(target).path.startswith("/v2/") for target in targets), (
        'a 410 should say where to go: `Link: </v2/>; rel="successor-version"`, but its `Link` is '
        + (code(link) if link else "missing")
        + "."
    )
    for version, answer in others.items():
        assert answer.status_code == 200 and "sunset" not in answer.headers, (
            f"`/{version}/` was touched, too: only what is below `/v1/` ends."
        )


def _solve_sunset() -> _Sunset:
    def sunset(app: FastAPI, last: datetime, now: Callable[[], datetime]) -> None:
        gone = {"Link": '</v2/>; rel="successor-version"'}
        date = format_datetime(last.astimezone(UTC), usegmt=True)

        @app.middleware("http")
        async def end(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            if not request.url.path.startswith("/v1/"):
                return await call_next(request)
            if now() >= last:
                return Response(status_code=410, headers=gone)
            response = await call_next(request)
            response.headers["Sunset"] = date
            return response

    return sunset


EXERCISE = Exercise(
    id="8.5-sunset",
    title="the last day of a version",
    task="`sunset(app, last, now)` should give every answer below `/v1/` the header `Sunset` until the moment `last`, as HTTP "
    "writes dates. From `last` on, by the clock `now()`, `/v1/` answers 410 with a `Link` to `/v2/`, and none of its path "
    "operations runs.",
    check=_check_sunset,
    hints=(
        "What sees a request before its path operation, and every answer but the 500 of a crash (section 4.2)?",
        "`email.utils.format_datetime(moment, usegmt=True)` writes a moment as HTTP does; it wants one in UTC. "
        "How does `astimezone` get you there?",
        '`Response(status_code=410, headers={"Link": ...})` can be returned without asking `call_next` at all.',
    ),
    solution=_solve_sunset,
    wants="function",
)
