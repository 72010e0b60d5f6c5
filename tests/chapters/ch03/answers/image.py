"""What learners pass to 3.7-image."""

from typing import Annotated

from fastapi import FastAPI, File, HTTPException, UploadFile
from PIL import Image

from tests.chapters.answers import right, stub, wrong


def image_app(function, **options):
    app = FastAPI()
    app.post("/photos", **({"status_code": 201, "max_body_size": 100_000} | options))(function)
    return app


def load(upload: UploadFile, formats: list[str] | None = None) -> Image.Image:
    image = Image.open(upload.file, formats=formats)
    image.load()
    return image


def measured(upload: UploadFile) -> dict[str, int]:
    """As in the solution."""
    try:
        image = load(upload, ["JPEG", "PNG"])
    except OSError:
        raise HTTPException(415, "no whole image") from None
    return {"width": image.width, "height": image.height}


@stub("3.7-image")
def image_shipped():
    def measure_photo(upload: UploadFile) -> dict[str, int]: ...

    return image_app(measure_photo)


@wrong("3.7-image", says="Pillow raised UnidentifiedImageError and nobody caught it")
def image_uncaught():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        image = load(upload)
        return {"width": image.width, "height": image.height}

    return image_app(measure_photo)


@wrong("3.7-image", says="a text that is called parcel.jpg was accepted")
def image_by_type():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        if upload.content_type not in ("image/jpeg", "image/png"):
            raise HTTPException(415)
        try:
            image = Image.open(upload.file)
        except OSError:
            return {"width": 0, "height": 0}
        return {"width": image.width, "height": image.height}

    return image_app(measure_photo)


@wrong("3.7-image", says="a whole image was refused because it is called notes.txt")
def image_by_name():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        if not str(upload.filename).endswith((".jpg", ".png")):
            raise HTTPException(415)
        return measured(upload)

    return image_app(measure_photo)


@wrong("3.7-image", says="a GIF was accepted")
def image_of_any_format():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        try:
            image = load(upload)
        except OSError:
            raise HTTPException(415) from None
        return {"width": image.width, "height": image.height}

    return image_app(measure_photo)


@wrong("3.7-image", says="half a JPEG was accepted")
def image_verified():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        try:
            image = Image.open(upload.file, formats=["JPEG", "PNG"])
            image.verify()
        except OSError:
            raise HTTPException(415) from None
        return {"width": image.width, "height": image.height}

    return image_app(measure_photo)


@wrong("3.7-image", says="half a JPEG was answered with 500")
def image_loaded_too_late():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        try:
            image = Image.open(upload.file, formats=["JPEG", "PNG"])
        except OSError:
            raise HTTPException(415) from None
        image.load()
        return {"width": image.width, "height": image.height}

    return image_app(measure_photo)


@wrong("3.7-image", says="415 was asked for content that is no JPEG or PNG, but 400 came")
def image_with_400():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        try:
            return measured(upload)
        except HTTPException:
            raise HTTPException(400) from None

    return image_app(measure_photo)


@wrong("3.7-image", says="200 kB were accepted")
def image_without_limit():
    return image_app(measured, max_body_size=None)


@wrong("3.7-image", says="80 kB are within the limit, but were refused with 413")
def image_with_a_small_limit():
    return image_app(measured, max_body_size=10_000)


@wrong("3.7-image", says="413 was asked for a request of 200 kB, but 415 came")
def image_large_is_415():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        if (upload.size or 0) > 100_000:
            raise HTTPException(415)
        return measured(upload)

    return image_app(measure_photo, max_body_size=None)


@wrong("3.7-image", says='but `{"width":200,"height":300}` came')
def image_turned():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        size = measured(upload)
        return {"width": size["height"], "height": size["width"]}

    return image_app(measure_photo)


@right("3.7-image")
def image_of_bytes():
    def measure_photo(upload: Annotated[bytes, File()]) -> dict[str, int]:
        import io

        try:
            image = Image.open(io.BytesIO(upload))
            image.load()
            assert image.format in ("JPEG", "PNG")
        except (OSError, AssertionError):
            raise HTTPException(415) from None
        return {"width": image.size[0], "height": image.size[1]}

    return image_app(measure_photo)


@right("3.7-image")
def image_async_with_own_limit():
    async def measure_photo(upload: UploadFile) -> dict[str, int]:
        if upload.size is not None and upload.size > 100_000:
            raise HTTPException(413)
        return measured(upload)

    return image_app(measure_photo, max_body_size=None)


@wrong("3.7-image", says="a whole PNG that is called parcel.png was refused with 415")
def image_jpeg_only():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        try:
            image = load(upload, ["JPEG"])
        except OSError:
            raise HTTPException(415) from None
        return {"width": image.width, "height": image.height}

    return image_app(measure_photo)


@wrong("3.7-image", says="for an image 120 wide and 340 high")
def image_always_the_same():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        measured(upload)
        return {"width": 300, "height": 200}

    return image_app(measure_photo)


@wrong("3.7-image", says="your function `measure_photo` returned `None`")
def image_without_a_return():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        measured(upload)

    return image_app(measure_photo)


@right("3.7-image")
def image_opened_twice():
    def measure_photo(upload: UploadFile) -> dict[str, int]:
        try:
            with Image.open(upload.file) as image:
                image.load()
        except (OSError, ValueError):
            raise HTTPException(415) from None
        if image.format not in {"JPEG", "PNG"}:
            raise HTTPException(415)
        return dict(zip(("width", "height"), image.size))

    return image_app(measure_photo)
