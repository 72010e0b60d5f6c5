"""Exercise 3.7-album: several files."""

from typing import Annotated

import httpx
from fastapi import FastAPI, File, UploadFile

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import running


def _check_album(app: FastAPI) -> str:
    with running(app) as server:

        def send(*files: tuple[str, str, int]) -> httpx.Response:
            """Files, each by its field, its name and its size."""
            parts = [(field, (name, b"j" * size, "image/jpeg")) for field, name, size in files]
            answer = ask(server, "POST", "/albums", files=parts or [("other", ("a.txt", b"x", "text/plain"))])
            assert answer.status_code < 500, f"your app answered {answer.status_code}: {logged(server)}."
            return answer

        two = send(("photos", "side.jpg", 700), ("photos", "front.jpg", 40))
        assert two.status_code < 400, _why(two)
        expected = {"names": ["side.jpg", "front.jpg"], "bytes": 740, "cover": None}
        assert two.json() == expected, f"for two photos without a cover, {wanted(expected, two)}."
        same = send(*[("photos", "parcel.jpg", 20)] * 3, ("cover", "title.png", 5))
        assert same.status_code < 400, (
            f"three photos and a cover were refused with {same.status_code}: the cover is none of the three."
        )
        expected = {"names": ["parcel.jpg"] * 3, "bytes": 60, "cover": "title.png"}
        assert same.json() == expected, f"for three photos of the same name and a cover, {wanted(expected, same)}."
        one = send(("photos", "one.jpg", 9))
        assert one.status_code < 400, f"one photo is enough, but it was refused with {one.status_code}."
        assert one.status_code == 201, f"201 Created was asked for, but {one.status_code} came."
        none = send().status_code
        assert none >= 400, "an album without any photo was accepted: a list with an empty default may be left out."
        for more in (5, 4):
            many = send(*[("photos", f"{n}.jpg", 1) for n in range(more)]).status_code
            assert many >= 400, (
                f"{more} photos were accepted: `File(max_length=3)` bounds this list. `form_limits` counts all files of the form, "
                "the cover too."
            )
    return "One to three photos came under one name, in their order, the cover beside them; none and four were refused."


def _why(answer: httpx.Response) -> str:
    """What a refusal of two photos says of how they were declared."""
    if answer.status_code != 422:
        return f"two photos were refused with {answer.status_code}."
    problem = answer.json()["detail"][0]
    if problem["loc"][-1] == "cover":
        return "two photos without a cover were refused: `UploadFile | None` needs the default `None` to be left out."
    return f"two photos were refused at `{'.'.join(map(str, problem['loc']))}`: {problem['msg']}."


def _solve_album() -> FastAPI:
    app = FastAPI()

    @app.post("/albums", status_code=201)
    def make_album(
        photos: Annotated[list[UploadFile], File(min_length=1, max_length=3)], cover: UploadFile | None = None
    ) -> dict[str, list[str | None] | int | str | None]:
        return {
            "names": [photo.filename for photo in photos],
            "bytes": sum(photo.size or 0 for photo in photos),
            "cover": cover.filename if cover else None,
        }

    return app


EXERCISE = Exercise(
    id="3.7-album",
    title="several files",
    task="`POST /albums` should take one to three files `photos` and perhaps a `cover`, and answer 201 with `names`, `bytes` "
    "and `cover`.",
    check=_check_album,
    hints=(
        "`list[UploadFile]` takes all files that come under one name, in their order.",
        "How long the list may be is said as for other lists: `Annotated[list[UploadFile], File(max_length=...)]`.",
        "A file that may be left out is `UploadFile | None = None`.",
    ),
    solution=_solve_album,
    routes=("POST /albums",),
)
