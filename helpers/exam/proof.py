"""Proves a question by running code: what its code prints, what it asserts, what its app does.

Code runs with the names of `names()`, so that a proof is as short as the question, and a question's code may leave its
imports out. A proof runs after the question's code. That of a faulty code runs it itself where it wants to, with `exec(code)`.
"""

import contextlib
import io
import os
import traceback
from typing import Any
from unittest.mock import patch

from helpers.exam import kinds, links
from helpers.exam.evidence import Shown
from helpers.exam.model import Question


def names() -> dict[str, Any]:
    """What code in the bank may use without importing it."""
    import asyncio
    import contextvars
    import functools
    import inspect
    import json
    import re
    import threading
    import time
    from collections.abc import AsyncIterator, Iterator
    from contextlib import asynccontextmanager
    from typing import Annotated, Literal

    import fastapi
    import httpx
    import pydantic
    from fastapi import responses, testclient
    from starlette.background import BackgroundTask

    from helpers.live.recording import record
    from helpers.live.server import running

    found: dict[str, Any] = {"__name__": "question"}
    for module in (asyncio, contextvars, functools, inspect, json, re, threading, time, httpx):
        found[module.__name__] = module
    for name in (
        *("APIRouter", "BackgroundTasks", "Body", "Cookie", "Depends", "FastAPI", "File", "Form", "Header"),
        *("HTTPException", "Path", "Query", "Request", "Response", "Security", "UploadFile", "WebSocket"),
        "WebSocketDisconnect",
    ):
        found[name] = getattr(fastapi, name)
    for name in (
        *("AfterValidator", "BaseModel", "BeforeValidator", "ConfigDict", "EmailStr", "Field", "SecretStr"),
        *("TypeAdapter", "ValidationError", "computed_field", "field_validator", "model_validator"),
    ):
        found[name] = getattr(pydantic, name)
    for name in ("FileResponse", "HTMLResponse", "JSONResponse", "PlainTextResponse", "RedirectResponse"):
        found[name] = getattr(responses, name)
    found |= {"StreamingResponse": responses.StreamingResponse, "Literal": Literal, "Annotated": Annotated}
    found |= {"TestClient": testclient.TestClient, "BackgroundTask": BackgroundTask}
    found |= {"AsyncIterator": AsyncIterator, "Iterator": Iterator, "asynccontextmanager": asynccontextmanager}
    return found | {"running": running, "record": record, "ask": ask}


def ask(app: Any, *requests: str, **options: Any) -> Any:
    """Serve an app, make the requests one after the other on one connection, and wait until their tasks have ended.

    A request is "POST /parcels"; `options` go to each of them. Gives an object with `codes`, `answers`, `timeline` and
    the server's `log`.
    """
    from types import SimpleNamespace

    from helpers.live.recording import record
    from helpers.live.server import running

    with running(app) as server:
        with record() as timeline:
            answers = [server.client.request(*request.split(" ", 1), **options) for request in requests]
        codes = [answer.status_code for answer in answers]
        return SimpleNamespace(codes=codes, answers=answers, timeline=timeline, log=list(server.log))


class Bare:
    """Where code runs, one piece after the other, with the text of a question's code beside it as `code`."""

    def __init__(self, code: str = "", name: str = "question"):
        self._name = name
        self._space = names() | {"code": code}

    @property
    def found(self) -> Any:
        """What a proof has bound to `found`: the answer that it came to. None when it has bound nothing."""
        return self._space.get("found")

    def run(self, source: str) -> str:
        """Run code, and give what it printed."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(source, self._name, "exec"), self._space)
        return printed.getvalue()


class Run(Bare):
    """Where a question's proof runs: with its `options` in an order that tells nothing, what its cell has `shown`, and
    `shown_by("other-cell")`, what another cell of the same chapter has."""

    def __init__(self, question: Question):
        super().__init__(question.code, question.id)
        chapter, cell = question.place or (question.chapter, "")

        def shown_by(cell: str) -> Shown:
            return Shown(links.shown((chapter, cell)))

        self._space |= {"options": sorted(question.options), "shown": shown_by(cell), "shown_by": shown_by}

    def measured(self, question: Question) -> Any:
        """The timeline of a question's app, run now."""
        self.run(question.code)
        return ask(self._space["app"], *question.requests).timeline


def measured(question: Question) -> Any:
    """The timeline of a question's app, run now."""
    return Run(question).measured(question)


def prove(question: Question, bench: kinds.Bench | None = None) -> str:
    """Run a question's proof, on a new bench unless one is given; nothing when it holds, else a sentence."""
    try:
        with patch.dict(os.environ):
            told = kinds.of(question).prove(question, bench or Run(question))
    except BaseException as error:
        line = traceback.extract_tb(error.__traceback__)[-1].lineno
        return f"{question.id}: its proof raised {type(error).__name__} in line {line}: {error}"
    return f"{question.id}: {told}" if told else ""
