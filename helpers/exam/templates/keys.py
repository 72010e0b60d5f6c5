"""The measured keys of the templates' instances: what their code gave when it ran.

`keys.json.gz` ships them, by a digest of the code that was run, so that drawing an exam runs nothing. They count for the
releases they were measured with; with others, and for code that has changed since, the code runs when it is drawn.
`python -m helpers.exam.templates` measures all anew.
"""

import base64
import gzip
import hashlib
import json
import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest.mock import patch

from helpers.exam.proof import Bare

FILE = Path(__file__).with_name("keys.json.gz")
CLOCK = "# by the clock"  # the mark of what measures a time
TRIES = 6
PACKAGES = ("fastapi", "starlette", "pydantic", "httpx", "sqlalchemy", "uvicorn")


def releases() -> dict[str, str]:
    """The installed releases of what the code of templates runs on."""
    return {name: version(name) for name in PACKAGES}


def digest(code: str, measure: str) -> str:
    """36 bits that stand for what was run."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"{code}\0{measure}".encode()).digest())[:6].decode()


def found(template: str, code: str, measure: str) -> Any:
    """What this code gives: as it was measured, else by running it now."""
    kept = shipped(template).get(digest(code, measure)) if fresh() else None
    return json.loads(measured(code, measure) if kept is None else kept)


@cache
def measured(code: str, measure: str) -> str:
    """What this code gives when it runs now, as JSON: what it prints, or what `measure` binds to `found`.

    What looks at a clock runs until it has given the same twice in a row: a busy machine can be late once.
    """
    found = run(code, measure)
    for _ in range(TRIES if CLOCK in measure else 0):
        before, found = found, run(code, measure)
        if before == found:
            break
    return found


def run(code: str, measure: str) -> str:
    """What this code gives in one run, as JSON."""
    with ThreadPoolExecutor(
        1
    ) as pool:  # a notebook's own thread has an event loop that runs: there `asyncio.run` fails
        return json.dumps(pool.submit(_run, code, measure).result())


def _run(code: str, measure: str) -> Any:
    bench = Bare(code)
    with patch.dict(os.environ):
        printed = bench.run(code).rstrip("\n")
        bench.run(measure)
    return bench.found if measure else printed


def write(keys: dict[str, dict[str, str]]) -> None:
    """Write the file: by template and key, the digests of all code that gives it."""
    listed = {
        template: {
            key: " ".join(sorted(d for d, other in by.items() if other == key)) for key in sorted(set(by.values()))
        }
        for template, by in sorted(keys.items())
    }
    told = {"measured with": releases(), "keys": listed}
    FILE.write_bytes(gzip.compress(json.dumps(told, ensure_ascii=False).encode(), mtime=0))
    _file.cache_clear()
    shipped.cache_clear()
    fresh.cache_clear()


@cache
def fresh() -> bool:
    """Whether the shipped keys were measured with what is installed."""
    return _file()["measured with"] == releases()


@cache
def shipped(template: str) -> dict[str, str]:
    """A template's keys, as JSON, by the digest of the code."""
    by_key: dict[str, str] = _file()["keys"].get(template, {})
    return {digest: key for key, digests in by_key.items() for digest in digests.split()}


@cache
def _file() -> dict[str, Any]:
    """What is shipped; nothing, when the file is missing or damaged: then everything is measured."""
    try:
        told = json.loads(gzip.decompress(FILE.read_bytes()))
        for by_key in told["keys"].values():
            for key, digests in by_key.items():
                json.loads(key)
                digests.split()
        return {"measured with": dict(told["measured with"]), "keys": told["keys"]}
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {"measured with": {}, "keys": {}}
