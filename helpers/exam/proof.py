"""Proves a question by running code: what its code prints, what it asserts, what its app does.

Code runs with the names of `names()`, so that a proof is as short as the question, and a question's code may leave its
imports out. A proof runs after the question's code. That of a faulty code runs it itself where it wants to, with `exec(code)`.
"""

import contextlib
import io
import traceback
from typing import Any

from helpers.exam.bank import Question
from helpers.exam.marking import close


def names() -> dict[str, Any]:
    """What code in the bank may use without importing it."""
    import asyncio
    import contextvars
    import functools
    import inspect
    import json
    import threading
    import time
    from collections.abc import AsyncIterator, Iterator
    from contextlib import asynccontextmanager
    from typing import Annotated

    import fastapi
    import httpx
    import pydantic
    from fastapi import responses, testclient
    from starlette.background import BackgroundTask

    from helpers.live.recording import record
    from helpers.live.server import running

    found: dict[str, Any] = {"__name__": "question"}
    for module in (asyncio, contextvars, functools, inspect, json, threading, time, httpx):
        found[module.__name__] = module
    for name in (
        *("APIRouter", "BackgroundTasks", "Body", "Depends", "FastAPI", "Header", "HTTPException", "Path", "Query"),
        *("Request", "Response", "UploadFile", "WebSocket"),
    ):
        found[name] = getattr(fastapi, name)
    for name in ("BaseModel", "ConfigDict", "EmailStr", "Field", "SecretStr", "ValidationError"):
        found[name] = getattr(pydantic, name)
    for name in ("JSONResponse", "RedirectResponse", "StreamingResponse"):
        found[name] = getattr(responses, name)
    found |= {"TestClient": testclient.TestClient, "BackgroundTask": BackgroundTask, "Annotated": Annotated}
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


def measured(question: Question) -> Any:
    """The timeline of a question's app, run now."""
    space = names()
    exec(compile(question.code, question.id, "exec"), space)
    return ask(space["app"], *question.requests).timeline


def prove(question: Question) -> str:
    """Run a question's proof; nothing when it holds, else a sentence."""
    try:
        return _prove(question)
    except BaseException as error:
        line = traceback.extract_tb(error.__traceback__)[-1].lineno
        return f"{question.id}: its proof raised {type(error).__name__} in line {line}: {error}"


def _prove(question: Question) -> str:
    if question.kind == "timeline":
        off: dict[str, tuple[float, float]] = {}
        for _ in range(3):  # a busy machine can be late once; what is wrong is wrong each time
            timeline = measured(question)
            seen = {name: (timeline[name].start, timeline[name].end) for name in question.bars}
            off = {name: seen[name] for name, bar in question.bars.items() if not close(bar, seen[name])}
            if not off:
                return ""
        return f"{question.id}: other bars were measured: {off}"
    space, printed = names() | {"code": question.code}, io.StringIO()
    if question.code and question.kind != "fault":
        with contextlib.redirect_stdout(printed):
            exec(compile(question.code, question.id, "exec"), space)
    if question.kind == "prints":
        lines = printed.getvalue().rstrip("\n")
        if lines != question.right[0]:
            return f"{question.id}: it prints {lines!r}, not {question.right[0]!r}"
    if question.prove:
        exec(compile(question.prove, question.id, "exec"), space)
    return ""


def by_code(question: Question) -> bool:
    """Whether code proves this question, beside or instead of a cell."""
    return bool(question.prove) or question.kind in ("prints", "timeline")
