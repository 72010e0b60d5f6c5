"""What learners pass to 3.4-put."""

from fastapi import FastAPI, HTTPException, Response, status
from fastapi.responses import JSONResponse

from helpers.chapters.ch03.exercises.put import ShelfLoad
from tests.chapters.answers import right, stub, wrong


def put_app(put, remove=None, put_status=200, remove_status=204):
    """An app whose PUT calls `put(shelves, name, shelf, response)`, and whose DELETE is right unless `remove` is given."""
    app, shelves = FastAPI(), {}

    @app.put("/shelves/{name}", status_code=put_status)
    def put_shelf(name: str, shelf: ShelfLoad, response: Response) -> ShelfLoad:
        return put(shelves, name, shelf, response)

    @app.delete("/shelves/{name}", status_code=remove_status)
    def remove_shelf(name: str) -> None:
        if remove:
            remove(shelves, name)
        elif shelves.pop(name, None) is None:
            raise HTTPException(404)

    return app


def good(shelves, name, shelf, response):
    """As in the solution."""
    if name not in shelves:
        response.status_code = 201
    shelves[name] = shelf
    return shelf


@stub("3.4-put")
def put_shipped():
    app = FastAPI()

    @app.put("/shelves/{name}")
    def put_shelf(name: str, shelf: ShelfLoad) -> ShelfLoad: ...

    @app.delete("/shelves/{name}")
    def remove_shelf(name: str) -> None: ...

    return app


@wrong("3.4-put", says="a shelf was put for the first time: 201 was asked for, but 200 came")
def put_looks_too_late():
    def put(shelves, name, shelf, response):
        shelves[name] = shelf
        response.status_code = 200 if name in shelves else 201
        return shelf

    return put_app(put)


@wrong("3.4-put", says="a second time, with another number: 200 was asked for, but 201 came")
def put_always_201():
    def put(shelves, name, shelf, response):
        shelves[name] = shelf
        return shelf

    return put_app(put, put_status=201)


@wrong("3.4-put", says='`{"parcels": 5}` was asked for, but `{"parcels":8}` came')
def put_adds():
    def put(shelves, name, shelf, response):
        if name not in shelves:
            return good(shelves, name, shelf, response)
        shelves[name].parcels += shelf.parcels
        return shelves[name]

    return put_app(put)


@wrong("3.4-put", says='`{"parcels": 5}` was asked for, but `{"parcels":3}` came')
def put_keeps_the_first():
    def put(shelves, name, shelf, response):
        response.status_code = 200 if name in shelves else 201
        return shelves.setdefault(name, shelf)

    return put_app(put)


@wrong("3.4-put", says="200 was asked for, but 409 came")
def put_conflicts():
    def put(shelves, name, shelf, response):
        if name in shelves:
            raise HTTPException(409)
        return good(shelves, name, shelf, response)

    return put_app(put)


@wrong("3.4-put", says="another shelf was put for the first time: 201 was asked for, but 200 came")
def put_of_one_shelf():
    def put(shelves, name, shelf, response):
        return good(shelves, "shelf", shelf, response)

    return put_app(put)


@wrong("3.4-put", says="`DELETE` was answered with 500: KeyError")
def put_removed_twice():
    def remove(shelves, name):
        del shelves[name]

    return put_app(good, remove)


@wrong("3.4-put", says="404 was asked for a shelf that is not there any more, but 204 came")
def put_removed_without_a_look():
    return put_app(good, lambda shelves, name: shelves.pop(name, None))


@wrong("3.4-put", says="204 was asked for a shelf that is removed, but 200 came")
def put_removed_with_200():
    return put_app(good, remove_status=200)


@wrong("3.4-put", says="a shelf was put anew after it was removed")
def put_remembers_names():
    seen, gone = set(), set()

    def put(shelves, name, shelf, response):
        response.status_code = 200 if name in seen else 201
        seen.add(name)
        return shelf

    def remove(shelves, name):
        if name in gone:
            raise HTTPException(404)
        gone.add(name)

    return put_app(put, remove)


@wrong("3.4-put", says="one shelf was removed, then the other one was put again")
def put_removes_all():
    def remove(shelves, name):
        if name not in shelves:
            raise HTTPException(404)
        shelves.clear()

    return put_app(good, remove)


@wrong("3.4-put", says="your function `put_shelf` returned `None`")
def put_without_a_return():
    def put(shelves, name, shelf, response):
        good(shelves, name, shelf, response)

    return put_app(put)


@right("3.4-put")
def put_by_a_response():
    app, shelves = FastAPI(), {}

    @app.put("/shelves/{name}")
    async def put_shelf(name: str, shelf: ShelfLoad) -> Response:
        code = status.HTTP_200_OK if name in shelves else status.HTTP_201_CREATED
        shelves[name] = shelf
        return JSONResponse(shelf.model_dump(), code)

    @app.delete("/shelves/{name}")
    async def remove_shelf(name: str) -> Response:
        if name not in shelves:
            return JSONResponse({"detail": "no such shelf"}, 404)
        del shelves[name]
        return Response(status_code=204)

    return app


@right("3.4-put")
def put_with_201_by_default():
    def put(shelves, name, shelf, response):
        if name in shelves:
            response.status_code = 200
        shelves[name] = shelf
        return shelf.model_dump()

    return put_app(put, put_status=201)


@right("3.4-put")
def put_of_numbers():
    def put(shelves, name, shelf, response):
        response.status_code = 201 if shelves.get(name) is None else 200
        shelves[name] = shelf.parcels
        return {"parcels": shelves[name]}

    return put_app(put)
