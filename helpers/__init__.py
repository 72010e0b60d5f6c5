"""What the notebooks import. Names load on first use, so that `import helpers` costs what a cell needs and no more.

`__init__.pyi` gives the same names to editors and type checkers; a test compares the two.
"""

import os
import sys
from importlib import import_module

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


def _never_proxy_loopback() -> None:
    """Servers on this machine are asked directly, by this process and by all that it starts, whatever HTTP_PROXY says.

    Most clients follow urllib (urllib.request.getproxies_environment), which prefers the name in small letters.
    """
    kept = [host for host in (os.environ.get("no_proxy") or os.environ.get("NO_PROXY", "")).split(",") if host.strip()]
    if "*" not in kept:
        kept += [host for host in ("127.0.0.1", "localhost", "::1") if host not in kept]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(kept)


_never_proxy_loopback()


def __getattr__(name: str) -> object:
    if "IPython" in sys.modules and name in __all__:
        import_module("helpers.live.failing").install()
    if name in _MODULES:
        return import_module(f"helpers.{_MODULES[name]}")
    if name in _HOME:
        return getattr(import_module(f"helpers.{_HOME[name]}"), name)
    raise AttributeError(f"module 'helpers' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
