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


def mutate(module):
    mutant = json.loads(os.environ["PROMISES_MUTANT"])
    call = module.FastAPI.__call__

    def hit(status):
        return status == mutant["code"] or (mutant["code"] == 0 and 200 <= status < 300)

    async def changed(self, scope, receive, send):
        wanted = scope["type"] == "http" and mutant["method"] in (scope["method"], "*")
        if not wanted or not re.fullmatch(mutant["path"], scope["path"]):
            return await call(self, scope, receive, send)
        if mutant["code"] == 0 and mutant["to"] == 500:  # it does not even try
            note()
            await send({"type": "http.response.start", "status": 500, "headers": []})
            return await send({"type": "http.response.body", "body": b""})
        body = None if mutant["body"] is None else mutant["body"].encode()
        state = {"hit": False, "sent": False}

        async def send_changed(message):
            if message["type"] == "http.response.start" and hit(message["status"]):
                state["hit"] = True
                note()
                headers = message.get("headers", [])
                if body is not None:
                    headers = [pair for pair in headers if pair[0].lower() != b"content-length"]
                message = {**message, "status": mutant["to"] or message["status"], "headers": headers}
            elif message["type"] == "http.response.body" and state["hit"] and body is not None:
                message = {**message, "body": b"" if state["sent"] else body}
                state["sent"] = True
            await send(message)

        await call(self, scope, receive, send_changed)

    module.FastAPI.__call__ = changed


def note():
    with open(os.environ["PROMISES_NOTED"], "a", encoding="utf-8") as file:
        file.write("changed\n")


class Watch:
    """Waits until FastAPI is imported."""

    def find_spec(self, name, path=None, target=None):
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
