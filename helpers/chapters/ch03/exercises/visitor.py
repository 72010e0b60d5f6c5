"""Exercise 3.5-visitor: what comes beside path and query."""

from typing import Annotated, Literal

import httpx
from fastapi import Cookie, FastAPI, Header

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import running

ROUTE = [("X-Hop", "north"), ("x-hop", "van 7"), ("X-HOP", "north")]  # twice the same


def _check_visitor(app: FastAPI) -> str:
    with running(app) as server:

        def get(*headers: tuple[str, str], query: str = "") -> httpx.Response:
            answer = ask(server, "GET", f"/greeting{query}", headers=headers)
            assert answer.status_code < 500, (
                f"`GET /greeting` was answered with {answer.status_code}: {logged(server)}."
            )
            return answer

        bare = get()
        assert bare.status_code < 400, (
            f"without cookie and header the answer was {bare.status_code}: both may be missing, so both need a default."
        )
        french, hops = get(("Cookie", "lang=fr"), *ROUTE), {"lang": "fr", "hops": 3}
        assert french.status_code < 400, (
            f"the cookie `lang=fr` and three headers `X-Hop` were refused with {french.status_code}: {french.text[:90]}"
        )
        told = french.json()
        assert isinstance(told, dict) and {"lang", "hops"} <= set(told), f"{wanted(hops, french)}."
        asked_aloud = get(query="?lang=fr")
        assert told["lang"] == "fr" or not (asked_aloud.is_success and asked_aloud.json().get("lang") == "fr"), (
            "`lang` is read from the query, where a plain parameter comes from. `Annotated[..., Cookie()]` reads the cookie."
        )
        assert told.get("lang") == "fr", f"with the cookie `lang=fr`, {wanted(hops, french)}."
        assert told.get("hops") != 0, (
            "three headers `X-Hop` came, and 0 were counted. The parameter's name stands for the header's, with `_` for `-`, and "
            "`Header()` says that it is one."
        )
        assert told == hops, f"three headers `X-Hop` came, and {wanted(hops, french)}. A list takes all of them."
        for headers, values, words in (
            ([], {"lang": "en", "hops": 0}, "without cookie and header"),
            ([("Cookie", "lang=en"), ROUTE[0]], {"lang": "en", "hops": 1}, "with one header and the cookie `lang=en`"),
        ):
            answer = get(*headers)
            assert answer.json() == values, f"{words}, {wanted(values, answer)}."
        other = get(("Cookie", "theme=dark; lang=fr"))
        assert other.is_success, (
            "a cookie that another page has set got the request refused: a model that forbids the rest does not suit cookies."
        )
        german = get(("Cookie", "lang=de"))
        assert german.status_code >= 400, (
            f"the cookie `lang=de` was taken and answered with `{german.text[:40]}`: `Literal['en', 'fr']` knows no other."
        )
    return "The cookie chose the language, each `X-Hop` counted, and a language that nobody speaks here was refused."


def _solve_visitor() -> FastAPI:
    app = FastAPI()

    @app.get("/greeting")
    def greet(
        lang: Annotated[Literal["en", "fr"], Cookie()] = "en", x_hop: Annotated[list[str] | None, Header()] = None
    ) -> dict[str, str | int]:
        return {"lang": lang, "hops": len(x_hop or [])}

    return app


EXERCISE = Exercise(
    id="3.5-visitor",
    title="what comes beside path and query",
    task="`GET /greeting` should answer `{'lang': ..., 'hops': ...}` with the language of the cookie `lang` (`en` without one, `fr`, "
    "no other) and the number of headers `X-Hop`.",
    check=_check_visitor,
    hints=(
        "`Annotated[..., Cookie()]` reads a cookie of the parameter's name, `Annotated[..., Header()]` a header.",
        "Which name has the parameter that reads `X-Hop`, and which type takes it three times?",
        'Two languages and no other: `Literal["en", "fr"]`, with a default.',
    ),
    solution=_solve_visitor,
    routes=("GET /greeting",),
)
