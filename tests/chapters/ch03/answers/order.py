"""What learners pass to 3.6-order."""

from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI
from pydantic import BaseModel, Field

from tests.chapters.answers import right, stub, wrong


class Line(BaseModel):
    what: str
    count: Annotated[int, Field(ge=1, le=50)]


class Order(BaseModel):
    to: str
    lines: Annotated[list[Line], Field(min_length=1)]


class Sender(BaseModel):
    name: str


def told(order: Any, sender: Any, express: bool) -> dict[str, Any]:
    pieces = sum(line.count for line in order.lines)
    return {"to": order.to, "sender": sender.name, "pieces": pieces, "express": express}


def order_app(function, **options) -> FastAPI:
    app = FastAPI()
    app.post("/orders", **({"status_code": 201} | options))(function)
    return app


@stub("3.6-order")
def order_shipped():
    def place_order(): ...

    return order_app(place_order)


@wrong("3.6-order", says="`express` was sent as true in the body, and your function got false")
def order_express_in_the_query():
    def place_order(order: Order, sender: Sender, express: bool = False) -> dict[str, Any]:
        return told(order, sender, express)

    return order_app(place_order)


@wrong("3.6-order", says="`express` was looked for in the query")
def order_express_required_in_the_query():
    def place_order(order: Order, sender: Sender, express: bool) -> dict[str, Any]:
        return told(order, sender, express)

    return order_app(place_order)


@wrong("3.6-order", says="a good order was refused at `body.to`")
def order_flat():
    class Flat(Order):
        sender: Sender
        express: bool = False

    def place_order(order: Flat) -> dict[str, Any]:
        return told(order, order.sender, order.express)

    return order_app(place_order)


@wrong("3.6-order", says="an empty `sender` was answered with 201")
def order_of_nobody():
    class Anybody(BaseModel):
        name: str = ""

    def place_order(
        order: Order, sender: Annotated[Anybody, Body()], express: Annotated[bool, Body()] = False
    ) -> dict[str, Any]:
        return told(order, sender, express)

    return order_app(place_order)


@wrong("3.6-order", says="a `count` of 0 was answered with 201")
def order_without_limits():
    class Unbounded(BaseModel):
        what: str
        count: int

    class Loose(BaseModel):
        to: str
        lines: Annotated[list[Unbounded], Field(min_length=1)]

    def place_order(order: Loose, sender: Sender, express: Annotated[bool, Body()] = False) -> dict[str, Any]:
        return told(order, sender, express)

    return order_app(place_order)


@wrong("3.6-order", says="a `count` of 51 was answered with 201")
def order_with_one_limit():
    class Positive(BaseModel):
        what: str
        count: Annotated[int, Field(gt=0)]

    class Loose(BaseModel):
        to: str
        lines: Annotated[list[Positive], Field(min_length=1)]

    def place_order(order: Loose, sender: Sender, express: Annotated[bool, Body()] = False) -> dict[str, Any]:
        return told(order, sender, express)

    return order_app(place_order)


@wrong("3.6-order", says="an order without any line was answered with 201")
def order_without_lines():
    class Loose(BaseModel):
        to: str
        lines: list[Line]

    def place_order(order: Loose, sender: Sender, express: Annotated[bool, Body()] = False) -> dict[str, Any]:
        return told(order, sender, express)

    return order_app(place_order)


@wrong("3.6-order", says="an order without `express` was refused")
def order_express_required():
    def place_order(order: Order, sender: Sender, express: Annotated[bool, Body()]) -> dict[str, Any]:
        return told(order, sender, express)

    return order_app(place_order)


@wrong("3.6-order", says='`{"to": "Grace", "sender": "Ada", "pieces": 7, "express": true}` was asked for')
def order_counts_lines():
    def place_order(order: Order, sender: Sender, express: Annotated[bool, Body()] = False) -> dict[str, Any]:
        return told(order, sender, express) | {"pieces": len(order.lines)}

    return order_app(place_order)


@wrong("3.6-order", says="201 Created was asked for, but 200 came")
def order_with_200():
    return order_app(order_by_wrapper_function, status_code=200)


@wrong("3.6-order", says="your app answered 500: KeyError")
def order_unchecked():
    def place_order(body: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
        order = Order(**body["order"])
        return told(order, Sender(**body["sender"]), body["express"])

    return order_app(place_order)


class Whole(BaseModel):
    order: Order
    sender: Sender
    express: bool = False


def order_by_wrapper_function(whole: Whole) -> dict[str, Any]:
    return told(whole.order, whole.sender, whole.express)


@right("3.6-order")
def order_by_one_model():
    return order_app(order_by_wrapper_function)


@right("3.6-order")
def order_embedded():
    class Receipt(BaseModel):
        to: str
        sender: str
        pieces: int
        express: bool

    async def place_order(
        order: Annotated[Order, Body(embed=True)],
        sender: Annotated[Sender, Body()],
        express: Annotated[bool | None, Body()] = None,
    ) -> Receipt:
        return Receipt(**told(order, sender, bool(express)))

    return order_app(place_order)


@right("3.6-order")
def order_by_a_dependency():
    def pieces(order: Order) -> Order:
        return order

    def place_order(
        order: Annotated[Order, Depends(pieces)],
        sender: Annotated[Sender, Body(embed=True)],
        express: Annotated[bool, Body(embed=True)] = False,
    ) -> dict[str, Any]:
        return told(order, sender, express)

    return order_app(place_order)


def order_of(kind: type[BaseModel]) -> FastAPI:
    class Counted(BaseModel):
        to: str
        lines: Annotated[list[kind], Field(min_length=1)]

    def place_order(order: Counted, sender: Sender, express: Annotated[bool, Body()] = False) -> dict[str, Any]:
        return told(order, sender, express)

    return order_app(place_order)


@wrong("3.6-order", says="a `count` of 1 is within the limits")
def order_from_two_on():
    class More(BaseModel):
        what: str
        count: Annotated[int, Field(gt=1, le=50)]

    return order_of(More)


@wrong("3.6-order", says="a `count` of 50 is within the limits")
def order_below_fifty():
    class Fewer(BaseModel):
        what: str
        count: Annotated[int, Field(ge=1, lt=50)]

    return order_of(Fewer)
