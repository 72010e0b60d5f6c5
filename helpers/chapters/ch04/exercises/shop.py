"""Exercise 4.5-shop: the options of CORSMiddleware for one shop."""

from collections.abc import Mapping
from typing import Any

import httpx
from fastapi import FastAPI, Response
from fastapi.middleware.cors import CORSMiddleware

from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import raised

OWN = ("https://shop.example", "https://depot.shop.example", "https://app-2.shop.example")
FOREIGN = (
    "https://evil.example",
    "https://evil-shop.example",
    "https://shopXexample.evil.example",
    "https://depot.shop.example.evil.example",
    "null",
)


def _check_shop(options: Mapping[str, Any]) -> str:
    assert isinstance(options, Mapping), (
        'a dictionary of options is asked for, such as {"allow_origins": [...]}; it is passed on as `**options`.'
    )
    lists = ("allow_origins", "allow_methods", "allow_headers", "expose_headers")
    texts = [name for name in lists if isinstance(options.get(name), str)]
    assert not texts, f"`{texts[0]}` is a text, and Starlette takes its letters for the entries: give a list, `[...]`."
    with running(_app(options)) as server:
        answers = {page: _ask(server, page) for page in (*OWN, *FOREIGN, "http://shop.example")}
        read = server.client.get("/parcels", headers={"Origin": OWN[0]})
        delete = _ask(server, OWN[0], method="DELETE")
        other_header = _ask(server, OWN[0], header="x-debug")
    allowed = [page for page, answer in answers.items() if answer.headers.get("Access-Control-Allow-Origin") == page]
    assert read.headers.get("Access-Control-Allow-Origin") != "*", (
        "`*` allows every page, and a browser takes none of it for a request with cookies. List the origins."
    )
    strangers = [page for page in FOREIGN if page in allowed]
    assert "https://evil.example" not in strangers, (
        "every page is allowed: with credentials, Starlette sends the page's own origin in place of `*`."
    )
    assert "null" not in strangers, "`null` is allowed: any page's sandboxed frame sends it, whoever made it."
    assert not strangers, (
        f"{strangers[0]} may read, too: in a regex a dot without a backslash is any character, and what `.*` or `.+` "
        "stands for may hold anything."
    )
    assert OWN[0] in allowed, "a page of https://shop.example itself may not read: it is an origin like its subdomains."
    assert OWN[1] not in allowed or OWN[2] in allowed, (
        f"a page of {OWN[2]} may not read, one of {OWN[1]} may: a name may hold digits and hyphens, too. What does your regex "
        "take for a subdomain?"
    )
    missing = [page for page in OWN if page not in allowed]
    assert not missing, (
        f"a page of {missing[0]} may not read. `allow_origins` compares whole origins; for any subdomain there is "
        "`allow_origin_regex`."
    )
    assert "http://shop.example" not in allowed, "a page that came by http is another origin, and not the shop's."
    asked = answers[OWN[0]]
    assert read.headers.get("Access-Control-Allow-Credentials") == "true", (
        "with its cookie the page gets no answer to read: `allow_credentials` is missing."
    )
    assert "Disallowed CORS method" not in asked.text and "PUT" in asked.headers["Access-Control-Allow-Methods"], (
        "the preflight does not allow PUT: by default only GET is allowed."
    )
    assert asked.status_code == 200, (
        f"the preflight of a PUT with JSON was answered {asked.status_code}, {asked.text}: JSON's Content-Type is a "
        "header that a page has to ask for. (Starlette always allows it.)"
    )
    assert delete.status_code != 200, "DELETE is allowed, too, and nobody asked for that. Name the methods."
    assert other_header.status_code != 200, "any header is allowed, and nobody asked for that. Name the headers."
    exposed = read.headers.get("Access-Control-Expose-Headers", "")
    assert "location" in exposed.lower(), "the page may not read `Location`: `expose_headers` names what it may."
    seconds = asked.headers["Access-Control-Max-Age"]
    assert seconds == "60", f"a permission is to be kept for a minute, but {seconds} s came. `max_age` is in seconds."
    return "The shop and its subdomains read, send and see Location; nobody else reads a word."


def _app(options: Mapping[str, Any]) -> FastAPI:
    app = FastAPI()
    try:
        CORSMiddleware(app, **options)
    except Exception as error:
        raise AssertionError(f"`CORSMiddleware` does not take these options: {raised(error)}.") from None
    app.add_middleware(CORSMiddleware, **options)

    @app.get("/parcels")
    async def read(response: Response) -> None:
        response.headers["Location"] = "/parcels/7"

    return app


def _ask(server: Server, page: str, method: str = "PUT", header: str = "content-type") -> httpx.Response:
    question = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": header}
    return server.client.options("/parcels", headers={"Origin": page} | question)


def _solve_shop() -> dict[str, Any]:
    options = {
        "allow_origin_regex": r"https://([a-z0-9-]+\.)*shop\.example",
        "allow_credentials": True,
        "allow_methods": ["GET", "PUT"],
        "allow_headers": ["Content-Type"],
        "expose_headers": ["Location"],
        "max_age": 60,
    }
    return options


EXERCISE = Exercise(
    id="4.5-shop",
    title="one shop, its subdomains, and nobody else",
    task="Pages of https://shop.example and of its subdomains, and no others, should read with their cookie, send PUT "
    "with JSON (no other header, no DELETE), see `Location`, and keep a permission for a minute.",
    check=_check_shop,
    hints=(
        "Six options: which origins, with cookies or not, which methods, which headers in, which headers out, how long.",
        '`allow_origin_regex` must match the whole origin. In `r"shop\\.example"` the dot is a dot.',
        "The part with the subdomain may be missing, or come more than once: `([a-z0-9-]+\\.)*`.",
    ),
    solution=_solve_shop,
    wants="value",
)
