"""What learners pass to 3.7-claim."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, File, Form, UploadFile
from pydantic import BaseModel, Field

from tests.chapters.answers import right, stub, wrong

Number = Annotated[int, Form(ge=1)]
What = Annotated[str, Form(max_length=80)]


def claim_app(function, **options) -> FastAPI:
    app = FastAPI()
    app.post("/claims", **({"status_code": 201} | options))(function)
    return app


def told(number: int, what: str, photo: UploadFile) -> dict[str, Any]:
    return {"number": number, "what": what, "photo": photo.filename, "bytes": photo.size}


@stub("3.7-claim")
def claim_shipped():
    def make_claim(): ...

    return claim_app(make_claim)


@wrong("3.7-claim", says="`number` was looked for in the query")
def claim_number_in_the_query():
    def make_claim(number: int, photo: UploadFile, what: What = "") -> dict[str, Any]:
        return told(number, what, photo)

    return claim_app(make_claim)


@wrong("3.7-claim", says='"what": "torn"')
def claim_what_in_the_query():
    def make_claim(number: Number, photo: UploadFile, what: str = "") -> dict[str, Any]:
        return told(number, what, photo)

    return claim_app(make_claim)


class Claim(BaseModel):
    number: Annotated[int, Field(ge=1)]
    what: Annotated[str, Field(max_length=80)] = ""


@wrong("3.7-claim", says="was refused at `body.photo`")
def claim_photo_as_a_text():
    def make_claim(number: Number, photo: Annotated[str, Form()], what: What = "") -> dict[str, Any]:
        return {"number": number, "what": what, "photo": photo, "bytes": len(photo)}

    return claim_app(make_claim)


@wrong("3.7-claim", says="because JSON was expected")
def claim_as_json():
    def make_claim(claim: Claim) -> dict[str, Any]:
        return {"number": claim.number, "what": claim.what, "photo": "", "bytes": 0}

    return claim_app(make_claim)


@wrong("3.7-claim", says="was refused at `body.upload`: Field required")
def claim_by_another_name():
    def make_claim(number: Number, upload: UploadFile, what: What = "") -> dict[str, Any]:
        return told(number, what, upload)

    return claim_app(make_claim)


@wrong("3.7-claim", says="a claim without `what` was refused")
def claim_what_required():
    def make_claim(number: Number, what: What, photo: UploadFile) -> dict[str, Any]:
        return told(number, what, photo)

    return claim_app(make_claim)


@wrong("3.7-claim", says="the number 0 was answered with 201")
def claim_without_a_limit():
    def make_claim(number: Annotated[int, Form()], photo: UploadFile, what: What = "") -> dict[str, Any]:
        return told(number, what, photo)

    return claim_app(make_claim)


@wrong("3.7-claim", says="a `what` of 81 characters was answered with 201")
def claim_of_any_length():
    def make_claim(number: Number, photo: UploadFile, what: Annotated[str, Form()] = "") -> dict[str, Any]:
        return told(number, what, photo)

    return claim_app(make_claim)


@wrong("3.7-claim", says="a claim without `photo` was answered with 201")
def claim_photo_optional():
    def make_claim(number: Number, photo: UploadFile | None = None, what: What = "") -> dict[str, Any]:
        return told(number, what, photo) if photo else {"number": number}

    return claim_app(make_claim)


@wrong("3.7-claim", says='"bytes": 3000')
def claim_read_twice():
    def make_claim(number: Number, photo: UploadFile, what: What = "") -> dict[str, Any]:
        photo.file.read()
        return told(number, what, photo) | {"bytes": len(photo.file.read())}

    return claim_app(make_claim)


@wrong("3.7-claim", says="201 Created was asked for, but 200 came")
def claim_with_200():
    def make_claim(number: Number, photo: UploadFile, what: What = "") -> dict[str, Any]:
        return told(number, what, photo)

    return claim_app(make_claim, status_code=200)


@right("3.7-claim")
def claim_by_a_form_model():
    class WithPhoto(Claim):
        photo: UploadFile

    def make_claim(claim: Annotated[WithPhoto, Form()]) -> dict[str, Any]:
        return told(claim.number, claim.what, claim.photo)

    return claim_app(make_claim)


@right("3.7-claim")
def claim_read_whole():
    async def make_claim(
        photo: Annotated[UploadFile, File(description="the parcel")], number: Number, what: What = ""
    ) -> dict[str, Any]:
        content = await photo.read()
        return told(number, what, photo) | {"bytes": len(content)}

    return claim_app(make_claim)


@right("3.7-claim")
def claim_by_a_model_and_a_dependency():
    def size_of(photo: UploadFile) -> int:
        return photo.size or 0

    def make_claim(
        claim: Annotated[Claim, Form()], photo: UploadFile, size: Annotated[int, Depends(size_of)]
    ) -> dict[str, Any]:
        return claim.model_dump() | {"photo": photo.filename, "bytes": size}

    return claim_app(make_claim)
