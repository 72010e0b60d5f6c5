"""Templates of chapter 10: what belongs together in one request."""

from random import Random

from helpers.exam.templates.model import Shape, Template, believing


class Together(Template):
    id, level, proof = "10.3-through", 3, "cell 4/rule-dropped"
    read = "4.3"
    facts = ("raise-drops-tasks",)
    why = "A request goes through the middleware, then its dependencies, then the body is checked, then the path operation runs; errors become an answer inside of the middleware; tasks run when an answer of the path operation was sent."

    def shape(self, dice: Random) -> Shape:
        return Shape(
            sent=dice.choice(['{"weight": 2}', '{"weight": 2}', '{"weight": "heavy"}', "{}"]),
            login=dice.choice(["ok", "ok", "401", "403"]),
            fails=dice.choice([None, None, 409, 404]),
            task=dice.choice(["before", "after"]),
            code=dice.choice([201, 202]),
            name=dice.choice(["gate", "user", "owner"]),
        )

    def code(self, p: Shape) -> str:
        login = "" if p.login == "ok" else f"    raise HTTPException({p.login})\n"
        add = "    tasks.add_task(told.append, 'task')\n".replace("'", '"')
        fails = f"    raise HTTPException({p.fails})\n" if p.fails else ""
        body = add + fails if p.task == "before" else fails + add
        return f"""
told: list[str] = []

def {p.name}() -> None:
    told.append("{p.name}")
{login}
class Parcel(BaseModel):
    weight: float

app = FastAPI()

@app.middleware("http")
async def around(request: Request, call_next) -> Response:
    told.append("in")
    response = await call_next(request)
    told.append("out")
    return response

@app.post("/", status_code={p.code}, dependencies=[Depends({p.name})])
def hand_in(parcel: Parcel, tasks: BackgroundTasks) -> None:
    told.append("run")
{body}
code = TestClient(app).post("/", json={p.sent}).status_code
print(code, *told)
"""

    def _told(self, p: Shape, **other: object) -> str:
        o = {"body_first": False, "out": True, "dropped": True, "lists": False, "code": None, "task_last": True} | other
        inner, code = self._inside(p, body_first=bool(o["body_first"]))
        ran = "run" in inner and (not p.fails or (not o["dropped"] and p.task == "before"))
        task = ["task"] if ran or o["lists"] else []
        out = ["out"] if o["out"] or code < 400 else []
        behind = [*out, *task] if o["task_last"] else [*task, *out]
        return " ".join([str(o["code"] or code), "in", *inner, *behind])

    def _inside(self, p: Shape, body_first: bool) -> tuple[list[str], int]:
        """What is called inside of the middleware, and the code that comes of it."""
        bad = p.sent != '{"weight": 2}'
        if bad and body_first:
            return [], 422
        if p.login != "ok":
            return [p.name], int(p.login)
        if bad:
            return [p.name], 422
        return [p.name, "run"], p.fails or p.code

    @believing(
        "Dependencies are called before the body's faults are told: their refusal comes first, and they run in any case."
    )
    def body_first(self, p: Shape) -> str:
        return self._told(p, body_first=True)

    @believing("An `HTTPException` and a 422 are answers that the middleware sees on their way out.")
    def no_way_out(self, p: Shape) -> str:
        return self._told(p, out=False)

    @believing("Tasks belong to the answer of the path operation: with an `HTTPException` they are dropped.")
    def kept_task(self, p: Shape) -> str:
        return self._told(p, dropped=False)

    @believing("A path operation that does not run adds no task, and one that raises loses its own.")
    def always_task(self, p: Shape) -> str:
        return self._told(p, lists=True)

    @believing("The task runs behind the sending of the answer, which this middleware has let through by then.")
    def task_before_out(self, p: Shape) -> str:
        return self._told(p, task_last=False)

    @believing("The declared code is that of success only.")
    def declared_code(self, p: Shape) -> str:
        return self._told(p, code=p.code)

    @believing("An error that has its own answer is no 500.")
    def server_error(self, p: Shape) -> str:
        return self._told(p, code=500)

    @believing("Without an error all of it happens: gate, path operation, task.")
    def nothing_runs(self, p: Shape) -> str:
        return f"{p.code} in out"
