"""What learners pass to 3.3-intake."""

from itertools import count
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from helpers.chapters.ch03.exercises.desk import Entry, Stored, desk, desk_app, stock
from tests.chapters.answers import right, stub, wrong


def create_app(function, **options) -> tuple[FastAPI, dict]:
    desk["create"] = APIRouter()
    desk["create"].post("/parcels", **({"status_code": 201} | options))(function)
    return desk_app(), stock


def like(entry: Entry, parcel: Any) -> bool:
    return (parcel.to, parcel.weight_kg, parcel.state) == (entry.to, entry.weight_kg, "waiting")


def keep(entry: Entry, response: Response | None, number: int | None = None) -> Stored:
    number = number or max(stock, default=0) + 1
    stock[number] = Stored(id=number, **entry.model_dump())
    if response is not None:
        response.headers["Location"] = f"/parcels/{number}"
    return stock[number]


def refuse(entry: Entry) -> None:
    if any(like(entry, parcel) for parcel in stock.values()):
        raise HTTPException(409, "sent twice")


@stub("3.3-intake")
def create_shipped():
    def create_entry(entry: Entry, response: Response) -> Stored: ...

    return create_app(create_entry)


@wrong("3.3-intake", says="no header `Location`")
def create_without_location():
    def create_entry(entry: Entry) -> Stored:
        refuse(entry)
        return keep(entry, None)

    return create_app(create_entry)


@wrong("3.3-intake", says="but `Location` says `/parcels`")
def create_with_the_list_as_location():
    def create_entry(entry: Entry, response: Response) -> Stored:
        refuse(entry)
        stored = keep(entry, response)
        response.headers["Location"] = "/parcels"
        return stored

    return create_app(create_entry)


@wrong("3.3-intake", says="how many there are says nothing of which ids are free")
def create_by_their_number():
    def create_entry(entry: Entry, response: Response) -> Stored:
        refuse(entry)
        return keep(entry, response, len(stock) + 1)

    return create_app(create_entry)


@wrong("3.3-intake", says="two parcels got the same id, 7")
def create_always_the_same():
    def create_entry(entry: Entry, response: Response) -> Stored:
        refuse(entry)
        return keep(entry, response, 7)

    return create_app(create_entry)


@wrong("3.3-intake", says="the second time 201 came, not 409")
def create_twice():
    def create_entry(entry: Entry, response: Response) -> Stored:
        return keep(entry, response)

    return create_app(create_entry)


@wrong("3.3-intake", says="compare `to`, weight and state, all three")
def create_one_for_each():
    def create_entry(entry: Entry, response: Response) -> Stored:
        if any(parcel.to == entry.to and parcel.id > 2 for parcel in stock.values()):
            raise HTTPException(409)
        return keep(entry, response)

    return create_app(create_entry)


@wrong("3.3-intake", says="A parcel like it is on its way, not waiting")
def create_in_any_state():
    def create_entry(entry: Entry, response: Response) -> Stored:
        if any((parcel.to, parcel.weight_kg) == (entry.to, entry.weight_kg) for parcel in stock.values()):
            raise HTTPException(409)
        return keep(entry, response)

    return create_app(create_entry)


@wrong("3.3-intake", says="and was stored all the same")
def create_then_refuse():
    def create_entry(entry: Entry, response: Response) -> Stored:
        twice = any(like(entry, parcel) for parcel in stock.values())
        stored = keep(entry, response)
        if twice:
            raise HTTPException(409)
        return stored

    return create_app(create_entry)


@wrong("3.3-intake", says="the id and the state are not the client's to choose")
def create_as_the_client_says():
    async def create_entry(request: Request, response: Response) -> Stored:
        sent = await request.json()
        refuse(Entry(**sent))
        number = max(stock, default=0) + 1
        stock[number] = Stored(**({"id": number} | sent)).model_copy(update={"id": number})
        response.headers["Location"] = f"/parcels/{number}"
        return stock[number]

    return create_app(create_entry)


@wrong("3.3-intake", says="`stock` has no such parcel")
def create_nowhere():
    def create_entry(entry: Entry, response: Response) -> Stored:
        refuse(entry)
        response.headers["Location"] = "/parcels/77"
        return Stored(id=77, **entry.model_dump())

    return create_app(create_entry)


@wrong("3.3-intake", says="201 Created was asked for, but 200 came")
def create_with_200():
    def create_entry(entry: Entry, response: Response) -> Stored:
        refuse(entry)
        return keep(entry, response)

    return create_app(create_entry, status_code=200)


@right("3.3-intake")
def create_by_a_counter():
    numbers = count(100)

    def create_entry(entry: Entry, response: Response) -> Stored:
        refuse(entry)
        return keep(entry, response, next(numbers))

    return create_app(create_entry)


@right("3.3-intake")
def create_with_a_response_of_its_own():
    def create_entry(entry: Entry) -> JSONResponse:
        refuse(entry)
        stored = keep(entry, None)
        address = desk_app().url_path_for("read_entry", number=stored.id)
        return JSONResponse(stored.model_dump(), 201, headers={"Location": str(address)})

    return create_app(create_entry)


@right("3.3-intake")
def create_with_the_first_free_id():
    async def create_entry(entry: Entry, request: Request, response: Response) -> Stored:
        if [parcel for parcel in stock.values() if like(entry, parcel)]:
            raise HTTPException(status_code=409)
        number = 1
        while number in stock:
            number += 1
        stored = keep(entry, response, number)
        response.headers["Location"] = str(request.url_for("read_entry", number=number))
        return stored

    return create_app(create_entry)


@wrong("3.3-intake", says="The largest id of none")
def create_after_the_largest():
    def create_entry(entry: Entry, response: Response) -> Stored:
        refuse(entry)
        return keep(entry, response, max(stock) + 1)

    return create_app(create_entry)
