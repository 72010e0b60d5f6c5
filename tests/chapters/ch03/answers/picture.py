"""What learners pass to 3.7-picture."""

import io
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, File, HTTPException, Response, UploadFile
from fastapi.responses import FileResponse, StreamingResponse
from PIL import Image

from helpers.chapters.ch03.exercises.desk import desk, desk_app, stock
from helpers.services.scratch import scratch_folder
from tests.chapters.answers import right, stub, wrong

PICTURES: dict[int, bytes] = {}


def photo_app(keep=None, show=None, **options) -> tuple[FastAPI, dict]:
    """An app of these two, the usual ones where none is given."""
    PICTURES.clear()
    router = desk["photo"] = APIRouter()
    path = "/parcels/{number}/photo"
    router.put(path, **({"status_code": 204, "max_body_size": 200_000} | options))(keep or usual_keep)
    router.get(path)(show or usual_show)
    return desk_app(), stock


def known(number: int) -> None:
    if number not in stock:
        raise HTTPException(404)


def decode(file, formats: list[str] | None = None) -> None:
    try:
        Image.open(file, formats=formats or ["JPEG"]).load()
    except OSError:
        raise HTTPException(415) from None
    file.seek(0)


def usual_keep(number: int, upload: UploadFile) -> None:
    known(number)
    decode(upload.file)
    PICTURES[number] = upload.file.read()


def usual_show(number: int) -> Response:
    if number not in stock or number not in PICTURES:
        raise HTTPException(404)
    return Response(PICTURES[number], media_type="image/jpeg")


@stub("3.7-picture")
def photo_shipped():
    def keep_photo(number: int, upload: UploadFile) -> None: ...

    def show_photo(number: int) -> Response: ...

    return photo_app(keep_photo, show_photo)


@wrong("3.7-picture", says="the photo came back empty")
def photo_read_twice():
    def keep_photo(number: int, upload: UploadFile) -> None:
        known(number)
        decode(upload.file)
        upload.file.read()
        PICTURES[number] = upload.file.read()

    return photo_app(keep_photo)


@wrong("3.7-picture", says="no parcel, no photo")
def photo_of_a_parcel_that_is_gone():
    def show_photo(number: int) -> Response:
        if number not in PICTURES:
            raise HTTPException(404)
        return Response(PICTURES[number], media_type="image/jpeg")

    return photo_app(show=show_photo)


@wrong("3.7-picture", says="the photo came back as other bytes")
def photo_saved_anew():
    def keep_photo(number: int, upload: UploadFile) -> None:
        known(number)
        decode(upload.file)
        again = io.BytesIO()
        Image.open(upload.file).save(again, "JPEG", quality=20)
        PICTURES[number] = again.getvalue()

    return photo_app(keep_photo)


@wrong("3.7-picture", says="not as `image/jpeg`")
def photo_without_a_type():
    def show_photo(number: int) -> Response:
        usual_show(number)
        return Response(PICTURES[number])

    return photo_app(None, show_photo)


@wrong("3.7-picture", says="parcel 6 has no photo, so 404 was asked for, but 200 came")
def photo_of_the_last():
    def show_photo(number: int) -> Response:
        known(number)
        return Response(list(PICTURES.values())[-1], media_type="image/jpeg")

    return photo_app(None, show_photo)


@wrong("3.7-picture", says="because it is called ../../notes.txt")
def photo_by_its_type():
    def keep_photo(number: int, upload: UploadFile) -> None:
        if upload.content_type != "image/jpeg":
            raise HTTPException(415)
        usual_keep(number, upload)

    return photo_app(keep_photo)


@wrong("3.7-picture", says="a PNG was answered with 204")
def photo_of_any_format():
    def keep_photo(number: int, upload: UploadFile) -> None:
        known(number)
        decode(upload.file, ["JPEG", "PNG"])
        PICTURES[number] = upload.file.read()

    return photo_app(keep_photo)


@wrong("3.7-picture", says="half a JPEG was answered with 204")
def photo_by_its_head():
    def keep_photo(number: int, upload: UploadFile) -> None:
        known(number)
        try:
            Image.open(upload.file, formats=["JPEG"])
        except OSError:
            raise HTTPException(415) from None
        upload.file.seek(0)
        PICTURES[number] = upload.file.read()

    return photo_app(keep_photo)


@wrong("3.7-picture", says="the good photo is gone: check before you keep")
def photo_kept_first():
    def keep_photo(number: int, upload: UploadFile) -> None:
        known(number)
        PICTURES[number] = upload.file.read()
        upload.file.seek(0)
        decode(upload.file)

    return photo_app(keep_photo)


@wrong("3.7-picture", says="a second photo of parcel 5 came, and the first is still shown")
def photo_kept_once():
    def keep_photo(number: int, upload: UploadFile) -> None:
        known(number)
        decode(upload.file)
        PICTURES.setdefault(number, upload.file.read())

    return photo_app(keep_photo)


@wrong("3.7-picture", says="a request of 300 kB was answered with 204")
def photo_without_a_limit():
    return photo_app(max_body_size=None)


@wrong("3.7-picture", says="for an unknown parcel PUT and GET should both say 404, but 204 and 404 came")
def photo_of_an_unknown():
    def keep_photo(number: int, upload: UploadFile) -> None:
        decode(upload.file)
        PICTURES[number] = upload.file.read()

    return photo_app(keep_photo)


@wrong("3.7-picture", says="204 was asked for, but 200 came")
def photo_with_200():
    return photo_app(status_code=200)


@right("3.7-picture")
def photo_in_a_folder():
    folder = scratch_folder()

    def keep_photo(number: int, upload: UploadFile) -> None:
        known(number)
        decode(upload.file)
        (folder / f"{number}.jpg").write_bytes(upload.file.read())

    def show_photo(number: int) -> FileResponse:
        path = folder / f"{number}.jpg"
        if number not in stock or not path.exists():
            raise HTTPException(404)
        return FileResponse(path)

    return photo_app(keep_photo, show_photo)


@right("3.7-picture")
def photo_of_bytes():
    def keep_photo(number: int, upload: Annotated[bytes, File()]) -> None:
        known(number)
        decode(io.BytesIO(upload))
        PICTURES[number] = upload

    return photo_app(keep_photo)


@right("3.7-picture")
def photo_by_a_dependency():
    async def whole(number: int, upload: UploadFile) -> bytes:
        known(number)
        if (upload.size or 0) > 200_000:
            raise HTTPException(413)
        content = await upload.read()
        decode(io.BytesIO(content))
        return content

    async def keep_photo(number: int, content: Annotated[bytes, Depends(whole)]) -> None:
        PICTURES[number] = content

    async def show_photo(number: int) -> StreamingResponse:
        usual_show(number)
        return StreamingResponse(iter([PICTURES[number]]), media_type="image/jpeg")

    return photo_app(keep_photo, show_photo, max_body_size=None)


@right("3.7-picture")
def photo_kept_by_the_check_before():
    app, entries = photo_app()
    PICTURES.update(dict.fromkeys(range(1, 12), b"left over"))
    return app, entries
