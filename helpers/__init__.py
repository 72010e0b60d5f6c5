"""What the notebooks import. Names load on first use, so that `import helpers` costs what a cell needs and no more."""

from importlib import import_module
from typing import Any

# A module must not bear the name of what it gives: importing it would put the module in the name's place.
_HOME = {
    "serve": "server",
    "running": "server",
    "Client": "client",
    "AsyncClient": "client",
    "record": "recording",
    "ping": "pinging",
    "process": "processes",
    "scratch_folder": "scratch",
    "Mailbox": "mailbox",
    "Broker": "broker",
    "predict": "predictions",
    "compare": "predictions",
    "check": "exercises",
    "hint": "exercises",
    "solution": "exercises",
    "myths": "claims",
    "check_machine": "machine",
    "swagger_ui": "swagger",
    "LoadCurve": "load_curve",
    "Note": "notes",
    "CourseError": "errors",
}

__all__ = sorted([*_HOME, "progress"])


__all__.append("exam")


def __getattr__(name: str) -> Any:
    if name == "exam":
        return import_module("helpers.exam")
    if name == "progress":
        return import_module("helpers.progress")
    if name not in _HOME:
        raise AttributeError(f"module 'helpers' has no attribute {name!r}")
    return getattr(import_module(f"helpers.{_HOME[name]}"), name)
