"""Exercise 6.4-lines: a log that programs read."""

import json
import logging
import re
from typing import Any

from fastapi import BackgroundTasks, FastAPI

from helpers.chapters.asking import ask
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running

_PATHS = ("/parcels/7", "/parcels/8?note=%22fragile%22", "/nothing")
_TEXT = 'a parcel for "Ada"\nwith a second line'


def _check_lines(formatter: type[logging.Formatter]) -> str:
    try:
        made = formatter()
    except Exception as error:
        raise AssertionError(f"`JsonLines()` raised {type(error).__name__}: {error}") from None
    assert isinstance(made, logging.Formatter), (
        "`JsonLines` is a subclass of `logging.Formatter`: a handler asks it to format."
    )
    texts: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.name == "uvicorn.error" and record.levelno < logging.ERROR:
                return  # starts and stops
            try:
                texts.append(self.format(record))
            except Exception as error:
                texts.append(f"RAISED {type(error).__name__}: {error}")

    app = FastAPI()
    logger = logging.getLogger("exercise-6.4-lines")
    logger.setLevel(logging.INFO)
    logger.propagate = False

    def fail(number: int) -> None:
        logger.info("%s", _TEXT)
        # As many arguments as the line of a request has.
        logger.info("%s from %s to %s by %s, %d g", "a parcel", "Oslo", "Bergen", "rail", 750)
        if number == 8:
            raise ConnectionError("the carrier does not answer")

    @app.get("/parcels/{number}")
    async def read(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(fail, number)

    keep = Keep()
    keep.setFormatter(made)
    listened = [logger, logging.getLogger("uvicorn.access"), logging.getLogger("uvicorn.error")]
    with running(app) as server:
        for source in listened:
            source.addHandler(keep)
        try:
            for path in _PATHS:
                with record():
                    ask(server, "GET", path)
        finally:
            for source in listened:
                source.removeHandler(keep)
    _judge(texts)
    return "Each entry is one line of JSON: requests with their own fields, texts as they are, a failure with its traceback."


def _judge(texts: list[str]) -> None:
    entries: list[dict[str, Any]] = []
    for text in texts:
        assert not str(text).startswith("RAISED"), (
            f"`format` raised {str(text)[7:]}. Only entries of `uvicorn.access` have the five arguments of a request."
        )
        assert isinstance(text, str), (
            f"`format` should return a text, but a {type(text).__name__} came: `json.dumps` makes one."
        )
        assert "\n" not in text, "an entry takes more than one line; a program reads line by line."
        try:
            entries.append(json.loads(text))
        except ValueError:
            raise AssertionError(
                "a line is no JSON: quotes and line breaks in a text have to be escaped, which `json.dumps` of a dictionary does."
            ) from None
    assert all(isinstance(entry, dict) for entry in entries), "each line should be a JSON object, made of a dictionary."
    requests = [entry for entry in entries if "path" in entry]
    told = [entry for entry in entries if entry.get("message") == _TEXT]
    assert len(requests) == len(_PATHS), (
        f"{len(_PATHS)} requests were sent, and {len(requests)} entries have a `path`: those of the logger `uvicorn.access`."
    )
    for entry, path, status in zip(requests, _PATHS, (200, 200, 404)):
        assert entry["path"] == path, (
            f"`path` should be `{path}`, but `{entry['path']}` came: `record.args` holds it, the third."
        )
        assert entry.get("method") == "GET", f"`method` should be `GET`, but `{entry.get('method')}` came."
        assert entry.get("status") == status and isinstance(entry["status"], int), (
            f"`status` should be the number {status}, but {json.dumps(entry.get('status'))} came: "
            "take it from `record.args`, not from the text."
        )
    assert len(told) == 2, (
        "an entry of another logger should have its whole text as `message`, arguments filled in: `record.getMessage()`."
    )
    levels = {entry.get("level") for entry in [*requests, *told]}
    assert levels == {"INFO"}, f"`level` should be the level's name, `INFO`, but {', '.join(map(str, levels))} came."
    _judge_failure([entry for entry in entries if entry.get("level") == "ERROR"])


def _judge_failure(failed: list[dict[str, Any]]) -> None:
    assert failed and re.search("ConnectionError: the carrier", json.dumps(failed)), (
        "a task failed, and its traceback stands nowhere: where there is `record.exc_info`, "
        "`self.formatException(record.exc_info)` gives the text, for a field of its own."
    )
    assert any(re.search(r"\bfail\b", json.dumps(entry)) for entry in failed), (
        "a task failed, and its error is told without the traceback: nobody learns in which function and line. "
        "`self.formatException(record.exc_info)` gives both."
    )
    assert all("Exception in ASGI" in str(entry.get("message")) for entry in failed), (
        "the failure has its traceback and no `message` any more: it is told as well, not instead."
    )


def _solve_lines() -> type[logging.Formatter]:
    class JsonLines(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            entry: dict[str, Any] = {"level": record.levelname}
            if record.name == "uvicorn.access":
                arguments: Any = record.args
                _, entry["method"], entry["path"], _, entry["status"] = arguments
            else:
                entry["message"] = record.getMessage()
            if record.exc_info:
                entry["traceback"] = self.formatException(record.exc_info)
            return json.dumps(entry)

    return JsonLines


EXERCISE = Exercise(
    id="6.4-lines",
    title="a log that programs read",
    task="`JsonLines` should make one line of JSON of each entry: `level` and `message`, for a request `method`, `path` and `status`.",
    check=_check_lines,
    hints=(
        "A formatter has one method that counts, `format(self, record)`, which returns the line. What does a record know?",
        'For `record.name == "uvicorn.access"`, `record.args` holds client, method, path, version and status.',
        "Fill a dictionary, add `self.formatException(record.exc_info)` where there is one, return `json.dumps(...)`.",
    ),
    solution=_solve_lines,
    wants="class",
)
