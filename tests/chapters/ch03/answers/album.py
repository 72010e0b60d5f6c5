"""What learners pass to 3.7-album."""

from typing import Annotated, Any

from fastapi import FastAPI, File, Form, HTTPException, UploadFile
from pydantic import BaseModel, Field

from tests.chapters.answers import right, stub, wrong

Photos = Annotated[list[UploadFile], File(min_length=1, max_length=3)]


def album_app(function, **options) -> FastAPI:
    app = FastAPI()
    app.post("/albums", **({"status_code": 201} | options))(function)
    return app


def told(photos: list[UploadFile], cover: UploadFile | None) -> dict[str, Any]:
    return {
        "names": [photo.filename for photo in photos],
        "bytes": sum(photo.size or 0 for photo in photos),
        "cover": cover.filename if cover else None,
    }


@stub("3.7-album")
def album_shipped():
    def make_album(): ...

    return album_app(make_album)


@wrong("3.7-album", says='for two photos without a cover, `{"names": ["side.jpg", "front.jpg"]')
def album_of_one():
    def make_album(photos: UploadFile, cover: UploadFile | None = None) -> dict[str, Any]:
        return told([photos], cover)

    return album_app(make_album)


@wrong("3.7-album", says="two photos without a cover were refused")
def album_cover_required():
    def make_album(photos: Photos, cover: UploadFile | None) -> dict[str, Any]:
        return told(photos, cover)

    return album_app(make_album)


@wrong("3.7-album", says="5 photos were accepted")
def album_without_a_limit():
    def make_album(photos: list[UploadFile], cover: UploadFile | None = None) -> dict[str, Any]:
        return told(photos, cover)

    return album_app(make_album)


@wrong("3.7-album", says="an album without any photo was accepted")
def album_of_none():
    def make_album(
        photos: Annotated[list[UploadFile] | None, File(max_length=3)] = None, cover: UploadFile | None = None
    ) -> dict[str, Any]:
        return told(photos or [], cover)

    return album_app(make_album)


@wrong("3.7-album", says="three photos and a cover were refused with 400")
def album_limits_all_files():
    def make_album(photos: list[UploadFile], cover: UploadFile | None = None) -> dict[str, Any]:
        return told(photos, cover)

    return album_app(make_album, form_limits={"max_files": 3})


@wrong("3.7-album", says="4 photos were accepted")
def album_limits_the_form():
    def make_album(photos: list[UploadFile], cover: UploadFile | None = None) -> dict[str, Any]:
        if len(photos) > 4:
            raise HTTPException(413)
        return told(photos, cover)

    return album_app(make_album, form_limits={"max_files": 4})


@wrong("3.7-album", says="for three photos of the same name and a cover")
def album_by_names():
    def make_album(photos: Photos, cover: UploadFile | None = None) -> dict[str, Any]:
        unique = {photo.filename: photo for photo in photos}
        return told(list(unique.values()), cover)

    return album_app(make_album)


@wrong("3.7-album", says='but `{"names":["front.jpg","side.jpg"]')
def album_sorted():
    def make_album(photos: Photos, cover: UploadFile | None = None) -> dict[str, Any]:
        return told(sorted(photos, key=lambda photo: photo.filename or ""), cover)

    return album_app(make_album)


@wrong("3.7-album", says="201 Created was asked for, but 200 came")
def album_with_200():
    def make_album(photos: Photos, cover: UploadFile | None = None) -> dict[str, Any]:
        return told(photos, cover)

    return album_app(make_album, status_code=200)


@wrong("3.7-album", says="two photos were refused at `body.photos.0`")
def album_of_texts():
    def make_album(photos: Annotated[list[str], Form()], cover: UploadFile | None = None) -> dict[str, Any]:
        return {"names": photos, "bytes": 0, "cover": None}

    return album_app(make_album)


@right("3.7-album")
def album_counted_by_hand():
    async def make_album(photos: list[UploadFile], cover: UploadFile | None = None) -> dict[str, Any]:
        if len(photos) > 3:
            raise HTTPException(413, "three at most")
        sizes = [len(await photo.read()) for photo in photos]
        return told(photos, cover) | {"bytes": sum(sizes)}

    return album_app(make_album)


@right("3.7-album")
def album_by_a_form_model():
    class Album(BaseModel):
        photos: Annotated[list[UploadFile], Field(min_length=1, max_length=3)]
        cover: UploadFile | None = None

    def make_album(album: Annotated[Album, Form()]) -> dict[str, Any]:
        return told(album.photos, album.cover)

    return album_app(make_album)


@right("3.7-album")
def album_with_a_model():
    class Receipt(BaseModel):
        names: list[str | None]
        bytes: int
        cover: str | None

    def make_album(
        photos: Photos, cover: Annotated[UploadFile | None, File(description="title page")] = None
    ) -> Receipt:
        return Receipt(**told(photos, cover))

    return album_app(make_album, form_limits={"max_files": 10})
