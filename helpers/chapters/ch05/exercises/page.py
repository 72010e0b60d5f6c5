"""Exercise 5.3-page: a page, its filter, its order and its total."""

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import FastAPI, Query

from helpers.chapters.asking import ask, logged
from helpers.chapters.ch05.exercises.database import execute, statements
from helpers.chapters.ch05.exercises.tables import at_the_tables
from helpers.learning.model import Exercise
from helpers.live.server import Server, running

if TYPE_CHECKING:
    from helpers.chapters.ch05.exercises.database import AnyEngine
    from helpers.chapters.ch05.exercises.tables import BaseModel, Field, Receipt, Session, func, receipts_engine, select

HUGE = 2**63
REFUSED = (
    "sort=weight",
    "sort=id; DROP TABLE receipt",
    "limit=0",
    "limit=101",
    "limit=many",
    "offset=-1",
    f"offset={HUGE}",
)


def _check_list(app: FastAPI, engine: "AnyEngine") -> str:
    # Days fall and rise, and many are equal: only the id tells these apart.
    receipts = [
        ("check Ada", 3),
        ("check Ada", 1),
        ("check Grace", 2),
        ("check Ada", 3),
        ("check Ada", 2),
        ("check Ada", 1),
    ]
    receipts += [("check many", number % 2) for number in range(130)]
    ids = []
    try:
        for recipient, day in receipts:
            add = "INSERT INTO receipt (recipient, day) VALUES (:recipient, :day)"
            ids += execute(engine, add, recipient=recipient, day=day)
        rows = [(id, recipient, day) for id, (recipient, day) in zip(ids, receipts)]
        with statements(engine) as told, running(app) as server:
            _try_pages(server, rows)
            assert told, "no statement reached the engine that was passed: use `Session(receipts_engine)`."
            every = execute(engine, "SELECT count(*) FROM receipt")[0][0]
            _, total = _page(server, "limit=1")
            assert total == every, f"without a filter {every} receipts fit, but `total` says {total}."
            for query in REFUSED:
                code = ask(server, "GET", f"/receipts?{query}").status_code
                shown = query.replace(str(HUGE), "2**63")
                assert code == 422, f"422 was asked for `?{shown}`, but {code} came."
    finally:
        execute(engine, "DELETE FROM receipt WHERE recipient LIKE 'check %'")
    return "Filter, order, page and total fit together, and what makes no sense was refused."


def _try_pages(server: Server, rows: list[tuple[int, str, int]]) -> None:
    for query, recipient, sort, offset, limit in (
        ("recipient=check Ada&sort=day", "check Ada", "day", 0, 20),
        ("recipient=check Ada&sort=-day", "check Ada", "-day", 0, 20),
        ("recipient=check Ada&sort=day&limit=2&offset=1", "check Ada", "day", 1, 2),
        ("recipient=check many&sort=day", "check many", "day", 0, 20),
        ("recipient=check many&sort=day&offset=0", "check many", "day", 0, 20),
        ("recipient=check many&sort=-day&limit=100&offset=60", "check many", "-day", 60, 100),
        ("recipient=check nobody", "check nobody", "day", 0, 20),
        ("recipient=check Ada&sort=day&offset=1000", "check Ada", "day", 1000, 20),
    ):
        fitting = [row for row in rows if row[1] == recipient]
        fitting.sort(key=lambda row: (row[2] if sort == "day" else -row[2], row[0]))
        expected = [row[0] for row in fitting[offset : offset + limit]]
        got, total = _page(server, query)
        assert len(got) == len(expected), f"`?{query}` should give {len(expected)} receipts, and {len(got)} came."
        assert set(got) <= {row[0] for row in fitting}, f"`?{query}` gave receipts of other recipients."
        days = {row[0]: row[2] for row in rows}
        assert [days[id] for id in got] == [days[id] for id in expected], (
            f"`?{query}` came in another order of days than `{sort}` says."
        )
        assert got == expected, (
            f"`?{query}`: receipts of the same day should come by their ids; without that a page may repeat what another had."
        )
        assert total == len(fitting), (
            f"`?{query}`: {len(fitting)} receipts fit the filter, but `total` says {total}. It counts what fits, not the page."
        )


def _page(server: Server, query: str) -> tuple[list[int], int]:
    answer = ask(server, "GET", f"/receipts?{query}")
    assert answer.status_code == 200, (
        f"your app answered {answer.status_code} for `?{query}`: {logged(server) or answer.text[:80]}."
    )
    body = answer.json()
    assert isinstance(body, dict) and isinstance(body.get("items"), list) and "total" in body, (
        'an object with `items` and `total` was asked for, such as `{"items": [], "total": 0}`.'
    )
    assert all(isinstance(item, dict) and {"id", "recipient", "day"} <= set(item) for item in body["items"]), (
        "each item should have the receipt's id, recipient and day."
    )
    return [item["id"] for item in body["items"]], body["total"]


@at_the_tables
def _solve_list() -> tuple[FastAPI, "AnyEngine"]:
    class ReceiptQuery(BaseModel):
        recipient: str | None = None
        sort: Literal["day", "-day"] = "day"
        limit: int = Field(default=20, ge=1, le=100)
        offset: int = Field(default=0, ge=0, le=2**63 - 1)

    class ReceiptPage(BaseModel):
        items: list[Receipt]
        total: int

    app = FastAPI()

    @app.get("/receipts")
    def list_receipts(query: Annotated[ReceiptQuery, Query()]) -> ReceiptPage:
        fitting = select(Receipt)
        if query.recipient is not None:
            fitting = fitting.where(Receipt.recipient == query.recipient)
        order = Receipt.day if query.sort == "day" else Receipt.day.desc()
        with Session(receipts_engine) as session:
            total = session.exec(select(func.count()).select_from(fitting.subquery())).one()
            page = fitting.order_by(order, Receipt.id).offset(query.offset).limit(query.limit)
            return ReceiptPage(items=session.exec(page).all(), total=total)

    return app, receipts_engine


EXERCISE = Exercise(
    id="5.3-page",
    title="a page, its filter, its order and its total",
    task="`GET /receipts` should answer with `items` and `total`, filtered by `recipient`, sorted by `day` or `-day` and then by id, "
    "cut by `limit` (20, at most 100) and `offset`; other values of these are a 422.",
    check=_check_list,
    hints=(
        "A model of query parameters keeps the limits: `Annotated[ReceiptQuery, Query()]`, with `Literal` and `Field(ge=, le=)`.",
        "Build the filter first, count that, and only then sort and cut.",
        "`order_by(Receipt.day, Receipt.id)`: two receipts of one day need an order, too.",
    ),
    solution=_solve_list,
    wants=("app", "value"),
    routes=("GET /receipts",),
)
