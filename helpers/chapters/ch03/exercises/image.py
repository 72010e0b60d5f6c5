"""Exercise 3.7-image: only whole images."""

import io
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException, UploadFile

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import running


def _check_image(app: FastAPI) -> str:
    jpeg, png = _draw("JPEG", 300, 200), _draw("PNG", 120, 340)
    with running(app) as server:

        def send(content: bytes, name: str = "parcel.jpg", kind: str = "image/jpeg") -> httpx.Response:
            return ask(server, "POST", "/photos", files={"upload": (name, content, kind)})

        good, letter = send(jpeg), send(b"Dear Grace, there is no photo.")
        error = "" if max(good.status_code, letter.status_code) < 500 else logged(server)
        other = send(png, "parcel.png", "image/png")
        disguised = send(png, "notes.txt", "text/plain"), send(jpeg, "notes.txt", "text/plain")
        gif, half = send(_draw("GIF", 300, 200)), send(jpeg[: len(jpeg) // 2])
        half_png = send(png[: len(png) // 2], "parcel.png", "image/png")
        large, fitting = send(jpeg + bytes(200_000)), send(jpeg + bytes(80_000))
    assert good.status_code < 400, f"a JPEG of 1 kB was refused with {good.status_code}{f': {error}' if error else ''}."
    assert letter.status_code != 500, (
        f"a text that is called parcel.jpg was answered with 500: Pillow raised {error.partition(':')[0].rpartition('.')[2]} and "
        "nobody caught it. What a client sends wrongly is a 4xx."
    )
    assert letter.status_code >= 400, (
        "a text that is called parcel.jpg was accepted. Its name and its `content_type` are the client's words: open it."
    )
    assert other.status_code < 400, (
        f"a whole PNG that is called parcel.png was refused with {other.status_code}: JPEG and PNG were asked for."
    )
    assert max(answer.status_code for answer in disguised) < 400, (
        "a whole image was refused because it is called notes.txt, of the type text/plain. Name and `content_type` say nothing "
        "either way: look inside."
    )
    assert gif.status_code >= 400, (
        "a GIF was accepted: Pillow reads dozens of formats, `formats=[...]` names those you want."
    )
    for what, answer in (("JPEG", half), ("PNG", half_png)):
        assert answer.status_code >= 400, (
            f"half a {what} was accepted. First bytes, `Image.open` and `verify` look at the beginning; `load` decodes all of it."
        )
        assert answer.status_code < 500, (
            f"half a {what} was answered with {answer.status_code}: decoding raises an OSError, and nobody caught it."
        )
    refused = sorted({answer.status_code for answer in (letter, gif, half, half_png)})
    assert refused == [415], (
        f"415 was asked for content that is no JPEG or PNG, but {' and '.join(map(str, refused))} came."
    )
    assert large.status_code >= 400, "200 kB were accepted: the decorator's `max_body_size=` sets the limit, in bytes."
    assert large.status_code == 413, f"413 was asked for a request of 200 kB, but {large.status_code} came."
    assert fitting.status_code < 400, f"80 kB are within the limit, but were refused with {fitting.status_code}."
    assert good.status_code == 201, f"201 Created was asked for, but {good.status_code} came."
    for answer, (width, height) in ((good, (300, 200)), (other, (120, 340))):
        size = {"width": width, "height": height}
        assert answer.json() == size, f"for an image {width} wide and {height} high, {wanted(size, answer)}."
    return "Only whole JPEG and PNG images came through, whatever they were called; the rest got 415, and 413 for the size."


def _draw(format: str, width: int, height: int) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (width, height), "peru").save(file, format)
    return file.getvalue()


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
