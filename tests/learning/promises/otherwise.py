"""A service written otherwise than the shipped one: a factory, a log-in by JSON, a header of its own, pages by offset."""

MAIN = '''
import itertools
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Response
from pydantic import BaseModel


class LogIn(BaseModel):
    name: str
    word: str


class Wish(BaseModel):
    text: str


class Kept(BaseModel):
    uid: str
    progress: dict[str, int]


class One(BaseModel):
    wish: Kept


class Many(BaseModel):
    data: dict[str, list[Kept]]


class Problem(BaseModel):
    detail: Any


ERRORS = {code: {"model": Problem} for code in (401, 404, 409, 422)}


def make() -> FastAPI:
    app = FastAPI(title="Wishes", openapi_tags=[])
    wishes: list[tuple[str, str, Kept]] = []
    keys: dict[str, tuple[str, Kept]] = {}
    numbers = itertools.count(1)

    def user(x_pass: Annotated[str, Header()] = "") -> str:
        if x_pass not in ("pass-ada", "pass-grace"):
            raise HTTPException(401)
        return x_pass

    @app.post("/sign-in", tags=["all"], responses=ERRORS)
    async def sign_in(given: LogIn) -> dict[str, dict[str, str]]:
        """Sign in."""
        if given.word != "word-" + given.name:
            raise HTTPException(401)
        return {"session": {"pass": "pass-" + given.name}}

    @app.put("/wishes/{key}", tags=["all"], responses=ERRORS, status_code=201)
    async def wish(key: str, given: Wish, who: Annotated[str, Depends(user)]) -> One:
        """Keep a wish."""
        text, kept = keys.setdefault(who + key, (given.text, Kept(uid=f"w{next(numbers)}", progress={"percent": 100})))
        if text != given.text:
            raise HTTPException(409)
        if (who, text, kept) not in wishes:
            wishes.append((who, text, kept))
        return One(wish=kept)

    @app.get("/wishes/{uid}", tags=["all"], responses=ERRORS)
    async def read(uid: str, who: Annotated[str, Depends(user)]) -> One:
        """Read a wish."""
        for owner, _, kept in wishes:
            if (owner, kept.uid) == (who, uid):
                return One(wish=kept)
        raise HTTPException(404)

    @app.get("/wishes", tags=["all"], responses=ERRORS)
    async def listed(who: Annotated[str, Depends(user)], offset: int = 0, limit: Annotated[int, Query(le=50)] = 20) -> Many:
        """Newest first."""
        mine = [kept for owner, _, kept in reversed(wishes) if owner == who]
        return Many(data={"wishes": mine[offset : offset + limit]})

    return app
'''

PLAN = """
app = "main:make"
factory = true

[login]
path = "POST /sign-in"
users = { ada = "word-ada", grace = "word-grace" }
body = { name = "{user}", word = "{password}" }
token = "session.pass"
headers = { X-Pass = "{token}" }

[work]
path = "PUT /wishes/{key}"
headers = {}
body = { text = "a label" }
other = { text = "a stamp" }
id = "wish.uid"
slow = { SLOW = "30" }

[state]
path = "GET /wishes/{id}"
field = "wish.progress.percent"
done = 100

[pages]
first = "GET /wishes?limit={limit}"
next = "GET /wishes?limit={limit}&offset={seen}"
items = "data.wishes"
id = "uid"
most = 50

[slow]
path = "GET /wishes"
env = { SLOW = "30" }

[health]
live = "/live"
ready = "/ready"
without = { DATABASE = "nowhere" }
"""
