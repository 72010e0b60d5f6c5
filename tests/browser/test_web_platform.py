"""What chapter 4 says of browsers, in a real Chromium: CORS, cookies, EventSource and WebSocket.

Two servers are two origins. A page of 127.0.0.1 that asks another port of 127.0.0.1 is of another origin, but of the same
site; one of `localhost` that does so is of another site, too. Chromium trusts both as it trusts https, so that Secure
cookies are kept (https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy).
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from typing import Annotated

import pytest
from fastapi import Cookie, Depends, FastAPI, Header, HTTPException, Request, Response, WebSocket, WebSocketException
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from playwright.sync_api import Page

from helpers.live.server import running
from helpers.services.waiting import until

pytestmark = pytest.mark.browser

FETCH = """([url, options]) => fetch(url, options).then(
  async answer => ({status: answer.status, text: await answer.text(), location: answer.headers.get('Location')}),
  error => ({error: error.name}))"""
# A fetch out of a frame without an origin.
FETCH_FROM_NOWHERE = """url => new Promise(done => {
  window.onmessage = event => done(event.data);
  const frame = document.createElement('iframe');
  frame.sandbox = 'allow-scripts';
  frame.srcdoc = `<script>fetch('${url}').then(a => a.text(), e => e.name).then(t => parent.postMessage(t, '*'))<\\/script>`;
  document.body.append(frame);
})"""
# What the page learns first: a message that came back, or how the WebSocket was closed.
TALK = """([url, first]) => new Promise(done => {
  const socket = new WebSocket(url);
  socket.onopen = () => first && socket.send(first);
  socket.onmessage = message => { done({message: message.data}); socket.close(); };
  socket.onclose = event => done({code: event.code, reason: event.reason});
})"""
# Follows a stream; what came stands in `window.seen`, and what becomes of the connection behind it.
FOLLOW = """url => {
  window.seen = [];
  window.source = new EventSource(url);
  source.onmessage = message => seen.push(`${message.lastEventId}: ${message.data}`);
  source.addEventListener('end', () => { seen.push('end'); source.close(); });
  source.onerror = () => seen.push(['connecting', 'open', 'closed'][source.readyState]);
}"""
ASK_AGAIN = 100  # milliseconds that the streams below let a browser wait: `retry`


@pytest.fixture
def page(browser) -> Iterator[Page]:
    """A window of its own, without cookies and without a cache."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """The address of a server with one blank page: the origin of whatever these tests run in it."""
    app = FastAPI()
    app.get("/", response_class=HTMLResponse)(lambda: "<!doctype html><title>shop</title>")
    with running(app) as server:
        yield server.url


def of_another_site(url: str) -> str:
    """The same server under this machine's other name."""
    return url.replace("127.0.0.1", "localhost")


def fetch(page: Page, url: str, **options) -> dict:
    return page.evaluate(FETCH, [url, options])


def api(*origins: str, **options) -> tuple[FastAPI, list[str]]:
    """An app with the four methods of /parcels, log-in and a crash, and the requests that reached it, preflights too."""
    app, reached = FastAPI(), []
    usual = {"allow_methods": ["GET", "POST", "PUT"], "allow_headers": ["Content-Type"]}
    app.add_middleware(CORSMiddleware, **{"allow_origins": origins} | usual | options)

    @app.middleware("http")  # the last one added is outermost: it sees preflights
    async def note(request: Request, call_next) -> Response:
        reached.append(request.method)
        return await call_next(request)

    for route in (app.get, app.post, app.put, app.delete):

        @route("/parcels")
        async def touch(response: Response) -> None:
            response.headers["Location"] = "/parcels/7"

    @app.get("/crash")
    async def crash() -> None:
        raise ZeroDivisionError

    @app.get("/log-in")
    async def log_in(response: Response) -> None:
        response.set_cookie("session", "7")  # Starlette's default is SameSite=Lax, and so is the browsers'
        response.set_cookie("strict", "7", samesite="strict")

    @app.get("/cookies")
    async def read_cookies(request: Request) -> list[str]:
        return sorted(request.cookies)

    return app, reached


JSON = {"method": "PUT", "body": "{}", "headers": {"Content-Type": "application/json"}}
TRIES = ({"method": "GET"}, {"method": "POST", "body": "text"}, JSON, {"method": "DELETE"})


