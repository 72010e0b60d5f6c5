"""Exercise 1.1-request: a request, byte by byte."""

import json
import socket
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import BaseModel

from helpers.chapters.asking import PATIENCE
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code, describe

PARCELS = (
    {"to": "Ada in Bern", "weight_kg": 2.5},
    {"to": "Grace in Zürich", "weight_kg": 12},
    {"to": 'Lin "the van"', "weight_kg": 0.5},
)


class Parcel(BaseModel):
    """What the check's own app takes."""

    to: str
    weight_kg: float


def _check_request(write_request: Callable[[dict[str, Any]], bytes]) -> str:
    received: list[dict[str, Any]] = []
    app = FastAPI()

    @app.post("/parcels")
    def hand_in(parcel: Parcel) -> Parcel:
        received.append(parcel.model_dump())
        return parcel

    with running(app, http="h11") as server:  # the parser that every system has
        for parcel in PARCELS:
            _send(server, parcel, write_request(dict(parcel)))
    for parcel, came in zip(PARCELS, received, strict=True):
        assert came == parcel, (
            f"{code(json.dumps(parcel))} was asked for, but {code(json.dumps(came))} reached the app."
        )
    return "All parcels arrived as bytes that you wrote, the one with an umlaut as well."


def _send(server: Server, parcel: dict[str, Any], raw: bytes) -> None:
    assert not isinstance(raw, str), "a text came, and a network carries bytes: end it with `.encode()`."
    assert isinstance(raw, bytes), f"bytes were asked for, but {describe(raw)} came."
    status = _status(server, raw)
    head, gap, body = raw.partition(b"\r\n\r\n")
    bare = b"\n" in head.replace(b"\r\n", b"")
    if status == 200 and gap and not bare:
        return
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    assert status != 404, f"404 came: the app knows `/parcels`, and your first line asks for {code(lines[0])}."
    assert status != 405, f"405 came: `/parcels` takes POST, and your first line says {code(lines[0])}."
    assert not bare, (
        "a line of the head ends in `\\n` alone, as a text of several lines does in Python: HTTP ends it with `\\r\\n`. This server "
        "reads both, and another one answers 400."
    )
    assert gap, (
        "no end of the headers was found: each line ends in `\\r\\n`, and an empty line, so one more `\\r\\n`, stands "
        "between them and the body."
    )
    length = headers.get("content-length")
    assert length is not None, (
        "`Content-Length` is missing: without it a server takes a request for one without a body."
    )
    assert length == str(len(body)), (
        f"`Content-Length` says {code(length)} and the body has {len(body)} bytes. An umlaut is one character and two "
        "bytes: encode the body first, then count."
    )
    assert headers.get("content-type", "").startswith("application/json"), (
        "the body arrived, and nobody knew what it is: say so with `Content-Type: application/json`."
    )
    assert "host" in headers, "400 came: HTTP/1.1 asks for a `Host` header, since one server may serve many names."
    assert status != 422, (
        f"422 came: the body is no JSON of the parcel {code(json.dumps(parcel))}. `str(parcel)` writes Python, with other "
        "quotes, and one within a name ends what is written by hand: use `json.dumps`."
    )
    raise AssertionError(f"the server answered {status or 'nothing'}; your first line is {code(lines[0])}.")


def _status(server: Server, raw: bytes) -> int:
    """The status of the answer to these bytes, 0 where none came."""
    address = httpx.URL(server.url)
    try:
        with socket.create_connection((address.host, address.port or 80), timeout=PATIENCE) as connection:
            connection.sendall(raw)
            response = HTTPResponse(connection)
            response.begin()
            return response.status
    except (OSError, HTTPException):
        return 0


def _solve_request() -> Callable[[dict[str, Any]], bytes]:
    def write_request(parcel: dict[str, Any]) -> bytes:
        body = json.dumps(parcel).encode()
        head = [
            "POST /parcels HTTP/1.1",
            "Host: parcels.example",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*head, "", ""]).encode() + body

    return write_request


EXERCISE = Exercise(
    id="1.1-request",
    title="a request, byte by byte",
    task="`write_request` should return the bytes of a whole request, `POST /parcels` with the parcel as its JSON body.",
    check=_check_request,
    hints=(
        "Which four lines stood above the body in the request of this section, beside `Connection`?",
        "Every line ends in `\\r\\n`. What tells the server that the last header has been read?",
        "`Content-Length` counts bytes. Does `len` of a text count them?",
    ),
    solution=_solve_request,
    wants="function",
)
