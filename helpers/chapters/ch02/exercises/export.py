"""Exercise 2.5-export: an answer that is no JSON."""

import csv
import io
from email.message import Message
from typing import Any

import httpx
from fastapi import FastAPI, Response

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import code, describe

rows: list[tuple[str, float]] = [("Ada", 2.0), ("Grace", 0.5)]

TABLES = ([("Ada", 2.0), ("Grace", 0.5)], [("Hopper, Grace", 12.25), ('Ada "the first"', 3.0), ("Lin", 1.0)])


def _check_export(app: FastAPI, rows: list[Any]) -> str:
    before = list(rows)
    try:
        with running(app) as server:
            for table in TABLES:
                rows[:] = table
                answer = ask(server, "GET", "/parcels.csv")
                error = logged(server)
                assert answer.status_code == 200, (
                    f"200 was asked for, but {answer.status_code} came{f': {error}' if error else ''}."
                )
                _is_csv(answer)
                _holds(answer, table)
    finally:
        rows[:] = before
    return (
        "A spreadsheet can open it: the right kind, a file's name, and each name in one column, whatever stands in it."
    )


def _is_csv(answer: httpx.Response) -> None:
    kind = answer.headers.get("content-type", "").partition(";")[0]
    assert kind != "application/json", (
        "the answer is JSON, a text in quotes: what a function returns becomes JSON, unless the response class is another one, or "
        "you return a `Response` of your own."
    )
    assert kind == "text/csv", (
        f"the content type should be `text/csv`, but {describe(kind)} came: `media_type` says it."
    )
    place = answer.headers.get("content-disposition", "")
    assert place, "a browser would show the text: `Content-Disposition` makes it a download."
    assert _saved_as(place) == "parcels.csv", (
        f'`Content-Disposition` should be `attachment; filename="parcels.csv"`, but {code(place)} came.'
    )


def _saved_as(place: str) -> str | None:
    """The name under which a browser saves what came with this `Content-Disposition`; None if it shows it."""
    header = Message()
    header["Content-Disposition"] = place
    return header.get_filename() if header.get_content_disposition() == "attachment" else None


def _holds(answer: httpx.Response, table: list[tuple[str, float]]) -> None:
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))  # a mark that spreadsheets like
    assert lines and lines[0] == ["name", "weight_kg"], (
        f"the first line should be `name,weight_kg`, but {code(answer.text.partition(chr(10))[0].strip())} came."
    )
    assert len(lines) == len(table) + 1, (
        f"{len(table)} parcels are there, but {len(lines) - 1} lines came below the first. Is the text made for each request?"
    )
    for line, (name, weight) in zip(lines[1:], table):
        assert len(line) == 2, (
            f"the name {code(name)} became {len(line) - 1} columns: a comma in a value needs quotes around it, which Python's `csv` "
            "knows."
        )
        assert line[0] == name, (
            f"the name {code(name)} came as {code(line[0])}: quotes in a value are doubled, and Python's `csv` does it."
        )
        assert _number(line[1]) == weight, f"the weight {weight} came as {describe(line[1])}."


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _solve_export() -> tuple[FastAPI, list[tuple[str, float]]]:
    app = FastAPI()

    @app.get("/parcels.csv")
    def export_parcels() -> Response:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["name", "weight_kg"])
        writer.writerows(rows)
        headers = {"Content-Disposition": 'attachment; filename="parcels.csv"'}
        return Response(text.getvalue(), media_type="text/csv", headers=headers)

    return app, rows


EXERCISE = Exercise(
    id="2.5-export",
    title="an answer that is no JSON",
    task="`GET /parcels.csv` should answer with all `rows` as `text/csv` below a line `name,weight_kg`, as a download called "
    "`parcels.csv`.",
    check=_check_export,
    hints=(
        "What does FastAPI do with a text that your function returns, and what with a `Response`?",
        "`Response(text, media_type=..., headers=...)`: which header makes a browser save a file?",
        "A name may hold a comma. Which module of Python writes CSV?",
    ),
    solution=_solve_export,
    wants=("app", "value"),
    routes=("GET /parcels.csv",),
)
