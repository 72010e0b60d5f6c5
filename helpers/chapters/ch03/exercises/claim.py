"""Exercise 3.7-claim: a form with a file."""

from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Form, UploadFile

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import running


def _check_claim(app: FastAPI) -> str:
    with running(app) as server:

        def send(fields: dict[str, Any], *photo: str | bytes) -> httpx.Response:
            files = {"photo": (photo[0], photo[1], "image/jpeg")} if photo else {"other": b"x"}
            answer = ask(server, "POST", "/claims", data=fields, files=files)
            assert answer.status_code < 500, f"your app answered {answer.status_code}: {logged(server)}."
            return answer

        first = send({"number": 7, "what": "torn"}, "parcel.jpg", b"j" * 3000)
        assert first.status_code < 400, _why(first)
        expected = {"number": 7, "what": "torn", "photo": "parcel.jpg", "bytes": 3000}
        assert first.json() == expected, f"{wanted(expected, first)}."
        assert first.status_code == 201, f"201 Created was asked for, but {first.status_code} came."
        second = send({"number": 8}, "scan.png", b"p" * 41)
        assert second.status_code < 400, "a claim without `what` was refused: what may be left out needs a default."
        expected = {"number": 8, "what": "", "photo": "scan.png", "bytes": 41}
        assert second.json() == expected, f"for another claim, without `what`, {wanted(expected, second)}."
        zero = send({"number": 0}, "parcel.jpg", b"j").status_code
        assert zero == 422, f"the number 0 was answered with {zero}, not 422: `Form(ge=1)` sets the limit."
        long = send({"number": 7, "what": "x" * 81}, "parcel.jpg", b"j").status_code
        assert long == 422, f"a `what` of 81 characters was answered with {long}, not 422: `Form(max_length=80)`."
        fitting = send({"number": 1, "what": "x" * 80}, "parcel.jpg", b"j").status_code
        assert fitting < 400, f"the number 1 and a `what` of 80 characters are within the limits, but {fitting} came."
        bare = send({"number": 7}).status_code
        assert bare == 422, f"a claim without `photo` was answered with {bare}, not 422: only `what` may be left out."
    return "Fields and file came out of one form, and what was missing or out of bounds got its 422."


def _why(answer: httpx.Response) -> str:
    """What a refused good claim says of how the form was declared."""
    if answer.status_code != 422:
        return f"a good claim was refused with {answer.status_code}."
    problem = answer.json()["detail"][0]
    where = problem["loc"]
    if where[0] == "query":
        return (
            f"`{where[-1]}` was looked for in the query: a simple type is, unless `Form()` says that it is in the form."
        )
    if problem["type"] in ("model_attributes_type", "dict_type"):
        return "a good claim was refused, because JSON was expected: a model is read from JSON, unless `Form()` says otherwise."
    return (
        f"a good claim, with `number`, `what` and `photo`, was refused at `{'.'.join(map(str, where))}`: {problem['msg']}."
        + ("" if where[-1] in ("number", "what", "photo") else " A model that reads a form needs `Form()`.")
    )


def _solve_claim() -> FastAPI:
    app = FastAPI()

    @app.post("/claims", status_code=201)
    def make_claim(
        number: Annotated[int, Form(ge=1)],
        photo: UploadFile,
        what: Annotated[str, Form(max_length=80)] = "",
    ) -> dict[str, int | str | None]:
        return {"number": number, "what": what, "photo": photo.filename, "bytes": photo.size}

    return app


EXERCISE = Exercise(
    id="3.7-claim",
    title="a form with a file",
    task="`POST /claims` should take `number`, `what` and the file `photo` from a form, and answer 201 with `number`, `what`, "
    "the file's name as `photo` and its size as `bytes`.",
    check=_check_claim,
    hints=(
        "A field of the form is `Annotated[int, Form(...)]`; a file is a parameter of the type `UploadFile`.",
        "`Form` takes limits, as `Query` does: `ge=1`, `max_length=80`. A default makes a field optional.",
        "An `UploadFile` knows its `filename` and its `size`.",
    ),
    solution=_solve_claim,
    routes=("POST /claims",),
)