def test_an_allowed_page_reads_and_another_is_kept_from_reading_and_from_what_needs_a_preflight(page, shop):
    page.goto(shop)
    seen = {}
    for origin in (shop, "https://shop.example"):
        app, reached = api(origin, expose_headers=["Location"])
        with running(app) as server:
            answers = [fetch(page, f"{server.url}/parcels", **options) for options in TRIES]
        seen[origin] = [answer.get("status", answer.get("error")) for answer in answers], reached
        assert [answer.get("location") for answer in answers[:3]] == ["/parcels/7" if origin == shop else None] * 3
    assert seen[shop] == ([200, 200, 200, "TypeError"], ["GET", "POST", "OPTIONS", "PUT", "OPTIONS"])
    assert seen["https://shop.example"] == (["TypeError"] * 4, ["GET", "POST", "OPTIONS", "OPTIONS"])


def test_a_permission_is_kept_for_max_age(page, shop):
    page.goto(shop)
    for seconds, expected in ((600, ["OPTIONS", "PUT", "PUT"]), (0, ["OPTIONS", "PUT", "OPTIONS", "PUT"])):
        app, reached = api(shop, max_age=seconds)
        with running(app) as server:
            for _ in range(2):
                fetch(page, f"{server.url}/parcels", method="PUT")
        assert reached == expected


def test_a_cookie_of_its_own_site_only(page, shop):
    app, _ = api(shop, of_another_site(shop), allow_credentials=True)
    with running(app) as server:
        page.goto(f"{server.url}/log-in")
        came = {}
        for origin in (shop, of_another_site(shop)):
            page.goto(origin)
            came[origin] = fetch(page, f"{server.url}/cookies", credentials="include")["text"]
        assert fetch(page, f"{server.url}/cookies")["text"] == "[]", "without credentials no cookie at all"
    assert came == {shop: '["session","strict"]', of_another_site(shop): "[]"}


def test_a_star_is_refused_with_credentials_and_starlette_sends_the_origin_in_its_place(page, shop):
    page.goto(of_another_site(shop))
    for allowed, expected in (
        (False, {"error": "TypeError"}),
        (True, {"status": 200, "text": "null", "location": None}),
    ):
        app, _ = api("*", allow_credentials=allowed)
        with running(app) as server:
            assert fetch(page, f"{server.url}/parcels", credentials="include") == expected


def test_a_crash_reads_as_a_cors_error_unless_the_middleware_stands_around_the_app(page, shop):
    told = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(shop)
    app, _ = api(shop)
    plain = FastAPI()

    @plain.get("/crash")
    async def crash() -> None:
        raise ZeroDivisionError

    with running(app) as server:
        assert fetch(page, f"{server.url}/crash") == {"error": "TypeError"}
    assert "blocked by CORS policy" in " ".join(told)
    told.clear()
    with running(CORSMiddleware(plain, allow_origins=[shop])) as server:
        assert fetch(page, f"{server.url}/crash")["status"] == 500
    assert "CORS" not in " ".join(told)


def test_a_frame_without_an_origin_is_null_and_so_is_every_other_one(page, shop):
    page.goto(shop)
    for allowed, expected in (("null", "null"), (shop, "TypeError")):
        app, _ = api(allowed)
        with running(app) as server:
            assert page.evaluate(FETCH_FROM_NOWHERE, f"{server.url}/parcels") == expected


Seen = Annotated[int, Header(alias="Last-Event-ID")]


def streams(shop: str) -> tuple[FastAPI, list[int]]:
    """Streams of two events, which end in three ways and note the Last-Event-ID of each request."""
    app, asked = FastAPI(), []
    app.add_middleware(CORSMiddleware, allow_origins=[shop])

    def note(last: Seen = 0) -> None:
        asked.append(last)

    def news_only(last: Seen = 0) -> None:
        if last >= 2:
            raise HTTPException(204)

    async def news(last: Seen = 0) -> AsyncIterable[ServerSentEvent]:
        for number in (1, 2):
            if number > last:
                yield ServerSentEvent(data=number, id=str(number), retry=ASK_AGAIN)

    async def news_and_end(last: Seen = 0) -> AsyncIterable[ServerSentEvent]:
        async for event in news(last):
            yield event
        yield ServerSentEvent(event="end", data="done")

    for path, stream, checks in (("/plain", news, []), ("/204", news, [news_only]), ("/end", news_and_end, [])):
        before = [Depends(check) for check in (note, *checks)]
        app.get(path, response_class=EventSourceResponse, dependencies=before)(stream)

    async def left() -> AsyncIterator[None]:
        try:
            yield
        finally:
            asked.append(-1)

    @app.get("/without-end", response_class=EventSourceResponse, dependencies=[Depends(left)])
    async def without_end() -> AsyncIterable[int]:
        while True:
            yield 1
            await asyncio.sleep(0.02)

    return app, asked


