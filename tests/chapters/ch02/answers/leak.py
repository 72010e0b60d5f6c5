"""What learners pass to 2.5-leak."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from helpers.chapters.ch02.exercises.leak import customers
from tests.chapters.answers import right, stub, wrong


class City(BaseModel):
    """What may be known of an address."""

    city: str


class Customer(BaseModel):
    """What may be known of a customer."""

    name: str
    address: City


def leak_app(
    read: Callable[[dict[str, Any]], Any], one: Any = None, many: Any = None
) -> tuple[FastAPI, dict[str, Any]]:
    """An app that answers with what `read` makes of a row, by these response models."""
    app = FastAPI()

    @app.get("/customers", response_model=many)
    def list_customers() -> Any:
        return [read(row) for row in customers.values()]

    @app.get("/customers/{key}", response_model=one)
    def read_customer(key: str) -> Any:
        if key not in customers:
            raise HTTPException(404, "no such customer")
        return read(customers[key])

    return app, customers


@stub("2.5-leak")
def leak_shipped():
    app = FastAPI()

    @app.get("/customers")
    def list_customers() -> Any: ...

    @app.get("/customers/{key}")
    def read_customer(key: str) -> Any: ...

    return app, customers


@wrong("2.5-leak", says="`GET /customers/ada` leaks the `password_hash`. What you return is filtered only by")
def leak_of_everything():
    return leak_app(lambda row: row)


@wrong("2.5-leak", says="the address needs a model of its own")
def leak_of_the_address():
    class Flat(BaseModel):
        name: str
        address: dict[str, str]

    return leak_app(lambda row: row, Flat, list[Flat])


@wrong("2.5-leak", says="`pop` and `del` work on the row itself")
def leak_closed_in_the_table():
    def read(row: dict[str, Any]) -> dict[str, Any]:
        row.pop("password_hash", None)
        row["address"].pop("alarm_code", None)
        return row

    return leak_app(read)


@wrong("2.5-leak", says="A list of what must not leave is never complete")
def leak_by_a_list_of_secrets():
    def read(row: dict[str, Any]) -> dict[str, Any]:
        address = {name: value for name, value in row["address"].items() if name != "alarm_code"}
        return {name: value for name, value in row.items() if name != "password_hash"} | {"address": address}

    return leak_app(read)


@wrong("2.5-leak", says="`GET /customers` leaks the `password_hash`")
def leak_in_the_list():
    return leak_app(lambda row: row, Customer)


@wrong("2.5-leak", says="`read_customer` returned `None`, which does not fit its return type")
def leak_without_a_404():
    app = FastAPI()

    @app.get("/customers")
    def list_customers() -> list[Customer]:
        return [Customer.model_validate(row) for row in customers.values()]

    @app.get("/customers/{key}", response_model=Customer)
    def read_customer(key: str) -> Any:
        return customers.get(key)

    return app, customers


@wrong("2.5-leak", says="answered 500")
def leak_by_a_return_type_that_is_wrong():
    class Wide(Customer):
        email: str

    return leak_app(lambda row: row, Wide, list[Wide])


@wrong("2.5-leak", says="was asked for, but")
def leak_of_nothing():
    class Name(BaseModel):
        name: str

    return leak_app(lambda row: row, Name, list[Name])


@right("2.5-leak")
def leak_closed_by_models():
    app = FastAPI()

    @app.get("/customers")
    def list_customers() -> list[Customer]:
        return [Customer.model_validate(row) for row in customers.values()]

    @app.get("/customers/{key}")
    def read_customer(key: str) -> Customer:
        if key not in customers:
            raise HTTPException(404)
        return Customer(**customers[key])

    return app, customers


@right("2.5-leak")
def leak_closed_by_hand():
    return leak_app(lambda row: {"name": row["name"], "address": {"city": row["address"]["city"]}})


@right("2.5-leak")
def leak_closed_in_a_response():
    app = FastAPI()

    @app.get("/customers")
    def list_customers() -> JSONResponse:
        return JSONResponse(jsonable_encoder([Customer.model_validate(row) for row in customers.values()]))

    @app.get("/customers/{key}", response_model=None)
    def read_customer(key: str) -> JSONResponse:
        if key not in customers:
            return JSONResponse({"detail": "nobody"}, status_code=404)
        return JSONResponse(Customer.model_validate(customers[key]).model_dump())

    return app, customers


@wrong("2.5-leak", says="the list was made of its own rows")
def leak_closed_in_the_rows_of_the_list():
    app = FastAPI()

    @app.get("/customers")
    def list_customers() -> Any:
        for row in customers.values():
            row["address"] = {"city": row["address"]["city"]}
        return [{"name": row["name"], "address": row["address"]} for row in customers.values()]

    @app.get("/customers/{key}", response_model=Customer)
    def read_customer(key: str) -> Any:
        if key not in customers:
            raise HTTPException(404, "no such customer")
        return customers[key]

    return app, customers
