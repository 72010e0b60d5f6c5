"""`swagger_ui(app)`: the app's live Swagger UI inside JupyterLab, reached through the Jupyter server, also without a network.

The page runs in the reader's browser, and on Binder or JupyterHub the browser reaches nothing but the Jupyter server.
jupyter-server-proxy passes `<base>/proxy/<port>/...` on to a port of the kernel's machine: it strips that prefix from
the path and tells it in `X-Forwarded-Context` (jupyter_server_proxy/handlers.py), which neither uvicorn nor FastAPI
reads, so `JupyterProxy` does. The page's script and style come from the package fastapi-standalone-docs; its own
`StandaloneDocs(app)` replaces a function of FastAPI for every app of the process, so only its files are used.
"""

import html
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import FileResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.errors import CourseError
from helpers.live.jupyter import proxied
from helpers.live.server import Server, serve

__all__ = ["JupyterProxy", "SwaggerPage", "swagger_ui"]

SCRIPT, STYLE = "/_swagger/swagger-ui-bundle.js", "/_swagger/swagger-ui.css"
METHODS = ("get", "put", "post", "delete", "patch")


class JupyterProxy:
    """ASGI middleware: tells the app the prefix under which jupyter-server-proxy shows it.

    Both `root_path` and `path` are set, as ASGI asks; with `root_path` alone a mounted StaticFiles answers 404.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            prefix = dict(scope["headers"]).get(b"x-forwarded-context", b"").rstrip(b"/")
            if prefix:
                path = prefix.decode("latin-1")
                raw = prefix + scope.get("raw_path", scope["path"].encode())
                scope = dict(scope, root_path=path, path=path + scope["path"], raw_path=raw)
        await self.app(scope, receive, send)


class _OwnPage:
    """Answers the app's `/docs` with a page whose files come from here; everything else is the app's."""

    def __init__(self, app: FastAPI, files: Path | None):
        self.app = app
        self.files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "")
        path = scope.get("path", "").removeprefix(root)
        if scope["type"] != "http" or self.files is None:
            await self.app(scope, receive, send)
        elif path == self.app.docs_url:
            page = get_swagger_ui_html(
                openapi_url=f"{root}{self.app.openapi_url}",
                title=self.app.title,
                swagger_js_url=f"{root}{SCRIPT}",
                swagger_css_url=f"{root}{STYLE}",
                swagger_favicon_url="data:,",
                swagger_ui_parameters=self.app.swagger_ui_parameters,
            )
            await page(scope, receive, send)
        elif path in (SCRIPT, STYLE):
            await FileResponse(self.files / path.rsplit("/")[-1])(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class SwaggerPage:
    """What `swagger_ui` returns: the page in JupyterLab, and the app's operations in words everywhere else.

    `server` serves the app; `address` is the page's path in the browser of JupyterLab, None without a Jupyter server.
    """

    def __init__(self, app: FastAPI, server: Server):
        self.server = server
        self.address = proxied(server.port, app.docs_url or "")
        self._title = f"{app.title}, version {app.version}"
        self._operations = _operations(app)

    def __repr__(self) -> str:
        count = len(self._operations)
        lines = [f"Swagger UI of {self._title}: {count} operation{'' if count == 1 else 's'}"]
        lines += [f"  {operation}" for operation in self._operations]
        if self.address is None:
            lines.append("No Jupyter server runs this notebook, so the page itself is not shown here.")
        return "\n".join(lines)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        if self.address is None:
            return {"text/plain": repr(self)}
        frame = f'<iframe src="{html.escape(self.address)}" title="Swagger UI" width="100%" height="600"></iframe>'
        return {"text/html": frame, "text/plain": repr(self)}


def swagger_ui(app: FastAPI) -> SwaggerPage:
    """Serve `app` as `serve` does and show its `/docs` inside JupyterLab; as the last value of a cell.

    Without a Jupyter server (nbval, a script, most editors) it lists the operations and says so. `CourseError` for what
    is no FastAPI app or has its documentation switched off.
    """
    if not isinstance(app, FastAPI):
        raise CourseError(f"swagger_ui() expects an app such as FastAPI(), but got {type(app).__name__}.")
    if not (app.docs_url and app.openapi_url):
        raise CourseError("swagger_ui() has nothing to show: this app was made with docs_url=None or openapi_url=None.")
    return SwaggerPage(app, serve(JupyterProxy(_OwnPage(app, _files()))))


def _files() -> Path | None:
    """The folder with Swagger UI's script and style; None where the package is missing: then they come from the network."""
    found = find_spec("fastapi_standalone_docs")
    folders = found.submodule_search_locations if found else None
    return Path(folders[0]) / "static" / "swagger" if folders else None


def _operations(app: FastAPI) -> list[str]:
    return [
        f"{method.upper()} {path}{' (deprecated)' if operation.get('deprecated') else ''}"
        for path, operations in app.openapi().get("paths", {}).items()
        for method, operation in operations.items()
        if method in METHODS
    ]
