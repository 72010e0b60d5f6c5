"""What the notebooks import. Names load on first use, so that `import helpers` costs what a cell needs and no more.

`__init__.pyi` gives the same names to editors and type checkers; a test compares the two.
"""

import sys
from importlib import import_module

from helpers import surroundings

_HOME = {
    "serve": "live.server",
    "running": "live.server",
    "Client": "live.client",
    "AsyncClient": "live.client",
    "record": "live.recording",
    "ping": "live.pinging",
    "LoadCurve": "live.load_curve",
    "swagger_ui": "live.swagger",
    "process": "services.process",
    "observe": "services.observed",
    "scratch_folder": "services.scratch",
    "Project": "services.project",
    "Mailbox": "services.mailbox",
    "Broker": "services.broker",
    "Postgres": "services.postgres",
    "predict": "learning.predictions",
    "compare": "learning.predictions",
    "check": "learning.exercises",
    "hint": "learning.exercises",
    "solution": "learning.exercises",
    "myths": "learning.claims",
    "find": "learning.finding",
    "check_machine": "learning.machine",
    "promises": "learning.promises",
    "when": "learning.history",
    "Note": "notes",
    "CourseError": "errors",
}
_MODULES = {"progress": "learning.progress", "history": "learning.history", "exam": "exam"}

__all__ = sorted([*_HOME, *_MODULES])


surroundings.settle()


def __getattr__(name: str) -> object:
    if "IPython" in sys.modules and name in __all__:
        import_module("helpers.live.failing").install()
    if name == "progress":
        import_module("helpers.exam")  # which knows what is still asked
    if name in _MODULES:
        return import_module(f"helpers.{_MODULES[name]}")
    if name in _HOME:
        return getattr(import_module(f"helpers.{_HOME[name]}"), name)
    raise AttributeError(f"module 'helpers' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
