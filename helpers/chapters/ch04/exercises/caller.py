"""Exercise 4.1-caller: two ways to show one key."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from helpers.chapters.asking import said
from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import logged_error

SECOND = "k-51d0"  # a key that the learner has not seen
keys = {"k-8f2c": "Swift Parcels"}


def _check_caller(app: Any, keys: dict[str, str]) -> str:
    assert isinstance(keys, dict), "the second thing to pass is the dict `keys`: a key, and whose it is."
    kept = dict(keys)
    keys.clear()
    keys.update({"k-8f2c": "Swift Parcels", SECOND: "Slow Parcels"})
    tries: dict[str, dict[str, Any]] = {
        "header": {"X-API-Key": "k-8f2c"},
        "bearer": {"Authorization": "Bearer k-8f2c"},
        "second header": {"X-API-Key": SECOND},
        "second bearer": {"Authorization": f"Bearer {SECOND}"},
        "nothing": {},
        "wrong header": {"X-API-Key": "k-0000"},
        "wrong bearer": {"Authorization": "Bearer k-0000"},
        "empty": {"X-API-Key": ""},
        "basic": {"Authorization": f"Basic {SECOND}"},
        "bare": {"Authorization": SECOND},
        "accent": {"X-API-Key": "clé".encode("latin-1")},
    }
    try:
        with running(app) as server:
            server.client.headers["Connection"] = "close"  # after a 500, a kept connection ends under the next request
            answers = {name: server.client.get("/routes", headers=headers) for name, headers in tries.items()}
    finally:
        keys.clear()
        keys.update(kept)
    code = {name: answer.status_code for name, answer in answers.items()}
    error = logged_error(server.log)
    told = f" ({error})" if error else ""
    assert 422 not in code.values(), (
        "the app answered 422: a parameter of your function was taken for one of the query, the header or the body, and is "
        "missing. A scheme is asked for with `Depends(...)` inside `Annotated`."
    )
    assert not code["header"] == code["bearer"] == 401, (
        "a good key was refused in the header and as a bearer token. Do you ask for both at once? A scheme refuses by itself "
        "when its own header is missing, unless it has `auto_error=False`."
    )
    for name, where in (("header", "in `X-API-Key`"), ("bearer", "as a bearer token")):
        assert code[name] != 500, f"a good key {where} and no other was answered with 500{told}."
        assert code[name] == 200, f"a good key {where} was answered with {code[name]}."
    assert code["nothing"] != 500, f"without any key the app answered 500{told}: what a scheme gives is None then."
    assert code["nothing"] == 401, (
        f"without any key 401 should come, which says 'I do not know you': {code['nothing']} came."
    )
    open_to_all = [name for name in ("wrong header", "wrong bearer", "empty") if code[name] == 200]
    assert not open_to_all, (
        "a key that nobody has was let in. A scheme only says what was sent; whether it is good, you have to look up."
    )
    assert code["accent"] != 500, (
        f"a key with an `é` in it was answered with 500{told}: `compare_digest` takes ASCII only of texts. Encode both, or look "
        "the key up in the dict."
    )
    refused = {code[name] for name in ("wrong header", "wrong bearer", "empty", "accent")}
    assert refused == {401}, f"a wrong key should get 401, but {', '.join(map(str, sorted(refused - {401})))} came."
    for kind, what in (("basic", "behind `Authorization: Basic`"), ("bare", "alone in `Authorization`")):
        assert code[kind] == 401, f"a key {what} was let in: a bearer token is announced by `Bearer`."
    lacking = [
        name for name in ("nothing", "wrong header", "wrong bearer") if "WWW-Authenticate" not in answers[name].headers
    ]
    assert not lacking, (
        "a 401 has to say how to log in: `headers={'WWW-Authenticate': 'Bearer'}` of the `HTTPException`."
    )
    whose = [
        said(answers[name]) for name in ("header", "bearer", "second header", "second bearer") if code[name] == 200
    ]
    assert whose == ["Swift Parcels", "Swift Parcels", "Slow Parcels", "Slow Parcels"], (
        f"with a key of another carrier in `keys`, the answers were {whose}. Answer with whose key it is, looked up at each request."
    )
    return "Either way a good key is known, and whoever shows none is told how to."


def _solve_caller() -> tuple[FastAPI, dict[str, str]]:
    app = FastAPI()
    KeyInHeader = Annotated[str | None, Depends(APIKeyHeader(name="X-API-Key", auto_error=False))]
    Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]

    @app.get("/routes")
    async def list_routes(header: KeyInHeader, bearer: Bearer) -> str:
        key = header or (bearer.credentials if bearer else "")
        if key not in keys:
            raise HTTPException(401, "show a key", headers={"WWW-Authenticate": "Bearer"})
        return keys[key]

    return app, keys


EXERCISE = Exercise(
    id="4.1-caller",
    title="two ways to show one key",
    task="`GET /routes` should answer with whose key came, in the header `X-API-Key` or as a bearer token, and with a 401 that "
    "says how to log in otherwise.",
    check=_check_caller,
    hints=(
        "Which of the two schemes refuses when the client uses the other one, and how do you stop it?",
        '`APIKeyHeader(name="X-API-Key", auto_error=False)` gives the key or None, `HTTPBearer(auto_error=False)` an object '
        "with `credentials` or None.",
        "Take the one that came, look it up in `keys`, and raise `HTTPException(401, ..., headers=...)` when it is not there.",
    ),
    solution=_solve_caller,
    wants=("app", "value"),
    routes=("GET /routes",),
)
