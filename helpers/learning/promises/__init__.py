"""The final project: twelve promises, measured on a service of the reader's own.

`python -m helpers.learning.promises FOLDER` in a terminal, `promises("FOLDER")` in a cell. The folder tells in
`promises.toml` how its service is asked (plan.py); all else is seen from outside, on real processes.
"""

import os
from collections.abc import Callable
from pathlib import Path

import httpx

from helpers.course import CHAPTERS
from helpers.errors import CourseError
from helpers.given import shown
from helpers.learning.promises import answering, facing, keeping, proving
from helpers.learning.promises.bench import Bench, Broken, parsed, wrong
from helpers.learning.promises.model import Promise, Verdict
from helpers.learning.promises.plan import inside, read
from helpers.learning.promises.report import Report
from helpers.wording import raised

__all__ = ["PROMISES", "promises"]


def _promise(name: str, says: str, chapter: int, cell: str, measure: Callable[[Bench], str]) -> Promise:
    return Promise(name, says, CHAPTERS[chapter - 1].file, cell, measure)


PROMISES = (
    _promise("computing", "It answers while its work computes.", 4, "rule-blocking", answering.computing),
    _promise("sessions", "It holds nothing until the work is done.", 5, "session-borrows", answering.sessions),
    _promise("crowd", "It answers while many wait for somebody else.", 4, "rule-forty", answering.crowd),
    _promise("terminated", "It loses nothing at SIGTERM.", 7, "dep-shutdown-table", keeping.terminated),
    _promise("killed", "It loses nothing at kill -9.", 9, "crud-gauntlet", keeping.killed),
    _promise("once", "It does once what is asked twice.", 9, "face-retry", keeping.once),
    _promise("private", "It keeps what is private.", 8, "sec-package-attacked", facing.private),
    _promise("docs", "It documents what it does.", 8, "docs-examples", proving.docs),
    _promise("lists", "It pages what it lists.", 9, "face-pages", facing.lists),
    _promise("generated", "It has no 500 for any input.", 5, "crud-edges", facing.generated),
    _promise("health", "It tells when its database is gone.", 7, "dep-health", facing.health),
    _promise("tests", "It has tests that can fail.", 9, "face-tests", proving.tests),
)


def promises(folder: str | Path, *names: str, told: Callable[[Verdict], None] | None = None) -> Report:
    """Measure the promises of the service in `folder`, all twelve or those with these names, and return the `Report`.

    `told` is called with each `Verdict` as soon as there is one. Nothing is changed in the folder and nothing is left
    behind. `CourseError`, one sentence, when it cannot be measured: no `promises.toml`, an entry that does not fit the
    service, a service that does not start, a name that is none.
    """
    known = [promise.name for promise in PROMISES]
    if strange := [name for name in names if not isinstance(name, str) or name not in known]:
        raise CourseError(f"{shown(strange[0])} is no promise: the names are {', '.join(known)}.")
    wanted = [promise for promise in PROMISES if not names or promise.name in names]
    place = _folder(folder)
    bench = Bench(read(place), place)
    verdicts = []
    try:
        _fits(bench)
        for promise in wanted:
            verdicts.append(_verdict(promise, bench))
            if told is not None:
                told(verdicts[-1])
    finally:
        bench.discard()
    return Report(place, verdicts, len(PROMISES))


def _folder(given: object) -> Path:
    """The folder that was given; `CourseError` for what is none."""
    try:
        place = Path(given).expanduser().resolve() if isinstance(given, str | os.PathLike) else None
        if place is not None and place.is_dir():
            return place
    except Exception:  # what no system takes as a path, and what a stranger's __fspath__ raises
        pass
    raise CourseError(f"promises() expects the folder of a service, such as '../my_service', but got {shown(given)}.")


def _verdict(promise: Promise, bench: Bench) -> Verdict:
    try:
        return Verdict(promise, True, promise.measure(bench))
    except Broken as broken:
        bench.discard()  # so that no promise suffers from another
        return Verdict(promise, False, str(broken))
    except httpx.HTTPError as error:
        bench.discard()
        return Verdict(promise, False, f"Asking it failed: {raised(error)}.")


def _fits(bench: Bench) -> None:
    """Whether the plan fits the service: each of its users logs in, and the paths of work, state and pages answer. `CourseError` else."""
    service, plan = bench.calm(), bench.plan
    try:
        for user in service.users:
            service.headers(user)
        number = service.accepted(service.order())
        shown_state = service.state(number)
        if not shown_state.is_success or inside(parsed(shown_state), plan.state.field) is None:
            wrong(f"{plan.state.path} answered {shown_state.status_code}, without `{plan.state.field}`")
        if service.undone([number]):
            wrong(f"`{plan.state.field}` of {plan.state.path} never read {plan.state.done!r}")
        service.page(plan.pages.first, limit=10)
    except Broken as broken:
        wrong(str(broken).rstrip("."))
