"""What learners pass to 4.1-mine."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Security

from helpers.chapters.ch04.exercises.mine import get_name, senders
from tests.chapters.answers import right, stub, wrong

Name = Annotated[str, Depends(get_name)]
PATH = "/parcels/{parcel_id}"


@stub("4.1-mine")
def mine_shipped():
    app = FastAPI()

    @app.get(PATH)
    async def get_parcel(parcel_id: int) -> dict[str, int | str]: ...

    return app, senders


@wrong("4.1-mine", says="anybody can write any name")
def mine_by_query():
    app = FastAPI()

    @app.get(PATH)
    async def get_parcel(parcel_id: int, name: str) -> dict[str, int | str]:
        if senders.get(parcel_id) != name:
            raise HTTPException(404, "no such parcel")
        return {"parcel_id": parcel_id, "sender": name}

    return app, senders


@wrong("4.1-mine", says="refuses whoever is not logged in")
def mine_open_to_all():
    app = FastAPI()

    @app.get(PATH)
    async def get_parcel(parcel_id: int) -> dict[str, int | str]:
        if parcel_id not in senders:
            raise HTTPException(404, "no such parcel")
        return {"parcel_id": parcel_id, "sender": senders[parcel_id]}

    return app, senders


@wrong("4.1-mine", says="Being logged in is not enough")
def mine_for_whoever_is_logged_in():
    app = FastAPI()

    @app.get(PATH, dependencies=[Depends(get_name)])
    async def get_parcel(parcel_id: int) -> dict[str, int | str]:
        if parcel_id not in senders:
            raise HTTPException(404, "no such parcel")
        return {"parcel_id": parcel_id, "sender": senders[parcel_id]}

    return app, senders


@wrong("4.1-mine", says="a stranger counts your parcels")
def mine_with_403():
    app = FastAPI()

    @app.get(PATH)
    async def get_parcel(parcel_id: int, name: Name) -> dict[str, int | str]:
        if parcel_id not in senders:
            raise HTTPException(404, "no such parcel")
        if senders[parcel_id] != name:
            raise HTTPException(403, "not yours")
        return {"parcel_id": parcel_id, "sender": name}

    return app, senders


@wrong("4.1-mine", says="with different words")
def mine_with_other_words():
    app = FastAPI()

    @app.get(PATH)
    async def get_parcel(parcel_id: int, name: Name) -> dict[str, int | str]:
        if parcel_id not in senders:
            raise HTTPException(404, "no such parcel")
        if senders[parcel_id] != name:
            raise HTTPException(404, "not found")
        return {"parcel_id": parcel_id, "sender": name}

    return app, senders


@wrong("4.1-mine", says="does not exist was answered with 500")
def mine_without_get():
    app = FastAPI()

    @app.get(PATH)
    async def get_parcel(parcel_id: int, name: Name) -> dict[str, int | str]:
        if senders[parcel_id] != name:
            raise HTTPException(404, "no such parcel")
        return {"parcel_id": parcel_id, "sender": name}

    return app, senders


@wrong("4.1-mine", says="who sent this one parcel")
def mine_for_ada_alone():
    app = FastAPI()

    @app.get(PATH)
    async def get_parcel(parcel_id: int, name: Name) -> dict[str, int | str]:
        if name != "ada" or senders.get(parcel_id) != name:
            raise HTTPException(404, "no such parcel")
        return {"parcel_id": parcel_id, "sender": name}

    return app, senders


@wrong("4.1-mine", says="should be answered with")
def mine_without_the_number():
    app = FastAPI()

    @app.get(PATH)
    async def get_parcel(parcel_id: int, name: Name) -> dict[str, int | str]:
        if senders.get(parcel_id) != name:
            raise HTTPException(404, "no such parcel")
        return {"sender": name}

    return app, senders


@right("4.1-mine")
def mine_by_a_dependency():
    app = FastAPI()

    async def own_parcel(parcel_id: int, name: Name) -> int:
        if senders.get(parcel_id) != name:
            raise HTTPException(404, "no such parcel")
        return parcel_id

    @app.get(PATH)
    async def get_parcel(parcel_id: Annotated[int, Depends(own_parcel)], name: Name) -> dict[str, int | str]:
        return {"parcel_id": parcel_id, "sender": name}

    return app, senders


@right("4.1-mine")
def mine_by_a_router():
    router = APIRouter(prefix="/parcels", dependencies=[Security(get_name)])
    app = FastAPI()

    @router.get("/{number}")
    def get_parcel(number: int, name: Annotated[str, Security(get_name)]) -> dict[str, int | str]:
        try:
            assert senders[number] == name
        except (KeyError, AssertionError):
            raise HTTPException(404) from None
        return {"parcel_id": number, "sender": name}

    app.include_router(router)
    return app, senders


@right("4.1-mine")
def mine_out_of_their_own():
    app = FastAPI()

    @app.get(PATH)
    async def get_parcel(parcel_id: int, name: Name) -> dict[str, int | str]:
        own = [number for number, sender in senders.items() if sender == name]
        if parcel_id in own:
            return {"parcel_id": parcel_id, "sender": name}
        raise HTTPException(status_code=404, detail="Not Found")

    return app, senders


@right("4.1-mine")
def mine_that_names_the_number():
    app = FastAPI()

    @app.get(PATH)
    async def get_parcel(parcel_id: int, name: Name) -> dict[str, int | str]:
        if senders.get(parcel_id) != name:
            raise HTTPException(404, f"no parcel {parcel_id}")
        return {"parcel_id": parcel_id, "sender": name}

    return app, senders
