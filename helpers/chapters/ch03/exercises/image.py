"""Exercise 3.7-image: only whole images."""

import io
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException, UploadFile

from helpers.chapters.ch03.exercises.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import running


def _check_image(app: FastAPI) -> str:
    from PIL import Image

    def draw(format: str) -> bytes:
        file = io.BytesIO()
        Image.new("RGB", (300, 200), "peru").save(file, format)
        return file.getvalue()

    jpeg = draw("JPEG")
    with running(app) as server:

        def send(content: bytes, name: str = "parcel.jpg", kind: str = "image/jpeg") -> httpx.Response:
            return ask(server, "POST", "/photos", files={"upload": (name, content, kind)})

        good, letter = send(jpeg), send(b"Dear Grace, there is no photo.")
        error = "" if max(good.status_code, letter.status_code) < 500 else logged(server)
        disguised = send(draw("PNG"), "notes.txt", "text/plain")
        gif, half = send(draw("GIF")), send(jpeg[: len(jpeg) // 2])
        large, fitting = send(jpeg + bytes(200_000)), send(jpeg + bytes(80_000))
    assert good.status_code < 400, f"a JPEG of 1 kB was refused with {good.status_code}{f': {error}' if error else ''}."
    assert letter.status_code != 500, (
        f"a text that is called parcel.jpg was answered with 500: Pillow raised {error.partition(':')[0].rpartition('.')[2]} and "
        "nobody caught it. What a client sends wrongly is a 4xx."
    )
    assert letter.status_code >= 400, (
        "a text that is called parcel.jpg was accepted. Its name and its `content_type` are the client's words: open it."
    )
    assert disguised.status_code < 400, (
        "a whole PNG was refused because it is called notes.txt. Name and `content_type` say nothing either way: look inside."
    )
    assert gif.status_code >= 400, (
        "a GIF was accepted: Pillow reads dozens of formats, `formats=[...]` names those you want."
    )
    assert half.status_code >= 400, (
        "half a JPEG was accepted. First bytes, `Image.open` and `verify` look at the beginning; `load` decodes all of it."
    )
    assert half.status_code != 500, (
        "half a JPEG was answered with 500: decoding raises an OSError, and nobody caught it."
    )
    refused = sorted({letter.status_code, gif.status_code, half.status_code})
    assert refused == [415], (
        f"415 was asked for content that is no JPEG or PNG, but {' and '.join(map(str, refused))} came."
    )
    assert large.status_code >= 400, "200 kB were accepted: the decorator's `max_body_size=` sets the limit, in bytes."
    assert large.status_code == 413, f"413 was asked for a request of 200 kB, but {large.status_code} came."
    assert fitting.status_code < 400, f"80 kB are within the limit, but were refused with {fitting.status_code}."
    assert good.status_code == 201, f"201 Created was asked for, but {good.status_code} came."
    assert good.json() == {"width": 300, "height": 200}, (
        f'an image 300 wide and 200 high should give {{"width": 300, "height": 200}}, but {good.text[:60]} came.'
    )
    return "Only whole JPEG and PNG images came through, whatever they were called; the rest got 415, and 413 for the size."


def _solve_image() -> FastAPI:
    from PIL import Image

    def whole_image(upload: UploadFile) -> Image.Image:
        try:
            image = Image.open(upload.file, formats=["JPEG", "PNG"])
            image.load()
        except (OSError, Image.DecompressionBombError):
            raise HTTPException(415, "send a whole JPEG or PNG") from None
        return image

    app = FastAPI()

    @app.post("/photos", status_code=201, max_body_size=100_000)
    def measure_photo(image: Annotated[Image.Image, Depends(whole_image)]) -> dict[str, int]:
        return {"width": image.width, "height": image.height}

    return app


EXERCISE = Exercise(
    id="3.7-image",
    title="only whole images",
    task="`POST /photos` should answer 201 with width and height for whole JPEG and PNG images up to 100 kB, 415 for other "
    "content, 413 for more.",
    check=_check_image,
    hints=(
        "Pillow knows what it can read: `Image.open(upload.file, formats=[...])`, and `load()` decodes to the end.",
        "Both raise an OSError for what is no image or not a whole one. `HTTPException(415)` is the answer.",
        "The size is the decorator's business: `max_body_size=`, in bytes.",
    ),
    solution=_solve_image,
    routes=("POST /photos",),
)
