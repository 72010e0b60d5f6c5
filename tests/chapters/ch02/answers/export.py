"""What learners pass to 2.5-export."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import PlainTextResponse, StreamingResponse

from helpers.chapters.ch02.exercises.export import rows
from tests.chapters.answers import right, stub, wrong

ATTACHED = {"Content-Disposition": 'attachment; filename="parcels.csv"'}


def export_app(export: Callable[..., Any], **options: Any) -> tuple[FastAPI, list[tuple[str, float]]]:
    """An app with this path operation, and the rows."""
    app = FastAPI()
    app.get("/parcels.csv", **options)(export)
    return app, rows


def text_of(rows: list[tuple[str, float]]) -> str:
    """The rows as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows([("name", "weight_kg"), *rows])
    return text.getvalue()


def joined(rows: list[tuple[str, float]]) -> str:
    """The rows as most people write CSV by hand."""
    return "\n".join(["name,weight_kg", *(f"{name},{weight}" for name, weight in rows)])


@stub("2.5-export")
def export_shipped():
    def export() -> Response: ...

    return export_app(export)


@wrong("2.5-export", says="the answer is JSON, a text in quotes")
def export_of_a_text():
    def export(response: Response) -> str:
        response.headers.update(ATTACHED)
        return text_of(rows)

    return export_app(export)


@wrong("2.5-export", says="`'text/plain'` came: `media_type` says it")
def export_of_plain_text():
    def export(response: Response) -> str:
        response.headers.update(ATTACHED)
        return text_of(rows)

    return export_app(export, response_class=PlainTextResponse)


@wrong("2.5-export", says="a browser would show the text")
def export_in_the_browser():
    def export() -> Response:
        return Response(text_of(rows), media_type="text/csv")

    return export_app(export)


@wrong("2.5-export", says="but `inline` came")
def export_inline():
    def export() -> Response:
        return Response(text_of(rows), media_type="text/csv", headers={"Content-Disposition": "inline"})

    return export_app(export)


@wrong("2.5-export", says="a comma in a value needs quotes around it")
def export_joined():
    def export() -> Response:
        return Response(joined(rows), media_type="text/csv", headers=ATTACHED)

    return export_app(export)


@wrong("2.5-export", says="the first line should be `name,weight_kg`")
def export_without_a_head():
    def export() -> Response:
        return Response(text_of(rows).partition("\n")[2], media_type="text/csv", headers=ATTACHED)

    return export_app(export)


@wrong("2.5-export", says="Is the text made for each request?")
def export_made_once():
    text = text_of([("Ada", 2.0), ("Grace", 0.5)])

    def export() -> Response:
        return Response(text, media_type="text/csv", headers=ATTACHED)

    return export_app(export)


@wrong("2.5-export", says="quotes in a value are doubled")
def export_with_quotes_of_its_own():
    def export() -> Response:
        lines = ["name,weight_kg", *(f'"{name}",{weight}' for name, weight in rows)]
        return Response("\n".join(lines), media_type="text/csv", headers=ATTACHED)

    return export_app(export)


@right("2.5-export")
def export_by_a_class():
    class CSVResponse(Response):
        media_type = "text/csv"

    def export(response: Response) -> Any:
        response.headers.update(ATTACHED)
        return text_of(rows)

    return export_app(export, response_class=CSVResponse, response_model=None)


@wrong("2.5-export", says="the weight")
def export_with_units():
    def export() -> Response:
        return Response(
            text_of([(name, f"{weight} kg") for name, weight in rows]), media_type="text/csv", headers=ATTACHED
        )

    return export_app(export)


@right("2.5-export")
def export_with_two_decimals():
    def export() -> Response:
        return Response(
            text_of([(name, f"{weight:.2f}") for name, weight in rows]), media_type="text/csv", headers=ATTACHED
        )

    return export_app(export)


@right("2.5-export")
def export_streamed():
    def lines() -> Iterator[str]:
        for row in [("name", "weight_kg"), *rows]:
            text = io.StringIO()
            csv.writer(text).writerow(row)
            yield text.getvalue()

    def export() -> StreamingResponse:
        return StreamingResponse(lines(), media_type="text/csv", headers=ATTACHED)

    return export_app(export)


@right("2.5-export")
def export_of_plain_text_with_its_kind():
    async def export() -> PlainTextResponse:
        return PlainTextResponse(text_of(rows), media_type="text/csv", headers=ATTACHED)

    return export_app(export)


@wrong("2.5-export", says="but `attachment; parcels.csv` came")
def export_without_the_word_filename():
    def export() -> Response:
        return Response(
            text_of(rows), media_type="text/csv", headers={"Content-Disposition": "attachment; parcels.csv"}
        )

    return export_app(export)


@wrong("2.5-export", says="my-parcels.csv")
def export_under_another_name():
    def export() -> Response:
        name = 'attachment; filename="my-parcels.csv"'
        return Response(text_of(rows), media_type="text/csv", headers={"Content-Disposition": name})

    return export_app(export)


@right("2.5-export")
def export_with_a_name_for_every_alphabet():
    def export() -> Response:
        name = "attachment; filename*=utf-8''parcels.csv"
        return Response(text_of(rows), media_type="text/csv", headers={"Content-Disposition": name})

    return export_app(export)
