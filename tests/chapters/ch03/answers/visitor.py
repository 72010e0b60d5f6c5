"""What learners pass to 3.5-visitor."""

from enum import StrEnum
from typing import Annotated, Literal

from fastapi import Cookie, Depends, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel, Field

from tests.chapters.answers import right, stub, wrong

Lang = Annotated[Literal["en", "fr"], Cookie()]
Hops = Annotated[list[str], Header()]


NONE: list[str] = []


def visitor_app(language=Lang, hops=Hops, count=len, first="en", none=NONE):
    app = FastAPI()

    @app.get("/greeting")
    def greet(lang: language = first, x_hop: hops = none) -> dict[str, str | int]:
        return {"lang": lang, "hops": count(x_hop)}

    return app


@stub("3.5-visitor")
def visitor_shipped():
    app = FastAPI()

    @app.get("/greeting")
    def greet() -> dict[str, str | int]: ...

    return app


@wrong("3.5-visitor", says="`lang` is read from the query")
def visitor_by_the_query():
    return visitor_app(language=Literal["en", "fr"])


@wrong("3.5-visitor", says="both need a default")
def visitor_with_a_cookie_required():
    app = FastAPI()

    @app.get("/greeting")
    def greet(lang: Lang, x_hop: Hops = NONE) -> dict[str, str | int]:
        return {"lang": lang, "hops": len(x_hop)}

    return app


@wrong("3.5-visitor", says='but `{"lang":"fr","hops":1}` came. A list takes all of them')
def visitor_of_one_hop():
    return visitor_app(hops=Annotated[str, Header()], count=lambda hop: 1 if hop else 0, none="")


@wrong("3.5-visitor", says='but `{"lang":"fr","hops":5}` came. A list takes all of them')
def visitor_of_letters():
    return visitor_app(hops=Annotated[str, Header()], none="")


@wrong("3.5-visitor", says='but `{"lang":"fr","hops":2}` came. A list takes all of them')
def visitor_of_different_hops():
    app = FastAPI()

    @app.get("/greeting")
    def greet(lang: Lang = "en", x_hop: Annotated[set[str] | None, Header()] = None) -> dict[str, str | int]:
        return {"lang": lang, "hops": len(x_hop or ())}

    return app


@wrong("3.5-visitor", says="0 were counted")
def visitor_with_a_body():
    return visitor_app(hops=list[str])


@wrong("3.5-visitor", says="the cookie `lang=de` was taken")
def visitor_of_any_language():
    return visitor_app(language=Annotated[str, Cookie()])


@wrong("3.5-visitor", says="a model that forbids the rest does not suit cookies")
def visitor_that_forbids():
    class Visit(BaseModel, extra="forbid"):
        lang: Literal["en", "fr"] = "en"

    app = FastAPI()

    @app.get("/greeting")
    def greet(visit: Annotated[Visit, Cookie()], x_hop: Hops = NONE) -> dict[str, str | int]:
        return {"lang": visit.lang, "hops": len(x_hop)}

    return app


@wrong("3.5-visitor", says='without cookie and header, `{"lang": "en", "hops": 0}` was asked for')
def visitor_french_by_default():
    return visitor_app(first="fr")


@wrong("3.5-visitor", says='with the cookie `lang=fr`, `{"lang": "fr", "hops": 3}` was asked for, but `{"lang":"en"')
def visitor_always_english():
    return visitor_app(language=Annotated[Literal["en", "fr"], Header()])


@wrong("3.5-visitor", says="your function `greet` returned `None`")
def visitor_without_a_return():
    app = FastAPI()

    @app.get("/greeting")
    def greet(lang: Lang = "en") -> dict[str, str | int]:
        str(lang)

    return app


@right("3.5-visitor")
def visitor_by_models():
    class Language(StrEnum):
        en = "en"
        fr = "fr"

    class Visit(BaseModel):
        lang: Language = Language.en

    class Route(BaseModel):
        hops: Annotated[list[str], Field(alias="x-hop")] = []

    app = FastAPI()

    @app.get("/greeting")
    async def greet(visit: Annotated[Visit, Cookie()], route: Annotated[Route, Header()]) -> dict[str, str | int]:
        return {"lang": visit.lang, "hops": len(route.hops)}

    return app


@right("3.5-visitor")
def visitor_by_the_request():
    app = FastAPI()

    @app.get("/greeting")
    def greet(request: Request) -> dict[str, str | int]:
        lang = request.cookies.get("lang", "en")
        if lang not in ("en", "fr"):
            raise HTTPException(422)
        return {"lang": lang, "hops": len(request.headers.getlist("X-Hop"))}

    return app


@right("3.5-visitor")
def visitor_by_a_dependency():
    def count_hops(route: Annotated[list[str] | None, Header(alias="X-Hop")] = None) -> int:
        return len(route or [])

    app = FastAPI()

    @app.get("/greeting")
    def greet(hops: Annotated[int, Depends(count_hops)], lang: str = Cookie("en", pattern="^(en|fr)$")):
        return {"lang": lang, "hops": hops}

    return app
