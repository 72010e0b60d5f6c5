"""The command line of `observe()`: a request's timeline as text, SVG or HTML, what a service is doing, what is wrong with it."""

import argparse
import json
import re
import time
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from helpers.errors import CourseError
from helpers.live import picture
from helpers.services.findings import Findings
from helpers.services.observed import Service, observe
from helpers.services.observing import Exchange
from helpers.wording import code

__all__ = ["main"]

LOOK = 0.25  # seconds between two looks of --watch

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: system-ui, sans-serif; margin: 2rem">
<h1>{title}</h1>
{svg}
<pre>{text}</pre>
</body>
</html>
"""


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    made = argparse.ArgumentParser(
        prog="python -m helpers.trace",
        description="Runs a FastAPI app in a process of its own and shows what its requests really do. Only the requests "
        "that you name are sent; --doctor also sends each GET that needs no parameters, twice.",
    )
    made.add_argument("app", help="module and name, as uvicorn takes them: main:app")
    made.add_argument("requests", nargs="*", metavar="REQUEST", help='such as "POST /orders"')
    made.add_argument("--json", type=_json, metavar="TEXT", help="the body of the requests that are no GET")
    made.add_argument(
        "--header", action="append", default=[], metavar="'NAME: VALUE'", help="may be given several times"
    )
    made.add_argument("--fail", action="append", default=[], metavar="TASK", help="a task that shall raise an error")
    made.add_argument("--times", type=int, default=1, metavar="N", help="send each request N times and show the last")
    made.add_argument("--folder", default=".", help="the project's folder; here, if it is not given")
    made.add_argument("--python", metavar="PATH", help="the interpreter that has the app's packages")
    made.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="a setting for the app")
    made.add_argument("--factory", action="store_true", help="the name is a function that makes the app")
    made.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS", help="for the lifespan")
    made.add_argument("--grace", type=float, default=10.0, metavar="SECONDS", help="between SIGTERM and SIGKILL")
    made.add_argument("--svg", type=Path, metavar="FILE", help="write the timeline as a picture")
    made.add_argument("--html", type=Path, metavar="FILE", help="write it as a page")
    made.add_argument("--watch", action="store_true", help="show every request while you use the app, until Ctrl+C")
    made.add_argument("--seconds", type=float, metavar="N", help="end --watch after N seconds")
    made.add_argument("--doctor", action="store_true", help="tell what is wrong; exit code 1 if anything is")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 1 for findings, 2 for an app that cannot be served, 130 for Ctrl+C."""
    told = parser().parse_intermixed_args(arguments)  # requests may stand behind options
    try:
        for file in filter(None, (told.svg, told.html)):
            if not file.parent.is_dir():
                raise CourseError(f"there is no folder {file.parent} to write {file.name} into.")
        options = _options(told)
        env = dict(_pair(one, "=") for one in told.env)
        with observe(
            told.folder, told.app, python=told.python, env=env, factory=told.factory, timeout=told.timeout
        ) as service:
            return _act(service, told, options)
    except CourseError as error:
        print(_spelled(str(error)))
        return 2
    except KeyboardInterrupt as error:
        print(str(error) or "Interrupted: the app was ended.")
        return 130


def _spelled(said: str) -> str:
    """A message of `observe()` in the words of this command."""
    for ours, here in (
        (r'env=\{"(\w+)": \.\.\.\}', r"--env \1=VALUE"),
        (r'observe\(\.\.\., "([^"]+)", factory=True\)', "add --factory"),
        (r"with factory=True", "with --factory"),
        (r"observe\(python=\.\.\.\)", "--python"),
        (r"observe\(\.\.\., python=\.\.\.\)|python=\.\.\.", "--python PATH"),
    ):
        said = re.sub(ours, here, said)
    return said


def _act(service: Service, told: argparse.Namespace, options: dict[str, Any]) -> int:
    print(f"{service!r}, Python {service.versions['python']}, Starlette {service.versions['starlette']}")
    service.client.headers.update(options.pop("headers"))  # for what --doctor looks at, too
    if told.doctor:
        service.look()
    for request in told.requests:
        sent = options if not request.upper().startswith("GET ") else {**options, "json": None}
        timeline = service.ask(request, fail=told.fail, **sent)
        for _ in range(told.times - 1):
            timeline = service.ask(request, fail=told.fail, **sent)
        print(f"\n{request}: {timeline.response.status_code}\n{timeline!r}")
        _save(request, timeline.data(), told)
    if told.watch:
        _watch(service, told.seconds)
    if told.doctor:
        service.stop(told.grace)
        found = service.findings()
        print(f"\n{report(found)}")
        return 1 if len(found) else 0
    if not told.requests and not told.watch:
        print(f"\n{service.paths}")
    return 0


def report(found: Findings) -> str:
    """All findings as text, each with the cell that holds its rule."""
    lines = [f"{n}. {one}\n   {one.rule}" for n, one in enumerate(found, 1)] or ["Nothing was found."]
    return "\n".join([*lines, "", *(f"- {note}" for note in found.notes)])


def _save(request: str, data: dict[str, Any], told: argparse.Namespace) -> None:
    svg = picture.draw(data)
    page = PAGE.format(title=escape(request), svg=svg, text=escape(picture.text(data)))
    for file, content in ((told.svg, svg), (told.html, page)):
        try:
            if file:
                file.write_text(content, encoding="utf-8")
        except OSError as error:
            raise CourseError(f"{file.name} cannot be written: {error.strerror}.") from None


def _watch(service: Service, seconds: float | None) -> None:
    """Tell each request when its last task has ended, and each time for which the loop stood still."""
    print(f"\n{service.url}  (Ctrl+C ends it)")
    until = None if seconds is None else time.monotonic() + seconds
    shown, holds = {id(one) for one in service.exchanges}, len(service.holds)
    try:
        while service.process.running and (until is None or time.monotonic() < until):
            time.sleep(LOOK)
            for one in service.exchanges:
                if one.over is not None and id(one) not in shown:
                    shown.add(id(one))
                    print(_line(one), flush=True)
            service.sync()
            for hold in service.holds[holds:]:
                print(f"  the event loop stood still for {hold.seconds:.1f} s: {service.line(hold)}", flush=True)
            holds = len(service.holds)
    except KeyboardInterrupt:
        pass


def _line(one: Exchange) -> str:
    tasks = ", ".join(f"{span.name}{f' ✗ {span.error}' if span.error else ''}" for span in one.ran)
    behind = f", over after {one.counted / 1e6:.0f} ms with {tasks}" if tasks else ""
    lost = f"; never ran: {', '.join(one.skipped)}" if one.skipped else ""
    status = one.server.attributes.get("http.response.status_code", one.error)
    return f"{one.server.name}: {status} after {one.answered / 1e6:.0f} ms{behind}{lost}"


def _options(told: argparse.Namespace) -> dict[str, Any]:
    return {"json": told.json, "headers": dict(_pair(one, ":") for one in told.header)}


def _pair(text: str, sign: str) -> tuple[str, str]:
    name, found, value = text.partition(sign)
    if not found or not name.strip():
        raise CourseError(f"expected NAME{sign}VALUE, but got {code(text)}.")
    return name.strip(), value.strip()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"no JSON: {error}") from None
