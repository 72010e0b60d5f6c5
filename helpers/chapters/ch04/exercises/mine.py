"""Exercise 4.1-mine: a parcel is its sender's business."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import logged_error

sessions = {"a1": "ada", "g1": "grace"}
senders = {7: "ada", 8: "grace"}


async def get_name(bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
    """As in the notebook."""
    if bearer.credentials not in sessions:
        raise HTTPException(401, "log in", headers={"WWW-Authenticate": "Bearer"})
    return sessions[bearer.credentials]


def _check_mine(app: Any, senders: dict[int, str]) -> str:
    assert isinstance(senders, dict), (
        "the second thing to pass is the dict `senders`: a parcel's number, and who sent it."
    )
    kept = dict(senders)
    senders.clear()
    senders.update({7: "ada", 8: "grace", 9: "ada"})
    asks = {
        "ada 7": (7, "a1"),
        "grace 8": (8, "g1"),
        "ada 9": (9, "a1"),
        "ada 8": (8, "a1"),
        "grace 9": (9, "g1"),
        "unknown": (404, "a1"),
        "taken out": (8, "a1"),  # asked as "ada 8" was: an answer may name the number
        "nobody": (7, None),
        "wrong token": (7, "x9"),
    }
    answers = {}
    try:
        with running(app) as server:
            server.client.headers["Connection"] = "close"  # after a 500, a kept connection ends under the next request
            for name, (parcel, token) in asks.items():
                if name == "taken out":
                    senders.pop(8, None)
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                answers[name] = server.client.get(f"/parcels/{parcel}", headers=headers)
    finally:
        senders.clear()
        senders.update(kept)
    code = {name: answer.status_code for name, answer in answers.items()}
    error = logged_error(server.log)
    assert code["nobody"] != 422, (
        "your function takes the sender's name out of the query, where anybody can write any name. Ask for it with "
        "`Depends(get_name)`."
    )
    assert code["nobody"] == 401, (
        f"without a token 401 should come, but {code['nobody']} came: `Depends(get_name)` says who asks, and refuses whoever is "
        "not logged in."
    )
    assert code["wrong token"] == 401, f"with a made-up token 401 should come, but {code['wrong token']} came."
    own = [code[name] for name in ("ada 7", "grace 8", "ada 9")]
    assert 500 not in own, f"a sender's own parcel was answered with 500 ({error})."
    assert own == [200] * 3, f"senders who ask for their own parcels got {own}. Compare with who sent this one parcel."
    assert code["ada 8"] != 200 != code["grace 9"], (
        "somebody was shown the parcel of another. Being logged in is not enough: compare the name with the parcel's sender."
    )
    assert code["unknown"] != 500, (
        f"a parcel that does not exist was answered with 500 ({error}): `senders.get(parcel_id)`."
    )
    assert code["unknown"] == 404, f"a parcel that does not exist should get 404, but {code['unknown']} came."
    assert code["ada 8"] == code["grace 9"] == 404, (
        f"another's parcel was answered with {code['ada 8']} and a missing one with 404: so a stranger counts your parcels. "
        "Answer 404 to both."
    )
    assert answers["ada 8"].content == answers["taken out"].content, (
        "another's parcel and a missing one both get 404, but with different words, which tell a stranger which it was."
    )
    shown = [answers[name].json() for name in ("ada 7", "grace 8", "ada 9")]
    wanted = [{"parcel_id": number, "sender": name} for number, name in ((7, "ada"), (8, "grace"), (9, "ada"))]
    assert shown == wanted, f"parcel 7 should be answered with {wanted[0]}, but {shown[0]} came."
    return "Each sees their own parcels, and of others not even whether they exist."


def _solve_mine() -> tuple[FastAPI, dict[int, str]]:
    app = FastAPI()

    @app.get("/parcels/{parcel_id}")
    async def get_parcel(parcel_id: int, name: Annotated[str, Depends(get_name)]) -> dict[str, int | str]:
        if senders.get(parcel_id) != name:
            raise HTTPException(404, "no such parcel")
        return {"parcel_id": parcel_id, "sender": name}

    return app, senders


EXERCISE = Exercise(
    id="4.1-mine",
    title="a parcel is its sender's business",
    task="`GET /parcels/{parcel_id}` should answer its sender with `{'parcel_id': ..., 'sender': ...}`, and anybody else who is "
    "logged in exactly as if the parcel did not exist.",
    check=_check_mine,
    hints=(
        "Who asks? `Depends(get_name)` knows, and answers 401 to whoever is not logged in.",
        "`senders.get(parcel_id)` is the sender, or None when there is no such parcel.",
        "One comparison covers both cases: when that is not the name, raise `HTTPException(404, ...)`.",
    ),
    solution=_solve_mine,
    wants=("app", "value"),
    routes=("GET /parcels/{parcel_id}",),
)
