"""Exercise 2.3-need: a gate with a role."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import code


def _check_need(need: Callable[[str], Any]) -> str:
    reached: list[str] = []
    app = FastAPI()
    gates = {"clerk": need("clerk"), "driver": need("driver")}
    for role, gate in gates.items():
        assert gate is not None, (
            f'`need("{role}")` returned `None`. It should return the dependency: a function, or an object with `__call__`, that '
            "FastAPI calls for each request."
        )
        assert callable(gate), (
            f'`need("{role}")` should return what FastAPI can call, but {code(repr(gate)[:40])} came.'
        )

    @app.delete("/parcels/{number}", status_code=204, dependencies=[Depends(gates["clerk"])])
    def delete_parcel(number: int) -> None:
        reached.append(f"deleted {number}")

    @app.get("/tours", dependencies=[Depends(gates["driver"])])
    def list_tours() -> list[str]:
        reached.append("toured")
        return ["north"]

    cases = (
        ("DELETE", "/parcels/7", "clerk", 204),
        ("DELETE", "/parcels/8", "driver", 403),
        ("GET", "/tours", "driver", 200),
        ("GET", "/tours", "clerk", 403),
        ("DELETE", "/parcels/9", None, 403),
        ("GET", "/tours", "", 403),
        ("GET", "/tours", "drivers", 403),
        ("GET", "/tours", "driver", 200),
    )
    with running(app) as server:
        for method, path, role, status in cases:
            before = len(reached)
            answer = ask(server, method, path, headers={} if role is None else {"X-Role": role})
            who = f"somebody with the role {code(role)}" if role else "somebody without a role"
            what = f"{who} asked {code(f'{method} {path}')}"
            told = logged(server)
            assert answer.status_code < 500, f"{what}, and your dependency failed: {told}."
            assert answer.status_code != 422 or status == 422, (
                f"{what}, and FastAPI answered 422: it misses {code(_missing(answer))}. Read the header `X-Role`, and let it be "
                "missing: nobody without a role should learn more than 403."
            )
            assert not (status == 403 and len(reached) > before), (
                f"{what} and got through. A dependency refuses by raising `HTTPException(403)`; what it returns is not looked at, "
                "and each gate lets in its own role alone."
            )
            assert answer.status_code == status, f"{what}: {status} was asked for, but {answer.status_code} came."
    return "One function made two gates, and each let in its own role alone."


def _missing(answer: Any) -> str:
    detail = answer.json()["detail"]
    return detail[0]["loc"][-1] if isinstance(detail, list) else "a parameter"


def _solve_need() -> Callable[[str], Any]:
    def need(role: str) -> Callable[..., None]:
        def check_role(x_role: Annotated[str, Header()] = "") -> None:
            if x_role != role:
                raise HTTPException(403, f"for the role {role} alone")

        return check_role

    return need


EXERCISE = Exercise(
    id="2.3-need",
    title="a gate with a role",
    task='`need("clerk")` should make a dependency that lets a request pass when its header `X-Role` says `clerk`, and refuses all '
    "others with 403, those without the header too.",
    check=_check_need,
    hints=(
        "FastAPI calls the dependency, not `need`. What does `need` have to return?",
        "The inner function declares the header as its parameter. What makes a header one that may be missing?",
        "How does a dependency end a request? Its result is not looked at in `dependencies=[...]`.",
    ),
    solution=_solve_need,
    wants="callable",
)
