"""Exercise 3.3-cookie: a cookie that keeps to itself."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookies import Morsel, SimpleCookie
from typing import Any, Literal

import httpx
from fastapi import FastAPI, Response

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import Server, running

DAYS_30 = 30 * 24 * 3600  # seconds


def _check_cookie(app: FastAPI) -> str:
    with running(app) as server:
        french, english = (_send(server, "PUT", params={"lang": lang}) for lang in ("fr", "en"))
        other = _send(server, "PUT", params={"lang": "de"})
        gone = _send(server, "DELETE")
    assert french.status_code < 400, (
        f"`PUT /language?lang=fr` was refused with {french.status_code}: {french.text[:90]}"
    )
    cookies = [_cookie(answer) for answer in (french, english)]
    assert cookies[0] is not None, (
        "the answer to `PUT /language` sets no cookie `lang`. `set_cookie` belongs on the answer that goes out: the parameter "
        "`response`, or the `Response` that you return yourself, which replaces it."
    )
    values = [cookie.value if cookie else "" for cookie in cookies]
    assert values == ["fr", "en"], (
        f"`fr` and then `en` were chosen, but the cookie said `{values[0]}` and then `{values[1]}`."
    )
    cookie = cookies[0]
    assert cookie["httponly"], "a script of the page can read the cookie: `httponly=True` keeps it from that."
    assert cookie["secure"], "the cookie would be sent over plain HTTP too: `secure=True` keeps it from that."
    assert cookie["samesite"].lower() in ("lax", "strict"), (
        "the cookie would be sent with what other sites' pages send: `samesite` is `lax` or `strict`."
    )
    seconds = _seconds(cookie)
    assert seconds is not None, "the cookie ends with the browser's session: `max_age=` says how long it is kept."
    assert abs(seconds - DAYS_30) < 3600, (
        f"the cookie is kept for {seconds:.0f} seconds, and 30 days have {DAYS_30}: `max_age` is in seconds."
    )
    assert other.status_code >= 400, "the language `de` was taken: keep `Literal['en', 'fr']` as the parameter's type."
    for what, answer in (("PUT", french), ("DELETE", gone)):
        assert answer.status_code == 204, f"204 was asked for `{what} /language`, but {answer.status_code} came."
    ended = _cookie(gone)
    assert ended is not None, "the answer to `DELETE /language` says nothing of the cookie, so the client keeps it."
    left = _seconds(ended)
    assert left is not None and left <= 0, (
        "after `DELETE /language` the client still has a cookie `lang`, if an empty one. `response.delete_cookie` ends it: its "
        "time is over."
    )
    assert (ended["path"], ended["domain"]) == (cookie["path"], cookie["domain"]), (
        "the cookie was set for one path and ended for another: for a client these are two cookies, and the first one stays."
    )
    return "The cookie came with all its limits, in both languages, and ended when it was told to."


def _send(server: Server, method: str, **request: Any) -> httpx.Response:
    answer = ask(server, method, "/language", **request)
    assert answer.status_code < 500, f"`{method} /language` was answered with {answer.status_code}: {logged(server)}."
    return answer


def _cookie(answer: httpx.Response) -> Morsel[str] | None:
    """The last cookie `lang` that an answer sets: a client keeps that one."""
    found = None
    for line in answer.headers.get_list("Set-Cookie"):
        found = SimpleCookie(line).get("lang", found)
    return found


def _seconds(cookie: Morsel[str]) -> float | None:
    """How long a client keeps the cookie; None for as long as it runs. `Max-Age` counts more (RFC 6265, 5.3)."""
    if cookie["max-age"] != "":
        return float(cookie["max-age"])
    if cookie["expires"]:
        return (parsedate_to_datetime(cookie["expires"]) - datetime.now(UTC)).total_seconds()
    return None


def _solve_cookie() -> FastAPI:
    app = FastAPI()

    @app.put("/language", status_code=204)
    def choose_language(lang: Literal["en", "fr"], response: Response) -> None:
        thirty_days = 30 * 24 * 3600
        response.set_cookie("lang", lang, max_age=thirty_days, secure=True, httponly=True, samesite="lax")

    @app.delete("/language", status_code=204)
    def forget_language(response: Response) -> None:
        response.delete_cookie("lang")

    return app


EXERCISE = Exercise(
    id="3.3-cookie",
    title="a cookie that keeps to itself",
    task="`PUT /language` should answer 204 and set the cookie `lang` for 30 days, with all three limits; `DELETE /language` "
    "should answer 204 and end it.",
    check=_check_cookie,
    hints=(
        "`response.set_cookie` takes the name, the value and the limits: which three did the log-in set?",
        "`max_age` is in seconds: 30 days of 24 hours of 3,600 seconds.",
        'To end a cookie is to set it once more with its time over: `response.delete_cookie("lang")`.',
    ),
    solution=_solve_cookie,
    routes=("PUT /language", "DELETE /language"),
)
