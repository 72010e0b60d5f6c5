"""What a fault is, and what several faults share."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Fault:
    """`name`: the wrong behaviour. `code`: plants it, in a namespace of its own. `caught`: by chapter, or by an appendix's
    file, the cells that catch it. `quick`: the one of these that `make test` runs. `where` it is planted: in the kernel,
    in the Python programs that the kernel's cells start (`planting.py`), or in both.
    """

    name: str
    code: str
    caught: dict[int | str, str]
    quick: int | str | None = None
    where: Literal["kernel", "children", "both"] = "kernel"

    @property
    def package(self) -> str:
        """The package in which it is planted: that of the first name that its code imports from one and replaces a part
        of, or of the first that it imports at all; Python, where there is none.
        """
        tree = ast.parse(self.code)
        home = dict(_imported(tree))
        replaced = [
            node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        ]
        roots = [node.value.id for node in replaced if isinstance(node.value, ast.Name)]
        packages = [home[name] for name in [*roots, *home] if name in home]
        return next((one for one in packages if one not in sys.stdlib_module_names), "Python")


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each name that an import binds, and the package from which it comes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                path = node.module if isinstance(node, ast.ImportFrom) else alias.name
                yield alias.asname or alias.name.partition(".")[0], path.partition(".")[0]


# What several faults share


def tasks(*lines: str) -> str:
    """Another way to run the tasks of a response; `one` runs a task in its span."""
    return "\n".join(
        [
            "import asyncio",
            "from fastapi import background",
            "async def one(task):",
            "    with background._operation(name='background_task', function=task.func):",
            "        await task()",
            "async def run_all(self):",
            *("    " + line for line in lines),
            "background.BackgroundTasks.__call__ = run_all",
        ]
    )


def task(*lines: str) -> str:
    """Another way to run a single task."""
    return "\n".join(
        [
            "import asyncio, contextvars, functools, anyio",
            "from starlette import background",
            "from starlette.background import BackgroundTask",
            "theirs = BackgroundTask.__call__",
            "async def run(self):",
            *("    " + line for line in lines),
            "BackgroundTask.__call__ = run",
        ]
    )


def adding(*lines: str) -> str:
    """Another `add_task`; `add` is the real one."""
    return "\n".join(
        [
            "import asyncio, copy, inspect",
            "from fastapi import BackgroundTasks",
            "from fastapi.params import Depends",
            "add = BackgroundTasks.add_task",
            "def add_task(self, func, *args, **kwargs):",
            *("    " + line for line in lines),
            "BackgroundTasks.add_task = add_task",
        ]
    )


def response(kind: str, *lines: str) -> str:
    """Another way in which a class of responses is sent; `theirs` is the real one."""
    return "\n".join(
        [
            f"from starlette.responses import {kind} as Kind",
            "from starlette.background import BackgroundTasks",
            "theirs = Kind.__call__",
            "async def respond(self, scope, receive, send):",
            *("    " + line for line in lines),
            "Kind.__call__ = respond",
        ]
    )


def returned(*lines: str) -> str:
    """Something done to what a path operation returned, where that is a response; `injected` are its tasks."""
    return "\n".join(
        [
            "from fastapi import BackgroundTasks, Response, routing",
            "theirs, given = routing.run_endpoint_function, []",
            "async def run(*, values, **options):",
            "    answer = await theirs(values=values, **options)",
            "    injected = next((value for value in values.values() if isinstance(value, BackgroundTasks)), None)",
            "    if isinstance(answer, Response):",
            *("        " + line for line in lines),
            "    return answer",
            "routing.run_endpoint_function = run",
        ]
    )


def route(*lines: str) -> str:
    """Another order of what a route does; `lines` use the two stacks of dependencies and `call(request)`."""
    return "\n".join(
        [
            "from contextlib import AsyncExitStack",
            "from fastapi import BackgroundTasks, routing",
            "from starlette.requests import Request",
            "def request_response(call):",
            "    async def app(scope, receive, send):",
            "        request = Request(scope, receive, send)",
            "        async def inside(scope, receive, send):",
            *("            " + line for line in lines),
            "        await routing.wrap_app_handling_exceptions(inside, request)(scope, receive, send)",
            "    return app",
            "routing.request_response = request_response",
        ]
    )


def kept(kind: str) -> str:
    """A request that ends with such an exception runs the tasks that were added until then."""
    return f"""
from fastapi import HTTPException, routing
from fastapi.exceptions import RequestValidationError, ResponseValidationError
solve, respond = routing.solve_dependencies, routing.request_response
async def solving(*, request, **options):
    solved = await solve(request=request, **options)
    request.scope["tasks"] = solved.background_tasks
    return solved
def responding(call):
    async def noting(request):
        try:
            return await call(request)
        except {kind}:
            request.scope["left"] = request.scope.get("tasks")
            raise
    app = respond(noting)
    async def running(scope, receive, send):
        try:
            await app(scope, receive, send)
        finally:
            if scope.get("left"):
                await scope["left"]()
    return running
routing.solve_dependencies, routing.request_response = solving, responding
"""


def connection(*lines: str) -> str:
    """Something else on a connection: `Protocol` and `Cycle` are uvicorn's classes for it and for one exchange on it."""
    return "\n".join(
        [
            "import asyncio, sys",
            "from uvicorn.protocols.http.auto import AutoHTTPProtocol as Protocol",
            "Cycle = sys.modules[Protocol.__module__].RequestResponseCycle",
            *lines,
        ]
    )


def spans(*lines: str) -> str:
    """Another span of a task."""
    return "\n".join(
        [
            "import contextlib",
            "from fastapi import background",
            "from opentelemetry import context, trace",
            "theirs = background._operation",
            "@contextlib.contextmanager",
            "def span(**names):",
            *("    " + line for line in lines),
            "background._operation = span",
        ]
    )
