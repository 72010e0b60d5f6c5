"""A real kernel for the tests, in which the course is studied and not checked."""

import os
import queue
import re
import textwrap
from pathlib import Path

from jupyter_client.manager import start_new_kernel


class Kernel:
    def __init__(self, cwd: Path | None = None, **environment: str):
        self.errors: dict[str, list[str]] = {}
        kept = {name: value for name, value in os.environ.items() if name != "COURSE_RUN"}
        self.manager, self.client = start_new_kernel(
            env={**kept, **environment}, cwd=cwd, extra_arguments=["--IPKernelApp.log_level=ERROR"]
        )

    def run(self, code: str, stop_on_error: bool = True, cell: str | None = None) -> tuple[str, list[str]]:
        """What a cell printed while it ran, and the lines of its error."""
        sent = self.send(code, stop_on_error, cell)
        out = self.outputs([sent])[sent]
        return out, self.errors.pop(sent, [])

    def send(self, code: str, stop_on_error: bool = True, cell: str | None = None) -> str:
        """Queue a cell, with its id as JupyterLab sends it; gives the id of its request."""
        content = {"code": textwrap.dedent(code), "stop_on_error": stop_on_error}
        message = self.client.session.msg("execute_request", content, metadata={"cellId": cell} if cell else {})
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def outputs(self, cells: list[str]) -> dict[str, str]:
        """What landed in each of these cells until the last of them had ended."""
        found = dict.fromkeys(cells, "")
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=60)
            except queue.Empty:
                raise AssertionError("a cell does not end") from None
            content, cell = message["content"], message["parent_header"].get("msg_id")
            if message["msg_type"] == "stream":
                found[cell] = found.get(cell, "") + content["text"]
            elif message["msg_type"] == "error":
                text = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(content["traceback"]))
                self.errors[cell] = text.splitlines()
            elif message["msg_type"] == "status" and content["execution_state"] == "idle" and cell == cells[-1]:
                return found

    def end(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
