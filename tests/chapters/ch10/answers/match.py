"""What learners pass to 10.3-match."""

from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from helpers.chapters.ch10.exercises.match import addresses, versions
from tests.chapters.answers import right, stub, wrong

Tag = Annotated[str | None, Header()]


def tag_of(number: int) -> str:
    return f'"{versions[number]}"'


def match_app(change, **options):
    app = FastAPI()

    @app.get("/parcels/{number}")
    async def read_address(number: int, response: Response) -> str:
        response.headers["ETag"] = tag_of(number)
        return addresses[number]

    app.put("/parcels/{number}", **({"status_code": 204} | options))(change)
    return app, addresses, versions


@stub("10.3-match")
def match_shipped():
    async def change_address(number: int, to: str, response: Response) -> None: ...

    return match_app(change_address)


@wrong("10.3-match", says="without `If-Match` 428 was asked for, but 204 came")
def match_last_wins():
    async def change_address(number: int, to: str, response: Response) -> None:
        addresses[number] = to
        versions[number] += 1
        response.headers["ETag"] = tag_of(number)

    return match_app(change_address)


@wrong("10.3-match", says="because the header is required")
def match_required():
    async def change_address(number: int, to: str, response: Response, if_match: Annotated[str, Header()]) -> None:
        if if_match != tag_of(number):
            raise HTTPException(412)
        addresses[number] = to
        versions[number] += 1
        response.headers["ETag"] = tag_of(number)

    return match_app(change_address)


@wrong("10.3-match", says="a tag is a text in quotes")
def match_as_a_number():
    async def change_address(
        number: int, to: str, response: Response, if_match: Annotated[int | None, Header()] = None
    ) -> None:
        if if_match is None:
            raise HTTPException(428)
        if if_match != versions[number]:
            raise HTTPException(412)
        addresses[number] = to
        versions[number] += 1

    return match_app(change_address)


@wrong("10.3-match", says="quotes included")
def match_without_quotes():
    async def change_address(number: int, to: str, response: Response, if_match: Tag = None) -> None:
        if if_match is None:
            raise HTTPException(428)
        if if_match != str(versions[number]):
            raise HTTPException(412)
        addresses[number] = to
        versions[number] += 1

    return match_app(change_address)


@wrong("10.3-match", says="The version did not change with the address")
def match_same_version():
    async def change_address(number: int, to: str, response: Response, if_match: Tag = None) -> None:
        if if_match is None:
            raise HTTPException(428)
        if if_match != tag_of(number):
            raise HTTPException(412)
        addresses[number] = to
        response.headers["ETag"] = tag_of(number)

    return match_app(change_address)


@wrong("10.3-match", says="Compare `If-Match` with the tag of today")
def match_never_compared():
    async def change_address(number: int, to: str, response: Response, if_match: Tag = None) -> None:
        if not if_match:
            raise HTTPException(428)
        addresses[number] = to
        versions[number] += 1
        response.headers["ETag"] = tag_of(number)

    return match_app(change_address)


@wrong("10.3-match", says="the 412 was answered, and the address changed all the same")
def match_changed_first():
    async def change_address(number: int, to: str, response: Response, if_match: Tag = None) -> None:
        if if_match is None:
            raise HTTPException(428)
        addresses[number] = to
        if if_match != tag_of(number):
            raise HTTPException(412)
        versions[number] += 1
        response.headers["ETag"] = tag_of(number)

    return match_app(change_address)


@wrong("10.3-match", says="for a tag of yesterday 412 was asked for, but 409 came")
def match_with_409():
    async def change_address(number: int, to: str, response: Response, if_match: Tag = None) -> None:
        if if_match is None:
            raise HTTPException(428)
        if if_match != tag_of(number):
            raise HTTPException(409)
        addresses[number] = to
        versions[number] += 1
        response.headers["ETag"] = tag_of(number)

    return match_app(change_address)


