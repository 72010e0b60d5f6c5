"""Changes what a FastAPI application answers, from outside: a copy of this file is the `sitecustomize` of a test run.

Python imports it first. When FastAPI is imported later, every application answers as the environment variable
PROMISES_MUTANT says: JSON with `method`, `path` (a pattern), `code` (the status to change, 0 for any success), `to` and
`body` (null keeps it). Each change is noted in the file PROMISES_NOTED. It imports nothing of the course, because the
tests may run in an environment of their own.
"""

import json
import os
import re
import sys
from importlib.machinery import PathFinder

HERE = os.path.dirname(os.path.abspath(__file__))


class Mutant:
    """The change: which requests it meets, which of their answers, and what becomes of these."""

    def __init__(self, told):
        self.method, self.path, self.code, self.to = told["method"], told["path"], told["code"], told["to"]
        self.body = None if told["body"] is None else told["body"].encode()
        self.gives_up = self.code == 0 and self.to == 500  # answers a request before it is even tried

    def meets(self, scope):
        """Whether a request is one of those whose answer changes."""
        wanted = scope["type"] == "http" and self.method in (scope["method"], "*")
        return wanted and re.fullmatch(self.path, scope["path"]) is not None

    def hits(self, status):
        """Whether an answer with this status is one that changes."""
        return status == self.code or (self.code == 0 and 200 <= status < 300)

    def start(self, message):
        """The start of an answer, changed: of another length, where its body changes."""
        headers = message.get("headers", [])
        if self.body is not None:
            headers = [pair for pair in headers if pair[0].lower() != b"content-length"]
        return {**message, "status": self.to or message["status"], "headers": headers}

    def changing(self, send):
        """`send` for one request, whose answer is passed on changed if it is one of those."""
        state = {"hit": False, "sent": False}

        async def send_changed(message):
            if message["type"] == "http.response.start" and self.hits(message["status"]):
                state["hit"] = True
                note()
                message = self.start(message)
            elif message["type"] == "http.response.body" and state["hit"] and self.body is not None:
                message = {**message, "body": b"" if state["sent"] else self.body}
                state["sent"] = True
            await send(message)

        return send_changed


def mutate(module):
    """Put the change around every application of FastAPI."""
    mutant = Mutant(json.loads(os.environ["PROMISES_MUTANT"]))
    call = module.FastAPI.__call__

    async def changed(self, scope, receive, send):
        if not mutant.meets(scope):
            await call(self, scope, receive, send)
        elif mutant.gives_up:
            note()
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        else:
            await call(self, scope, receive, mutant.changing(send))

    module.FastAPI.__call__ = changed


def note():
    """Write down that an answer was changed."""
    with open(os.environ["PROMISES_NOTED"], "a", encoding="utf-8") as file:
        file.write("changed\n")


class Watch:
    """Waits until FastAPI is imported."""

    def find_spec(self, name, path=None, target=None):
        """Python's question for a module: FastAPI's is changed when it has been executed."""
        if name != "fastapi.applications":
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_change(module):
            execute(module)
            mutate(module)

        spec.loader.exec_module = execute_and_change
        return spec


if __name__ == "sitecustomize" and "PROMISES_MUTANT" in os.environ:
    sys.meta_path.insert(0, Watch())
