"""What learners pass to 5.3-page."""

from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query
from pydantic import BaseModel, Field
from sqlmodel import Session, col, func, select

from helpers.chapters.ch05.exercises.tables import tables
from tests.chapters.answers import right, stub, wrong

world = tables()
engine, Receipt = world.receipts_engine, world.Receipt


class ReceiptQuery(BaseModel):
    recipient: str | None = None
    sort: Literal["day", "-day"] = "day"
    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**63 - 1)


class ReceiptPage(BaseModel):
    items: list[Receipt]
    total: int


def counted(session: Session, query: Any) -> int:
    return session.exec(select(func.count()).select_from(query.subquery())).one()


def receipts(model: Any = ReceiptQuery, tie: bool = True, total: str = "fitting", filtered: bool = True):
    """An app as the solution, but for what is passed."""
    app = FastAPI()

    @app.get("/receipts")
    def list_receipts(query: Annotated[model, Query()]) -> ReceiptPage:
        fitting = select(Receipt)
        if filtered and query.recipient is not None:
            fitting = fitting.where(Receipt.recipient == query.recipient)
        order = col(Receipt.day).desc() if query.sort == "-day" else col(Receipt.day)
        page = fitting.order_by(order, col(Receipt.id) if tie else col(Receipt.id).desc())
        with Session(engine) as session:
            items = session.exec(page.offset(query.offset).limit(query.limit)).all()
            counts = {
                "page": len(items),
                "all": counted(session, select(Receipt)),
                "fitting": counted(session, fitting),
            }
            return ReceiptPage(items=items, total=counts[total])

    return app, engine


@stub("5.3-page")
def list_shipped():
    app = FastAPI()

    @app.get("/receipts")
    def list_receipts() -> dict: ...

    return app, engine


@wrong("5.3-page", says="It counts what fits, not the page")
def list_total_of_the_page():
    return receipts(total="page")


@wrong("5.3-page", says="5 receipts fit the filter, but `total` says 136")
def list_total_of_everything():
    return receipts(total="all")


@wrong("5.3-page", says="receipts of the same day should come by their ids")
def list_without_a_tie_break():
    return receipts(tie=False)


@wrong("5.3-page", says="should give 5 receipts, and 20 came")
def list_without_the_filter():
    return receipts(filtered=False)


@wrong("5.3-page", says="422 was asked for `?sort=weight`, but 200 came")
def list_sorted_by_anything():
    class Free(ReceiptQuery):
        sort: str = "day"

    return receipts(Free)


@wrong("5.3-page", says="422 was asked for `?limit=0`, but 200 came")
def list_without_limits():
    class Free(ReceiptQuery):
        limit: int = 20
        offset: int = 0

    return receipts(Free)


@wrong("5.3-page", says="422 was asked for `?offset=2**63`, but 500 came")
def list_with_a_huge_offset():
    class Free(ReceiptQuery):
        offset: int = Field(default=0, ge=0)

    return receipts(Free)


@wrong("5.3-page", says="an object with `items` and `total` was asked for")
def list_bare():
    app = FastAPI()

    @app.get("/receipts")
    def list_receipts(query: Annotated[ReceiptQuery, Query()]) -> list[Receipt]:
        with Session(engine) as session:
            return list(session.exec(select(Receipt).limit(query.limit)))

    return app, engine


@wrong("5.3-page", says="came in another order of days than `-day` says")
def list_always_up():
    class Up(ReceiptQuery):
        sort: str = Field(default="day", pattern="^-?day$")

    app = FastAPI()

    @app.get("/receipts")
    def list_receipts(query: Annotated[Up, Query()]) -> ReceiptPage:
        fitting = select(Receipt).where(Receipt.recipient == query.recipient)
        with Session(engine) as session:
            page = fitting.order_by(col(Receipt.day), col(Receipt.id)).offset(query.offset).limit(query.limit)
            return ReceiptPage(items=session.exec(page).all(), total=counted(session, fitting))

    return app, engine


@right("5.3-page")
def list_by_parameters():
    app = FastAPI()

    @app.get("/receipts")
    def list_receipts(
        recipient: str | None = None,
        sort: Annotated[str, Query(pattern="^-?day$")] = "day",
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    ) -> ReceiptPage:
        where = [] if recipient is None else [Receipt.recipient == recipient]
        order = col(Receipt.day).desc() if sort.startswith("-") else col(Receipt.day)
        with Session(engine) as session:
            total = session.exec(select(func.count()).select_from(Receipt).where(*where)).one()
            page = select(Receipt).where(*where).order_by(order, col(Receipt.id)).offset(offset).limit(limit)
            return ReceiptPage(items=session.exec(page).all(), total=total)

    return app, engine


@right("5.3-page")
def list_in_python():
    app = FastAPI()

    @app.get("/receipts")
    def list_receipts(query: Annotated[ReceiptQuery, Query()]) -> dict[str, Any]:
        with Session(engine) as session:
            rows = [row.model_dump() for row in session.exec(select(Receipt))]
        rows = [row for row in rows if query.recipient in (None, row["recipient"])]
        rows.sort(key=lambda row: (row["day"] if query.sort == "day" else -row["day"], row["id"]))
        return {"items": rows[query.offset : query.offset + query.limit], "total": len(rows)}

    return app, engine


@right("5.3-page")
def list_with_an_enum():
    from enum import StrEnum

    class Sort(StrEnum):
        UP = "day"
        DOWN = "-day"

    class Sorted(ReceiptQuery):
        sort: Sort = Sort.UP

    return receipts(Sorted)


class FromTheSecond(ReceiptQuery):
    offset: int = Field(default=0, gt=0, le=2**63 - 1)


@wrong("5.3-page", says="offset=0")
def list_without_an_offset_of_zero():
    return receipts(FromTheSecond)


@wrong("5.3-page", says="each item should have the receipt's id")
def list_of_ids():
    app = FastAPI()

    @app.get("/receipts")
    def list_receipts():
        with Session(engine) as session:
            ids = session.exec(select(Receipt.id)).all()
        return {"items": list(ids), "total": len(ids)}

    return app, engine