@wrong("10.3-match", says="the 204 should carry the new tag")
def match_without_the_new_tag():
    async def change_address(number: int, to: str, response: Response, if_match: Tag = None) -> None:
        if if_match is None:
            raise HTTPException(428)
        if if_match != tag_of(number):
            raise HTTPException(412)
        response.headers["ETag"] = tag_of(number)
        addresses[number] = to
        versions[number] += 1

    return match_app(change_address)


@wrong("10.3-match", says="204 was asked for, but 200 came")
def match_with_200():
    async def change_address(number: int, to: str, if_match: Tag = None) -> JSONResponse:
        if if_match is None:
            raise HTTPException(428)
        if if_match != tag_of(number):
            raise HTTPException(412)
        addresses[number] = to
        versions[number] += 1
        return JSONResponse(to, headers={"ETag": tag_of(number)})

    return match_app(change_address)


@wrong("10.3-match", says="without `If-Match` 428 was asked for, but 412 came")
def match_all_412():
    async def change_address(number: int, to: str, response: Response, if_match: Tag = None) -> None:
        if if_match != tag_of(number):
            raise HTTPException(412)
        addresses[number] = to
        versions[number] += 1
        response.headers["ETag"] = tag_of(number)

    return match_app(change_address)


@wrong("10.3-match", says="by one each was asked for")
def match_in_leaps():
    async def change_address(number: int, to: str, response: Response, if_match: Tag = None) -> None:
        if if_match is None:
            raise HTTPException(428)
        if if_match != tag_of(number):
            raise HTTPException(412)
        addresses[number] = to
        versions[number] += 2
        response.headers["ETag"] = tag_of(number)

    return match_app(change_address)


@right("10.3-match")
def match_by_the_request():
    def change_address(number: int, to: str, request: Request) -> Response:
        match request.headers.get("If-Match"):
            case None:
                return Response(status_code=428)
            case sent if sent == tag_of(number):
                addresses[number] = to
                versions[number] += 1
                return Response(status_code=204, headers={"ETag": tag_of(number)})
        return Response(status_code=412)

    return match_app(change_address)


@right("10.3-match")
def match_by_a_dependency():
    def todays(number: int, if_match: Annotated[str, Header()] = "") -> int:
        if not if_match:
            raise HTTPException(428)
        if if_match.strip('"') != str(versions[number]):
            raise HTTPException(412)
        return versions[number]

    async def change_address(
        number: int, to: str, version: Annotated[int, Depends(todays)], response: Response
    ) -> None:
        addresses.update({number: to})
        versions[number] = version + 1
        response.headers["etag"] = tag_of(number)

    return match_app(change_address)


@right("10.3-match")
def match_by_an_alias_and_a_list():
    async def change_address(
        number: int, to: str, response: Response, tags: Annotated[str | None, Header(alias="If-Match")] = None
    ):
        if tags is None:
            raise HTTPException(status_code=428, detail="If-Match is missing")
        if tag_of(number) not in [tag.strip() for tag in tags.split(",")] and tags != "*":
            raise HTTPException(status_code=412)
        addresses[number], versions[number] = to, versions[number] + 1
        response.headers.update({"ETag": tag_of(number)})

    return match_app(change_address)


@wrong("10.3-match", says="is compared whole, and by `==`")
def match_only_older_ones_are_refused():
    async def change_address(number: int, to: str, response: Response, if_match: Tag = None) -> None:
        if if_match is None:
            raise HTTPException(428)
        if int(if_match.strip('"')) < versions[number]:
            raise HTTPException(412)
        addresses[number] = to
        versions[number] += 1
        response.headers["ETag"] = tag_of(number)

    return match_app(change_address)


@wrong("10.3-match", says="your app answered 500: ValueError")
def match_takes_every_tag_for_a_number():
    async def change(number: int, to: str, response: Response, if_match: Tag = None) -> None:
        if if_match is None:
            raise HTTPException(428)
        if int(if_match.strip('"')) != versions[number]:
            raise HTTPException(412)
        addresses[number] = to
        versions[number] += 1
        response.headers["ETag"] = tag_of(number)

    return match_app(change)
