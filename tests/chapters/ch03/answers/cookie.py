"""What learners pass to 3.3-cookie."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from tests.chapters.answers import right, stub, wrong

GOOD = {"max_age": 30 * 24 * 3600, "secure": True, "httponly": True, "samesite": "lax"}


def cookie_app(end=lambda response: response.delete_cookie("lang"), choose=None, **other):
    """The solution with other limits, another end, or another `choose(lang, response)`."""
    app = FastAPI()

    @app.put("/language", status_code=204)
    def choose_language(lang: Literal["en", "fr"], response: Response) -> None:
        if choose:
            choose(lang, response)
        else:
            response.set_cookie("lang", lang, **{**GOOD, **other})

    @app.delete("/language", status_code=204)
    def forget_language(response: Response) -> None:
        end(response)

    return app


@stub("3.3-cookie")
def cookie_shipped():
    app = FastAPI()

    @app.put("/language", status_code=204)
    def choose_language(lang: Literal["en", "fr"], response: Response) -> None: ...

    @app.delete("/language", status_code=204)
    def forget_language(response: Response) -> None: ...

    return app


@wrong("3.3-cookie", says="a script of the page can read the cookie")
def cookie_for_scripts():
    return cookie_app(httponly=False)


@wrong("3.3-cookie", says="would be sent over plain HTTP too")
def cookie_over_http():
    return cookie_app(secure=False)


@wrong("3.3-cookie", says="would be sent with what other sites' pages send")
def cookie_for_other_sites():
    return cookie_app(samesite="none")


@wrong("3.3-cookie", says="ends with the browser's session")
def cookie_of_the_session():
    return cookie_app(max_age=None)


@wrong("3.3-cookie", says="kept for 30 seconds")
def cookie_of_30_seconds():
    return cookie_app(max_age=30)


@wrong("3.3-cookie", says="kept for 2592000000 seconds")
def cookie_in_milliseconds():
    return cookie_app(max_age=30 * 24 * 3600 * 1000)


@wrong("3.3-cookie", says="the cookie said `fr` and then `fr`")
def cookie_always_french():
    return cookie_app(choose=lambda lang, response: response.set_cookie("lang", "fr", **GOOD))


@wrong("3.3-cookie", says="sets no cookie `lang`")
def cookie_on_another_response():
    return cookie_app(choose=lambda lang, response: Response(status_code=204).set_cookie("lang", lang, **GOOD))


@wrong("3.3-cookie", says="the client keeps it")
def cookie_kept():
    return cookie_app(end=lambda response: None)


@wrong("3.3-cookie", says="if an empty one")
def cookie_emptied():
    return cookie_app(end=lambda response: response.set_cookie("lang", ""))


@wrong("3.3-cookie", says="for a client these are two cookies")
def cookie_ended_elsewhere():
    return cookie_app(end=lambda response: response.delete_cookie("lang", path="/language"))


@wrong("3.3-cookie", says="204 was asked for `PUT /language`, but 200 came")
def cookie_with_200():
    app = FastAPI()

    @app.put("/language")
    def choose_language(lang: Literal["en", "fr"], response: Response) -> str:
        response.set_cookie("lang", lang, **GOOD)
        return lang

    @app.delete("/language", status_code=204)
    def forget_language(response: Response) -> None:
        response.delete_cookie("lang")

    return app


@wrong("3.3-cookie", says="the language `de` was taken")
def cookie_of_any_language():
    app = FastAPI()

    @app.put("/language", status_code=204)
    def choose_language(lang: str, response: Response) -> None:
        response.set_cookie("lang", lang, **GOOD)

    @app.delete("/language", status_code=204)
    def forget_language(response: Response) -> None:
        response.delete_cookie("lang")

    return app


@right("3.3-cookie")
def cookie_strict_until_a_date():
    def choose(lang, response):
        end = datetime.now(UTC) + timedelta(days=30)
        response.set_cookie("lang", lang, expires=end, secure=True, httponly=True, samesite="strict")

    return cookie_app(choose=choose)


@right("3.3-cookie")
def cookie_on_a_response_of_its_own():
    app = FastAPI()

    @app.put("/language")
    async def choose_language(lang: Literal["en", "fr"]) -> Response:
        response = Response(status_code=204)
        response.set_cookie("lang", lang, **GOOD)
        return response

    @app.delete("/language")
    async def forget_language() -> Response:
        response = JSONResponse(None, 204)
        response.delete_cookie("lang", secure=True, httponly=True)
        return response

    return app


@right("3.3-cookie")
def cookie_as_a_header():
    def choose(lang, response):
        response.headers["Set-Cookie"] = f"lang={lang}; Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax"

    return cookie_app(choose=choose, end=lambda response: response.set_cookie("lang", "", max_age=0))