def test_a_finished_stream_is_asked_for_again_and_again(page, shop):
    app, asked = streams(shop)
    page.goto(shop)
    with running(app) as server:
        page.evaluate(FOLLOW, f"{server.url}/plain")
        page.wait_for_function("seen.length >= 8")
        assert page.evaluate("seen")[:5] == ["1: 1", "2: 2", "connecting", "connecting", "connecting"]
        page.evaluate("source.close()")
    assert asked[:4] == [0, 2, 2, 2]


@pytest.mark.parametrize(
    ("path", "expected", "requests"),
    [("/204", ["1: 1", "2: 2", "connecting", "closed"], [0, 2]), ("/end", ["1: 1", "2: 2", "end"], [0])],
)
def test_a_204_or_an_event_that_the_page_closes_on_ends_it(page, shop, path, expected, requests):
    app, asked = streams(shop)
    page.goto(shop)
    with running(app) as server:
        page.evaluate(FOLLOW, server.url + path)
        page.wait_for_function("source.readyState === EventSource.CLOSED")
        page.wait_for_timeout(5 * ASK_AGAIN)
        assert page.evaluate("seen") == expected
    assert asked == requests


def test_a_page_that_leaves_ends_the_stream(page, shop):
    app, asked = streams(shop)
    page.goto(shop)
    with running(app) as server:
        page.evaluate(FOLLOW, f"{server.url}/without-end")
        page.wait_for_function("seen.length >= 2")
        page.goto("about:blank")
        until(lambda: bool(asked), timeout=30)
        assert asked == [-1]


def conversations() -> tuple[FastAPI, list[str | None]]:
    """WebSockets that refuse before and after `accept`, and one that answers; with what came in the handshake."""
    app, came = FastAPI(), []
    app.add_middleware(CORSMiddleware, allow_origins=["https://shop.example"])

    @app.get("/log-in")
    async def log_in(response: Response) -> None:
        response.set_cookie("session", "7")

    @app.websocket("/refused-before")
    async def refuse_before(websocket: WebSocket) -> None:
        raise WebSocketException(4401, "log in first")

    @app.websocket("/refused-after")
    async def refuse_after(websocket: WebSocket) -> None:
        await websocket.accept()
        raise WebSocketException(4401, "log in first")

    @app.websocket("/echo")
    async def echo(websocket: WebSocket, session: Annotated[str | None, Cookie()] = None) -> None:
        came.extend([websocket.headers.get("Origin"), session, websocket.headers.get("Authorization")])
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(text)
        came.append("left")

    return app, came


def test_a_page_reads_why_it_was_refused_only_after_accept(page, shop):
    app, _ = conversations()
    page.goto(shop)
    with running(app) as server:
        address = server.url.replace("http", "ws")
        before, after, missing = (
            page.evaluate(TALK, [address + path, None]) for path in ("/refused-before", "/refused-after", "/nowhere")
        )
    assert before == missing == {"code": 1006, "reason": ""}
    assert after == {"code": 4401, "reason": "log in first"}


def test_cors_lets_every_page_open_a_websocket_and_its_own_site_sends_the_cookie(page, shop):
    app, came = conversations()
    with running(app) as server:
        page.goto(f"{server.url}/log-in")
        for origin, cookie in ((shop, "7"), (of_another_site(shop), None)):
            page.goto(origin)
            came.clear()
            assert page.evaluate(TALK, [f"{server.url.replace('http', 'ws')}/echo", "hello"]) == {"message": "hello"}
            assert came[:3] == [origin, cookie, None]
            assert until(lambda: came[-1:] == ["left"], timeout=5)  # before the next one is noted


def test_a_route_that_listens_notices_a_closed_window(page, shop):
    app, came = conversations()
    page.goto(shop)
    with running(app) as server:
        address = f"{server.url.replace('http', 'ws')}/echo"
        page.evaluate("url => new Promise(done => (window.socket = new WebSocket(url)).onopen = done)", address)
        page.goto("about:blank")
        assert until(lambda: came[-1:] == ["left"], timeout=5)
