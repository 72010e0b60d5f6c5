"""Exercise 2.4-page: a frontend beside the API."""

from pathlib import Path
from urllib.parse import quote

import httpx
from fastapi import FastAPI

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.services.scratch import scratch_folder
from helpers.wording import describe

front = scratch_folder()
(front / "index.html").write_text("<h1>Depot</h1>")

PAGE, OTHER = "text/html,application/xhtml+xml,*/*;q=0.8", "*/*"  # what browsers accept for a page, and for a script


def _check_page(app: FastAPI, front: Path) -> str:
    style, deep, outside = front / "check.css", front / "assets" / "check.txt", front.parent / "check-outside.txt"
    beside = front.parent / f"{front.name}-{outside.name}"
    mine = not deep.parent.exists()
    deep.parent.mkdir(exist_ok=True)
    try:
        style.write_text("h1 {color: brown}")
        deep.write_text("deep inside")
        outside.write_text("outside")
        beside.write_text("outside")
        with running(app) as server:
            _examine(server, front, outside.name)
    finally:
        for path in (style, deep, outside, beside):
            path.unlink(missing_ok=True)
        if mine:
            deep.parent.rmdir()
    return (
        "The API answers first, the folder's files next, and a browser that asks for any other page gets the one page."
    )


def _examine(server: Server, front: Path, outside: str) -> None:
    index = (front / "index.html").read_text()
    numbers = _get(server, "/api/numbers", OTHER)
    assert numbers.status_code == 200 and "json" in numbers.headers.get("Content-Type", ""), (
        "`/api/numbers` does not reach its path operation: something that stands before it takes every path. A mount at `/` "
        "belongs behind the routes."
    )
    assert numbers.json() == [7, 8], f"`/api/numbers` should answer `[7, 8]`, but {describe(numbers.text)} came."
    home = _get(server, "/", PAGE)
    assert home.status_code == 200 and home.text == index, (
        f"`/` answered {home.status_code} instead of `index.html`: the frontend is served at another path, or without its index."
    )
    assert "html" in home.headers.get("Content-Type", ""), (
        "`index.html` came as another type than HTML: a browser would show its source. Return a FileResponse or an HTMLResponse."
    )
    for path, text in (("/check.css", "h1 {color: brown}"), ("/assets/check.txt", "deep inside")):
        answer = _get(server, path, OTHER)
        assert answer.text != index, f"the folder holds `{path}`, but `index.html` came: look for the file first."
        assert answer.status_code == 200 and answer.text == text, (
            f"the folder holds `{path}`, but {answer.status_code} came: its files are served by their paths."
        )
    where = _get(server, "/where/is/7", PAGE)
    assert where.status_code == 200 and where.text == index, (
        f"a browser that asks for the page `/where/is/7` got {where.status_code} instead of `index.html`: `StaticFiles` knows "
        "only files that are there. Who falls back to the page?"
    )
    folder = ask(server, "GET", "/assets", headers={"Accept": PAGE}, follow_redirects=True)
    assert folder.status_code == 200 and folder.text == index, (
        f"a browser that asks for `/assets`, which is a folder in `front` and no file, got {folder.status_code} instead of "
        "`index.html`: `is_file()` tells the two apart, `exists()` does not."
    )
    none = _get(server, "/assets/none.css", OTHER)
    assert none.status_code != 200, (
        "a style sheet that is not there was answered with 200 and the page: the browser would read HTML as CSS. Only a request "
        "that accepts `text/html` is for a page."
    )
    assert none.status_code == 404, f"a file that is not there was answered with {none.status_code}: 404 was asked for."
    absolute, sibling = quote(str(front.parent / outside), safe=""), f"{front.name}-{outside}"
    for path, how in (
        (f"/..%2f{outside}", "`..` in a path leads upwards"),
        (f"/%2e%2e/{outside}", "`..` in a path leads upwards"),
        (f"/assets/..%2f..%2f{outside}", "`..` in a path leads upwards"),
        (f"/{absolute}", "a path that begins with `/` is taken as it is"),
        (f"/..%2f{sibling}", "another folder's name may begin like this one's"),
    ):
        assert _get(server, path, OTHER).text != "outside", (
            f"a file from outside of the folder was handed out: {how}. Compare the resolved path with the folder by "
            "`is_relative_to`, or leave files to `StaticFiles` or `app.frontend`."
        )


def _get(server: Server, path: str, accept: str) -> httpx.Response:
    answer = ask(server, "GET", path, headers={"Accept": accept}, follow_redirects=True)
    assert answer.status_code < 500, f"`{path}` answered {answer.status_code}: {logged(server)}."
    return answer


def _solve_page() -> tuple[FastAPI, Path]:
    app = FastAPI()

    @app.get("/api/numbers")
    def list_numbers() -> list[int]:
        return [7, 8]

    app.frontend("/", directory=front)
    return app, front


EXERCISE = Exercise(
    id="2.4-page",
    title="a frontend beside the API",
    task="`/api/numbers` should answer `[7, 8]`; everything else is the frontend in `front`: its files, the page for a browser, "
    "404 for other files that are not there.",
    check=_check_page,
    hints=(
        "One method of the app serves a built frontend, as low in the order as can be.",
        "`StaticFiles` answers 404 for `/where/is/7`. What did `app.frontend` do with such a path?",
        "What does a browser accept when it asks for a page, and what when it asks for a style sheet?",
    ),
    solution=_solve_page,
    wants=("app", "value"),
    routes=("GET /api/numbers",),
)
