"""Exercise 7.4-smoke: a smoke test that tells a half-dead version from a healthy one."""

import inspect
import itertools
from collections.abc import Callable
from typing import Any

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from helpers.learning.model import Exercise
from helpers.live.server import running

Smoke = Callable[[httpx.Client, str], bool]


class _New(BaseModel):
    recipient: str


class _Version:
    """A deployed version of the parcel service, sound unless it is told what is wrong with it."""

    def __init__(self, version: str, first_id: int, *, sick: str = ""):
        self.app = FastAPI()
        self.kept: dict[int, dict[str, Any]] = {}
        self._version, self._sick, self._ids = version, sick, itertools.count(first_id)
        self.app.get("/health")(self.check_health)
        self.app.post("/parcels", status_code=201)(self.create_parcel)
        self.app.get("/parcels/{parcel_id}")(self.read_parcel)
        self.app.delete("/parcels/{parcel_id}", status_code=204)(self.delete_parcel)

    def check_health(self) -> dict[str, str]:
        if self._sick == "ill":
            raise HTTPException(503, "the database is away")
        return {"version": "1.0.0" if self._sick == "old" else self._version}

    def create_parcel(self, new: _New) -> dict[str, Any]:
        if self._sick == "create":
            raise HTTPException(500, "the table has no such column")
        parcel = {"id": next(self._ids), "recipient": new.recipient}
        if self._sick != "forgetful":
            self.kept[parcel["id"]] = parcel
        return parcel

    def read_parcel(self, parcel_id: int) -> dict[str, Any]:
        if parcel_id not in self.kept:
            raise HTTPException(404, "no such parcel")
        if self._sick == "read":
            raise HTTPException(500, "the answer does not fit its model")
        parcel = self.kept[parcel_id]
        return parcel | {"recipient": "somebody"} if self._sick == "mixed up" else parcel

    def delete_parcel(self, parcel_id: int) -> None:
        if self._sick == "delete":
            raise HTTPException(500, "a parcel with a label cannot be deleted")
        self.kept.pop(parcel_id, None)


# What a version does, and what a smoke test has not looked at that lets it pass.
SICK = {
    "ill": "`/health` answered 503, and your smoke test let it pass. httpx raises for no status: look at it.",
    "old": "the *old* version answered, 1.0.0, and your smoke test was content: compare what `/health` says with `version`.",
    "create": "`/health` answered 200, but every `POST /parcels` fails with 500. Do what a customer does: create a parcel.",
    "forgetful": "a parcel was accepted with 201 and never kept. Read it again: `GET /parcels/{id}`.",
    "read": "a parcel can be created, and reading it fails with 500. Look at the second answer's status, too.",
    "mixed up": "a parcel was kept with another recipient. Compare what you read with what you have sent.",
    "delete": "`DELETE /parcels/{id}` fails with 500, and your smoke test let it pass. Look at that answer's status, too.",
}


def _check_smoke(smoke: Smoke) -> str:
    for version, first_id in (("2.0.0", 1), ("2026-11-25.3", 4711)):
        sound = _Version(version, first_id)
        passed = _run(smoke, sound, version, may_raise=False)
        assert passed, (
            f"version {version} is sound, and your smoke test returned {passed!r}. Return `True` when all is well."
        )
        assert not sound.kept, (
            f"your smoke test left {len(sound.kept)} parcel behind, and it runs on the customers' database at every "
            "deploy: `DELETE /parcels/{id}` what you have created."
        )
    for sick, misses in SICK.items():
        half_dead = _Version("2.0.1", 30, sick=sick)
        assert not _run(smoke, half_dead, "2.0.1", may_raise=True), misses
        assert sick == "delete" or not half_dead.kept, (
            "your smoke test stopped a half-dead version and left its parcel behind: delete it in a `finally`."
        )
    return "It passes what customers can use, and stops seven kinds of half-dead versions before they come."


def _run(smoke: Smoke, version: _Version, named: str, *, may_raise: bool) -> bool:
    """Whether the smoke test lets `version` pass; one that raises does not."""
    with running(version.app) as server:
        with httpx.Client(base_url=server.url, trust_env=False, verify=False, timeout=5.0) as client:
            try:
                passed = smoke(client, named)
            except Exception as error:
                if may_raise and not isinstance(error, (TypeError, AttributeError, NameError)):
                    return False
                raise
    assert not inspect.isawaitable(passed), "the client is a plain `httpx.Client`: a plain `def` will do."
    return bool(passed)


def _solve_smoke() -> Smoke:
    def smoke(client: httpx.Client, version: str) -> bool:
        if client.get("/health").raise_for_status().json()["version"] != version:
            return False
        created = client.post("/parcels", json={"recipient": "smoke test"}).raise_for_status().json()
        try:
            found = client.get(f"/parcels/{created['id']}").raise_for_status().json()
        finally:
            client.delete(f"/parcels/{created['id']}").raise_for_status()
        return found["recipient"] == "smoke test"

    return smoke


EXERCISE = Exercise(
    id="7.4-smoke",
    title="a smoke test for a new version",
    task="`smoke(client, version)` should return True for a version that works and leave no parcel behind, and return False "
    "or raise for one that does not.",
    check=_check_smoke,
    hints=(
        "Which requests does a customer make? Health is not among them. And who says that it is the new version that answers?",
        "`raise_for_status()` makes an exception of an answer like 500. What about a 201 after which the parcel is not there?",
        "`finally` tidies up, also when the line before it has raised.",
    ),
    solution=_solve_smoke,
    wants="function",
)
