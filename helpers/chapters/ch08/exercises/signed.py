"""Exercise 8.2-signed: a webhook that is signed, and taken once."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Request

from helpers.chapters.asking import ask, is_app, logged
from helpers.learning.model import Exercise
from helpers.live.server import running

KEYS = (b"the carrier's key", b"another carrier's key")
ARRIVED = b'{"parcel": 7,  "place":"Bern"}'  # two blanks, so that nobody makes the same bytes of what JSON made of it
LOST = b'{"parcel": 8, "place": "Z\xc3\xbcrich"}'
TOOK_IT = "your app took {}: 202. Nothing but the right signature of this very body proves who sent it."
SHUT_OUT = (
    "forged calls came first, and another call of that body was refused as seen before: remember a body only when its "
    "signature was right, else anybody can shut the carrier out."
)


def _sign(key: bytes, body: bytes) -> str:
    return hmac.new(key, body, hashlib.sha256).hexdigest()


def _check_signed(make_events: Callable[[bytes], FastAPI]) -> str:
    mark = secrets.token_hex(4).encode()  # new ones: the learner may keep those of an earlier check
    arrived, lost = (body.replace(b'"}', b" " + mark + b'"}') for body in (ARRIVED, LOST))
    for key, body in zip(KEYS, (arrived, lost)):
        app = make_events(key)
        is_app(app, "make_events", "POST /events")
        _judge(app, key, body)
    app = make_events(KEYS[1])
    with running(app) as server:
        headers = {"Content-Type": "application/json", "Signature": _sign(KEYS[1], arrived)}
        status = ask(server, "POST", "/events", content=arrived, headers=headers).status_code
    assert status == 202, (
        f"another app, with the key of another carrier, told its first call {status}: what was taken is kept outside `make_events`, so one "
        "carrier's calls shut out the other's."
    )
    return "Only what the carrier signed, byte for byte, was taken, and each once."


def _judge(app: FastAPI, key: bytes, body: bytes) -> None:
    with running(app) as server:

        def sent(body: bytes, signature: str | bytes | None) -> int:
            headers = {"Content-Type": "application/json"} | ({} if signature is None else {"Signature": signature})
            answer = ask(server, "POST", "/events", content=body, headers=headers)
            assert answer.status_code != 500, (
                f"your app failed: {logged(server)}. (`compare_digest` takes two texts of ASCII alone, or two `bytes`.)"
            )
            return answer.status_code

        good, other = _sign(key, body), _sign(b"a guess", body)
        forged = {
            "a call whose signature was made with another key": sent(body, other),
            "a call without a signature": sent(body, None),
            "a call whose signature is no ASCII": sent(body, b"\xe9" * 64),
            "a call with the signature of another body": sent(body, _sign(key, body + b" ")),
        }
        for what, status in forged.items():
            assert status != 202, TOOK_IT.format(what)
            assert status != 409, SHUT_OUT
            assert status == 401, f"{what} should be told 401, but {status} came."
        first = sent(body, good)
        assert first != 409, SHUT_OUT
        as_python_writes = json.dumps(json.loads(body)).encode()
        rewritten = first != 202 and sent(as_python_writes, _sign(key, as_python_writes)) == 202
        assert not rewritten, (
            f"the carrier's own call was told {first}, and one without its second blank was taken. JSON that was read and "
            "written again is another body: sign the bytes as they came."
        )
        assert first == 202, (
            f"the carrier's own call was told {first}. Sign with `hmac.new(key, body, hashlib.sha256)`, and the raw body."
        )
        again = sent(body, good)
        assert again != 202, (
            "the same call was taken twice: whoever can record one can play it again. Remember what was taken."
        )
        assert again == 409, f"a call that was taken before should be told 409, but {again} came."
        next_one = body.replace(b"7", b"9").replace(b"8", b"6")
        assert sent(next_one, _sign(key, next_one)) == 202, "the carrier's next call, with another body, was refused."


def _solve_signed() -> Callable[[bytes], FastAPI]:
    def make_events(key: bytes) -> FastAPI:
        app = FastAPI()
        taken: set[str] = set()

        @app.post("/events", status_code=202)
        async def take_event(request: Request, signature: Annotated[str, Header()] = "") -> None:
            right = hmac.new(key, await request.body(), hashlib.sha256).hexdigest()
            if not hmac.compare_digest(right.encode(), signature.encode()):
                raise HTTPException(401, "not signed")
            if right in taken:
                raise HTTPException(409, "seen before")
            taken.add(right)

        return app

    return make_events


EXERCISE = Exercise(
    id="8.2-signed",
    title="a webhook that is signed, and taken once",
    task="`make_events(key)` should make an app whose `POST /events` answers 202 if the header `Signature` is the hex "
    "HMAC-SHA256 of the raw body, 401 if not, and 409 for a body that was taken before.",
    check=_check_signed,
    hints=(
        "Two JSON texts can mean the same and differ in a blank. Which of them did the carrier sign?",
        "`await request.body()` gives the bytes as they came; `hmac.new(key, body, hashlib.sha256).hexdigest()` signs them.",
        "Compare with `hmac.compare_digest`, both sides as `bytes`. Look for a repetition after that, not before.",
    ),
    solution=_solve_signed,
    wants="function",
)
