"""What an app prints lands below the cell that sent the request, also when it is printed while a later cell runs.

ipykernel keeps the cell that an output belongs to in context variables, and a server's thread has none, so it takes the
cell that runs now (ipykernel/iostream.py, `parent_header`). A context set at the start of a request goes along into its
endpoint and its background tasks, in threads too; not into a thread that the app starts itself.
"""

import contextlib
import sys
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["in_its_cell"]


def in_its_cell(app: ASGIApp) -> ASGIApp:
    """The app as a kernel shall serve it; outside of a kernel the app itself."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if not hasattr(shell, "set_thread_parent"):  # no kernel, or one before ipykernel 7
        return app
    return _InItsCell(app, shell)


class _InItsCell:
    def __init__(self, app: ASGIApp, shell: Any):
        self.app = app
        self.shell = shell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            with contextlib.suppress(Exception):
                self.shell.set_thread_parent(self.shell.get_parent())
        await self.app(scope, receive, send)
