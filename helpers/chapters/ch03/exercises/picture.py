"""Exercise 3.7-picture: the desk keeps photos."""

import io
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI, HTTPException, Response, UploadFile

from helpers.chapters.asking import ask, logged
from helpers.chapters.ch03.exercises.desk import Stored, desk, desk_app, holding, stock
from helpers.learning.model import Exercise
from helpers.live.server import running


def _check_photo(app: FastAPI, stock: dict[int, Any]) -> str:
    jpeg, other, png = _draw("JPEG", 300, 200), _draw("JPEG", 120, 340), _draw("PNG", 30, 20)
    five = {"id": 5, "to": "Ada", "weight_kg": 2.5}
    graces = [{"id": number, "to": "Grace", "weight_kg": 7} for number in range(6, 60)]
    with holding(stock, five, *graces), running(app) as server:

        def put(number: int, content: bytes, name: str = "parcel.jpg", kind: str = "image/jpeg") -> httpx.Response:
            answer = ask(server, "PUT", f"/parcels/{number}/photo", files={"upload": (name, content, kind)})
            assert answer.status_code < 500, f"your app answered {answer.status_code}: {logged(server)}."
            return answer

        def get(number: int) -> httpx.Response:
            answer = ask(server, "GET", f"/parcels/{number}/photo")
            assert answer.status_code < 500, f"your app answered {answer.status_code}: {logged(server)}."
            return answer

        kept = put(5, jpeg)
        assert kept.status_code < 400, f"a whole JPEG was refused with {kept.status_code}: {kept.text[:90]}"
        assert kept.status_code == 204, f"204 was asked for, but {kept.status_code} came."
        shown = get(5)
        assert shown.status_code == 200, f"the photo that was just kept was answered with {shown.status_code}."
        assert shown.content, (
            "the photo came back empty: what has been read is read. `upload.file.seek(0)` goes back to its beginning."
        )
        assert shown.content == jpeg, (
            f"the photo came back as other bytes, {len(shown.content)} of them for {len(jpeg)}: keep what was sent, as it was."
        )
        came = shown.headers.get("Content-Type", "none")
        assert came == "image/jpeg", (
            f"the photo was served as `{came}`, not as `image/jpeg`: a browser would not show it."
        )
        # Photos that an earlier check put may be there still.
        bare = next((grace["id"] for grace in graces if get(grace["id"]).status_code == 404), 6)
        none = get(bare).status_code
        assert none == 404, f"parcel {bare} has no photo, so 404 was asked for, but {none} came."
        named = put(bare, other, "../../notes.txt", "text/plain").status_code
        assert named == 204, (
            f"a whole JPEG was answered with {named}, because it is called ../../notes.txt, of the type text/plain: look inside."
        )
        assert get(bare).content == other and get(5).content == jpeg, (
            f"parcel {bare} got a photo of its own, and now a parcel shows another one's: keep photos by the parcel's number."
        )
        assert put(5, other).status_code == 204 and get(5).content == other, (
            "a second photo of parcel 5 came, and the first is still shown: a PUT replaces."
        )
        for what, content in (("a PNG", png), ("a text", b"Dear Grace"), ("half a JPEG", jpeg[: len(jpeg) // 2])):
            refused = put(5, content).status_code
            assert refused == 415, (
                f"{what} was answered with {refused}, not 415: `load()` decodes a picture to its end."
            )
            assert get(5).content == other, f"{what} was refused, but the good photo is gone: check before you keep."
        large = put(5, jpeg + bytes(300_000)).status_code
        assert large == 413, f"a request of 300 kB was answered with {large}, not 413: `max_body_size=` counts bytes."
        fitting = put(5, jpeg + bytes(150_000)).status_code
        assert fitting == 204, f"150 kB are within the limit, but {fitting} came."
        del stock[bare]
        taken_out = get(bare).status_code
        assert taken_out == 404, (
            f"parcel {bare} was taken out, and its photo was answered with {taken_out}: no parcel, no photo."
        )
        unknown = put(987654, jpeg).status_code, get(987654).status_code
        assert unknown == (404, 404), (
            f"for an unknown parcel PUT and GET should both say 404, but {unknown[0]} and {unknown[1]} came."
        )
    return "Whole JPEGs were kept by their parcel and served back byte for byte; nothing else got in."


def _draw(format: str, width: int, height: int) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (width, height), "peru").save(file, format)
    return file.getvalue()


def _solve_photo() -> tuple[FastAPI, dict[int, Stored]]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = 10_000_000
    pictures: dict[int, bytes] = {}
    picturing = APIRouter()

    @picturing.put("/parcels/{number}/photo", status_code=204, max_body_size=200_000)
    def keep_photo(number: int, upload: UploadFile) -> None:
        if number not in stock:
            raise HTTPException(404, "no such parcel")
        try:
            Image.open(upload.file, formats=["JPEG"]).load()
        except (OSError, Image.DecompressionBombError):
            raise HTTPException(415, "send a whole JPEG") from None
        upload.file.seek(0)
        pictures[number] = upload.file.read()

    @picturing.get("/parcels/{number}/photo")
    def show_photo(number: int) -> Response:
        if number not in stock or number not in pictures:
            raise HTTPException(404, "no such photo")
        return Response(pictures[number], media_type="image/jpeg")

    desk["photo"] = picturing
    app = desk_app()
    return app, stock


EXERCISE = Exercise(
    id="3.7-picture",
    title="the desk keeps photos",
    task="`PUT /parcels/{number}/photo` should keep a whole JPEG from a form of at most 200 kB and answer 204, else 413 or 415; `GET` "
    "should serve the same bytes back as `image/jpeg`; 404 without parcel or photo.",
    check=_check_photo,
    hints=(
        "`Image.open(upload.file, formats=[...])` and `load()` raise an OSError for what is not whole. Section 3.7 "
        "has the check; here the declared type does not count.",
        "Decoding has read the file: `upload.file.seek(0)` before you read the bytes that you keep, by the parcel's number.",
        '`Response(content, media_type="image/jpeg")` serves bytes; a `FileResponse` serves a file of yours.',
        "The limit is the decorator's business: `max_body_size=`, in bytes.",
    ),
    solution=_solve_photo,
    wants=("app", "value"),
    routes=("PUT /parcels/{number}/photo", "GET /parcels/{number}/photo"),
)
