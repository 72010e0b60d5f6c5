"""Exercise 5.3-soft: deleted, and still there."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, HTTPException, Path

from helpers.chapters.asking import ask, logged
from helpers.chapters.ch05.exercises.database import borrowed, execute
from helpers.chapters.ch05.exercises.tables import at_the_tables
from helpers.learning.model import Exercise
from helpers.live.server import Server, running

if TYPE_CHECKING:
    from helpers.chapters.ch05.exercises.database import AnyEngine
    from helpers.chapters.ch05.exercises.tables import IntegrityError, Session, Tour, select, tours_engine


def _check_soft(app: FastAPI, engine: "AnyEngine") -> str:
    try:
        with borrowed(engine) as connections, running(app) as server:
            north, south = _created(server, "check north"), _created(server, "check south")
            _expect(server, "POST", "/tours?name=check north", 409, "a tour in use has this name")
            _expect(server, "DELETE", f"/tours/{north}", 204, "a tour was deleted")
            assert connections.ever, (
                "no connection of the engine that you passed was borrowed: is it the one that your app uses?"
            )
            marks = dict(execute(engine, "SELECT id, deleted FROM tour WHERE name LIKE 'check %'"))
            assert north in marks, "the row of a deleted tour is gone: it should only be marked."
            assert marks[north], "the answer was 204, and the tour is not marked as deleted: was it committed?"
            assert not marks[south], "another tour was marked as deleted, too."
            _listed(server, {"check south"})
            _expect(server, "DELETE", f"/tours/{north}", 404, "the tour was deleted before")
            _expect(server, "DELETE", "/tours/987654", 404, "there is no such tour")
            _restored(server, engine, north)
            _expect(server, "POST", f"/tours/{south}/restore", 404, "the tour to restore is not deleted")
            _expect(server, "POST", "/tours/987654/restore", 404, "there is no tour to restore")
            _expect(server, "DELETE", f"/tours/{north}", 204, "a tour was deleted, the second time")
            other = _created(server, "check north")
            assert other != north, (
                "a new tour under the name of a deleted one is a tour of its own, with an id of its own."
            )
            _expect(server, "POST", f"/tours/{north}/restore", 409, "its name was taken meanwhile")
            _listed(server, {"check south", "check north"})
    finally:
        execute(engine, "DELETE FROM tour WHERE name LIKE 'check %'")
    return "Deleted tours kept their rows, gave their names free, and came back where they could."


def _expect(server: Server, method: str, path: str, code: int, why: str) -> Any:
    answer = ask(server, method, path)
    assert answer.status_code < 500, f"{why}, and your app answered 500: {logged(server)}."
    assert answer.status_code == code, f"{why}: {code} was asked for, but {answer.status_code} came."
    return answer


def _created(server: Server, name: str) -> int:
    body = _expect(server, "POST", f"/tours?name={name}", 201, "no tour in use has this name").json()
    assert isinstance(body, dict) and isinstance(body.get("id"), int) and body.get("name") == name, (
        "a new tour should be answered with its id and its name."
    )
    return body["id"]


def _restored(server: Server, engine: "AnyEngine", id: int) -> None:
    body = _expect(server, "POST", f"/tours/{id}/restore", 200, "a deleted tour came back").json()
    assert isinstance(body, dict) and body.get("id") == id, "a tour that came back should be answered with its id."
    assert not execute(engine, "SELECT deleted FROM tour WHERE id = :id", id=id)[0][0], (
        "the answer was 200, and the tour is still marked as deleted: was it committed?"
    )
    _listed(server, {"check south", "check north"})


def _listed(server: Server, names: set[str]) -> None:
    body = _expect(server, "GET", "/tours", 200, "tours were asked for").json()
    assert isinstance(body, list), "a list of tours was asked for."
    found = sorted(tour["name"] for tour in body if str(tour.get("name")).startswith("check "))
    assert found == sorted(names), f"in use are {sorted(names)}, but the list has {found}."


@at_the_tables
def _solve_soft() -> tuple[FastAPI, "AnyEngine"]:
    app = FastAPI()

    def committed(session: Session, tour: Tour) -> Tour:
        try:
            session.commit()
        except IntegrityError:
            raise HTTPException(409, "this name is taken") from None
        session.refresh(tour)
        return tour

    def found(session: Session, tour_id: int, deleted: bool) -> Tour:
        tour = session.exec(select(Tour).where(Tour.id == tour_id, Tour.deleted == deleted)).first()
        if tour is None:
            raise HTTPException(404, "no such tour")
        return tour

    @app.post("/tours", status_code=201)
    def create_tour(name: str) -> Tour:
        with Session(tours_engine) as session:
            tour = Tour(name=name)
            session.add(tour)
            return committed(session, tour)

    @app.get("/tours")
    def list_tours() -> list[Tour]:
        with Session(tours_engine) as session:
            return list(session.exec(select(Tour).where(~Tour.deleted)))

    @app.delete("/tours/{tour_id}", status_code=204)
    def delete_tour(tour_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> None:
        with Session(tours_engine) as session:
            found(session, tour_id, deleted=False).deleted = True
            session.commit()

    @app.post("/tours/{tour_id}/restore")
    def restore_tour(tour_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> Tour:
        with Session(tours_engine) as session:
            tour = found(session, tour_id, deleted=True)
            tour.deleted = False
            return committed(session, tour)

    return app, tours_engine


EXERCISE = Exercise(
    id="5.3-soft",
    title="deleted, and still there",
    task="Deleting should only mark a tour: create (201 or 409), list those in use, delete (204) and restore (200, or 409 when the "
    "name was taken meanwhile); what is not there, or not deleted, is a 404.",
    check=_check_soft,
    hints=(
        "Every query has to leave the deleted ones out. How many queries do you write?",
        "The index is unique among tours in use, so a commit fails twice: when one is made, and when one comes back.",
        "One function that finds a tour by id and mark, and one that commits or answers 409, serve all four.",
    ),
    solution=_solve_soft,
    wants=("app", "value"),
    routes=("POST /tours", "GET /tours", "DELETE /tours/{tour_id}", "POST /tours/{tour_id}/restore"),
)
