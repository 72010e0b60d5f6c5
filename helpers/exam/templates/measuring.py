"""Runs the code of every template's instances and writes their keys, in several processes."""

import json
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from helpers.exam.templates import SEEDS, keys, load

WORKERS = 6  # most of what takes long is asleep


def measured(name: str, seed: int) -> dict[str, str]:
    """The key of an instance by the digest of its code, measured now, with those of the shapes that it passed over."""
    by: dict[str, str] = {}

    def found(name: str, code: str, measure: str) -> Any:
        by[keys.digest(code, measure)] = keys.measured(code, measure)
        return json.loads(by[keys.digest(code, measure)])

    load()[name].instance(seed, found)
    return by


def main(names: list[str]) -> None:
    """Measure the named templates, or all; what is not named keeps its keys."""
    found = {} if not names else {name: dict(keys.shipped(name)) for name in load()}
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        for name in names or load():
            begun, by = time.perf_counter(), {}
            for one in pool.map(measured, [name] * SEEDS, range(SEEDS)):
                twice = [digest for digest in one if by.get(digest, one[digest]) != one[digest]]
                if twice:
                    raise SystemExit(f"{name}: {twice[0]} was measured twice, and differently")
                by |= one
            found[name] = by
            print(f"{name}: {len(by)} codes in {time.perf_counter() - begun:.1f} s", flush=True)
    keys.write(found)
