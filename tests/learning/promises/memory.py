"""The labels of chapter 9 as a service in memory, so that what a promise says of each answer is tested within moments.

Its process is a flag and its client a transport that calls a function; `Service` and `Bench` are the real ones besides.
"""

import itertools
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx

from helpers.learning.promises.bench import Bench, Service
from helpers.learning.promises.plan import Plan

TOLD = {"summary": "S", "description": "D", "tags": ["labels"]}
ANY = {"content": {"application/json": {"schema": {"type": "object"}}}}


def operation(*codes: str, **more: Any) -> dict[str, Any]:
    """An operation of an OpenAPI document that may answer with these codes."""
    return {**TOLD, "responses": dict.fromkeys(codes, ANY), **more}


ID = {"name": "id", "in": "path", "schema": {"type": "integer"}}
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}}
BODY = {"type": "object", "required": ["to"], "properties": {"to": {"type": "string"}}}
DOCUMENT = {
    "info": {"title": "Labels"},
    "paths": {
        "/token": {"post": operation("200", "400", "401")},
        "/labels": {
            "post": operation(
                "202", "401", "422", requestBody={"content": {"application/json": {"schema": BODY}}}
            ),
            "get": operation("200", "401", "422", parameters=[LIMIT]),
        },
        "/labels/{id}": {"get": operation("200", "401", "404", "422", parameters=[ID])},
        "/live": {"get": operation("200")},
    },
}  # fmt: skip

Otherwise = Callable[[httpx.Request, "Memory"], httpx.Response | None]


class Process:
    """What `Service` asks of its process. `deaf` ones do not end at a signal."""

    def __init__(self, deaf: bool = False):
        self.running, self.ended, self.log, self.deaf = True, None, "started\n", deaf
        self.signals: list[str] = []

    def signal(self, name: str) -> None:
        self.signals.append(name)
        self.running = self.deaf

    def kill(self) -> None:
        self.running = False


class Memory(Service):
    """Keeps all promises, but for requests that `otherwise` answers; what it accepts is done when it is looked at.

    `forgets` is how many of the accepted labels are lost when its process ends.
    """

    def __init__(self, plan: Plan, folder: Path, env: dict[str, str], otherwise: Otherwise, forgets: int, deaf: bool):
        self.plan, self.env, self.folder, self.otherwise = plan, env, folder, otherwise
        self.forgets, self.deaf = forgets, deaf
        self.tokens: dict[str, str] = {}
        self.logs: list[str] = []
        self._keys = itertools.count()
        self.labels: dict[int, dict[str, Any]] = {}
        self.lost: list[int] = []
        self.lock, self.ends = threading.Lock(), threading.Event()
        self.starts: list[Process] = []
        self.requests: list[httpx.Request] = []
        (folder / "labels.db").write_text("fine")
        self._start()

    def _start(self) -> None:
        if self.starts:
            self.lost += list(self.labels)[len(self.labels) - self.forgets :]
        self.process = Process(self.deaf)  # type: ignore[assignment]
        self.starts.append(self.process)  # type: ignore[arg-type]
        self.client = httpx.Client(transport=httpx.MockTransport(self._answer), base_url="http://labels")

    def stop(self) -> None:
        self.ends.set()
        self._halt()

    def again(self) -> None:
        """As the real one; a process that is deaf was ended in vain."""
        self.deaf = False
        super().again()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if not self.process.running:
            raise httpx.ConnectError("nobody is there")
        with self.lock:
            self.requests.append(request)
        answer = self.otherwise(request, self)
        if answer is not None:
            return answer
        path = request.url.path
        if path == "/price" and "CARRIER" in self.env:
            self.ends.wait(20)
            raise httpx.ReadError("ended")
        with self.lock:
            if path in ("/live", "/ready"):
                fine = path == "/live" or (self.folder / "labels.db").read_bytes() == b"fine"
                return httpx.Response(200 if fine else 503, json={})
            if path == "/openapi.json":
                return httpx.Response(200, json=DOCUMENT)
            return self._token(request) if path == "/token" else self._labels(request)

    def _token(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode("latin-1")).items()}
        user = form.get("username", "")
        if self.plan.login.users.get(user) != form.get("password"):
            return httpx.Response(401, json={"detail": "Not this user"})
        return httpx.Response(200, json={"access_token": f"header.{user}.signature"})

    def _labels(self, request: httpx.Request) -> httpx.Response:
        parts = request.headers.get("Authorization", "").removeprefix("Bearer ").split(".")
        if len(parts) != 3 or parts[0] != "header" or parts[2] != "signature":
            return httpx.Response(401, json={"detail": "Not logged in"})
        user, place = parts[1], request.url.path.removeprefix("/labels").strip("/")
        if not request.url.path.startswith("/labels"):
            return httpx.Response(404, json={"detail": "Nothing here"})
        if request.method == "POST":
            return self._ordered(request, user)
        own = {str(id): label for id, label in self.labels.items() if label["owner"] == user}
        if place:
            return httpx.Response(200, json=self._seen(own[place])) if place in own else httpx.Response(404, json={})
        return self._page(request, list(own.values()))

    def _page(self, request: httpx.Request, own: list[dict[str, Any]]) -> httpx.Response:
        asked = {name: str(value) for name, value in request.url.params.items()}
        limit = asked.get("limit", "20")
        if not limit.isdecimal() or not 1 <= int(limit) <= 100:
            return httpx.Response(422, json={})
        before = int(asked["before"]) if asked.get("before", "").isdecimal() else 10**9
        found = [label for label in reversed(own) if label["id"] < before]
        return httpx.Response(200, json=[self._seen(label) for label in found[: int(limit)]])

    def _ordered(self, request: httpx.Request, user: str) -> httpx.Response:
        try:
            body = json.loads(request.content)
        except ValueError:
            body = None
        key = request.headers.get("Idempotency-Key", f"none, {len(self.labels)}")
        if not isinstance(body, dict):
            return httpx.Response(422, json={})
        same = [label for label in self.labels.values() if label["owner"] == user and label["key"] == key]
        if same and same[0]["body"] != body:
            return httpx.Response(422, json={})
        label = same[0] if same else {"id": len(self.labels) + 1, "owner": user, "key": key, "body": body}
        self.labels[label["id"]] = label
        return httpx.Response(202, json=self._seen(label))

    def _seen(self, label: dict[str, Any]) -> dict[str, Any]:
        undone = "DRAWING" in self.env or label["id"] in self.lost
        return {"id": label["id"], "state": "ordered" if undone else "drawn"}


class Table(Bench):
    """A bench whose services are in memory; `all` holds each that was made."""

    def __init__(self, plan: Plan, folder: Path, otherwise: Otherwise, forgets: int = 0, deaf: bool = False):
        self.plan, self.folder, self.python = plan, folder, "python"
        self._shared: dict[str, Service] = {}
        self.how = (otherwise, forgets, deaf)
        self.all: list[Memory] = []

    def fresh(self, env: dict[str, str]) -> Memory:
        service = Memory(self.plan, self.folder, env, *self.how)
        self.all.append(service)
        return service
