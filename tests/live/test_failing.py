"""Slips that learners make, in one real kernel: what they read first, or last, names the cause."""

import json
import re
import traceback
import weakref
from types import SimpleNamespace

import pytest
from fastapi import APIRouter, FastAPI

from helpers.live import failing
from tests.live.kernel import Kernel

IMPORTS = """
import asyncio, time
from typing import Annotated
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from pydantic import BaseModel
from helpers import AsyncClient, Client, Mailbox, process, record, serve
"""
APP = """
app = FastAPI()
printed = []

class Parcel(BaseModel):
    weight_kg: float

def print_label(number: int) -> None:
    printed.append(number)

@app.post("/parcels/{number}", status_code=201)
def hand_in(number: int, tasks: BackgroundTasks) -> dict[str, int]:
    tasks.add_task(print_label, number)
    return {"received": number}

@app.get("/parcels/{number}")
async def look_up(number: int) -> dict[str, int]:
    return {"number": number}

@app.post("/weigh")
def weigh(parcel: Parcel) -> float:
    return parcel.weight_kg
server = serve(app)
"""
ASK = """
answer = server.client.post("/parcels/7")
assert answer.status_code == 201
assert answer.json() == {"received": 7}
"""
LOOK = """
answer = server.client.get("/parcels/7")
assert answer.json() == {"number": 7}
"""
WEIGH = """
answer = server.client.post("/weigh", json={"weight_kg": 2.5})
assert answer.json() == 2.5
"""
TASK = """
with record() as timeline:
    server.client.post("/parcels/7")
assert printed == [7]
"""
# (what is replaced in the app, by what, the cell that fails, what its last lines say)
SLIPS = [
    ('return {"received": number}', 'return {"received": numero}', ASK, "name 'numero' is not defined"),
    ('return {"received": number}', 'return {"received": numero}', ASK, 'return {"received": numero}'),
    ('    return {"received": number}', "", ASK, "None"),
    ('@app.post("/parcels/{number}", status', '@app.post("/parcel/{number}", status', ASK, "405"),
    ('@app.get("/parcels/{number}")', '@app.get("/parcel/{number}")', LOOK, "405 to GET /parcels/7"),
    ('@app.get("/parcels/{number}")', '@app.get("/items/{number}")', LOOK, "GET /items/{number}"),
    (", status_code=201", ", status_code=202", ASK, "answer.status_code is 202"),
    (", status_code=201", "", ASK, "answer.status_code is 200"),
    ('return {"number": number}', 'return {"id": number}', LOOK, "{'id': 7}"),
    ('return {"number": number}', 'return {"number": str(number) + "a"}', LOOK, "Input should be a valid integer"),
    ('return {"number": number}', "return number", LOOK, "Input should be a valid dictionary"),
    ('return {"number": number}', "return look_up_in(number)", LOOK, "name 'look_up_in' is not defined"),
    ('return {"number": number}', "return asyncio.sleep(0, {'number': number})", LOOK, "coroutine"),
    ('return {"number": number}', "raise HTTPException(404, 'no such parcel')", LOOK, "no such parcel"),
    ('return {"number": number}', "return {'number': 7 / 0}", LOOK, "ZeroDivisionError: division by zero"),
    ('return {"number": number}', "return {'number': {}['a']}", LOOK, "KeyError: 'a'"),
    ('return {"number": number}', "return {'number': None.x}", LOOK, "'NoneType' object has no attribute 'x'"),
    ("look_up(number: int)", "look_up(nummer: int)", LOOK, "nummer"),
    ("look_up(number: int)", "look_up(number: bool)", LOOK, "bool_parsing"),
    ("weight_kg: float", "weight: float", WEIGH, "Field required"),
    ("weight_kg: float", "weight_kg: int", WEIGH, "int_from_float"),
    ("weigh(parcel: Parcel)", "weigh(parcel: float)", WEIGH, "'loc': ['query', 'parcel']"),
    ("return parcel.weight_kg", "return parcel.wieght_kg", WEIGH, "no attribute 'wieght_kg'"),
    ("return parcel.weight_kg", "return parcel", WEIGH, "Input should be a valid number"),
    ("printed.append(number)", "printed.append(numero)", TASK, "name 'numero' is not defined"),
    ("printed.append(number)", "printed.append(number)", TASK + "assert printed[1] == 7", "IndexError"),
    ("printed.append(number)", "printed.append(str(number))", TASK, "printed is ['7']"),
    ("tasks.add_task(print_label, number)", "tasks.add_task(print_label(number))", TASK + "assert timeline['print_label'].started_after_response", "the first argument must be callable"),
    ("tasks.add_task(print_label, number)", "tasks.add_task(print_label)", TASK, "missing 1 required positional argument: 'number'"),
    ("tasks.add_task(print_label, number)", "tasks.add_task(print_label, nr=number)", TASK, "unexpected keyword argument 'nr'"),
    ("tasks.add_task(print_label, number)", "tasks.add_task('print_label', number)", TASK, "the first argument must be callable"),
    ("tasks.add_task(print_label, number)", "tasks.add(print_label, number)", TASK, "no attribute 'add'"),
    ("tasks.add_task(print_label, number)", "pass", TASK, "printed is []"),
    ("tasks: BackgroundTasks)", "tasks: BackgroundTasks = None)", "server.client.post('/parcels/7', jsn={})", "unexpected keyword argument 'jsn'"),
    ("", "", "answer = server.client.get('/parcels/x')\nassert answer.status_code == 200", "int_parsing"),
    ("", "", "answer = server.client.get('/parcels/7')\nanswer.json()['nummer']", "{\"number\":7}"),
    ("", "", "answer = server.client.get('/parcels/7')\nassert answer.json()['nummer'] == 7", "{\"number\":7}"),
    ("", "", "answer = AsyncClient(base_url=server.url).get('/parcels/7')\nassert answer.status_code == 200", "called and not awaited"),
    ("", "", "with record() as timeline:\n    server.client.post('/parcels/7')\ntimeline['print_lable']", "print_label"),
    ("", "", "a = server.client.get('/parcels/7')\nb = server.client.get('/parcels/8')\nassert a.json() == b.json()", "{'number': 8}"),
    ("", "", "numbers = [1, 2]\nassert len(numbers) > 1 and numbers[0] == 2", "numbers[0] is 1"),
    ("", "", "numbers = [1, 2]\nassert all(number > 1 for number in numbers)", "numbers is [1, 2]"),
    ("", "", "from helpers import serv", "cannot import name 'serv'"),
    ("", "", "serve(APP)", "name 'APP' is not defined"),
    ("", "", "serve(FastAPI)", "call it, FastAPI()"),
    ("", "", "import pathlib, tempfile\nfolder = tempfile.mkdtemp()\n(pathlib.Path(folder) / 'main.py').write_text('from fastapi import FastAPI\\napp = FastAPI()\\n@app.get(\"/\")\\ndef root():\\n    return numero\\n')\nwith process(['uvicorn', 'main:app', '--port', '{port}'], cwd=folder) as web:\n    answer = web.client.get('/')\n    assert answer.status_code == 200", "main.py, line 5: return numero"),
]  # fmt: skip


@pytest.fixture(scope="module")
def kernel():
    kernel = Kernel()
    assert kernel.run(IMPORTS) == ("", [])
    yield kernel
    kernel.end()


@pytest.mark.parametrize(("right", "slip", "cell", "says"), SLIPS)
def test_the_last_lines_name_the_cause(kernel, right, slip, cell, says):
    assert right in APP
    kernel.run(APP.replace(right, slip) if right else APP)
    _, lines = kernel.run(cell)
    assert says in "\n".join(lines[-4:]), "\n".join(lines)
    assert len(lines) <= 14 and not any("site-packages" in line or "ipykernel_" in line for line in lines)


def test_an_error_stands_there_with_the_cell_and_line_that_raised_it_once(kernel):
    kernel.run(APP.replace('return {"received": number}', 'return {"received": numero}'))
    _, lines = kernel.run(ASK)
    assert re.fullmatch(
        r"Meanwhile your app logged NameError: name 'numero' is not defined "
        r'\(Cell In\[\d+\], line \d+: return {"received": numero}\)',
        lines[-1],
    ), lines
    assert sum("numero" in line for line in lines) == 1
    _, lines = kernel.run("1 / 0")
    assert re.fullmatch(r"  Cell In\[\d+\], line 1", lines[1]) and lines[2] == "    1 / 0", lines
    assert lines[-1].startswith("In an earlier cell your app logged NameError")


def test_an_app_that_a_later_cell_defined_is_named(kernel):
    kernel.run(APP)
    kernel.run("app = FastAPI()\n\n@app.get('/prices')\ndef read() -> int:\n    return 7")
    _, lines = kernel.run(f"server = serve(app)\n{LOOK}")
    assert lines[-1] == (
        "Your app answered 404 to GET /parcels/7. It has: GET /prices."
        " If that is another cell's app, run the cell that defines this one's again, then this one."
    )
    kernel.run(APP.replace('return {"number": number}', "raise HTTPException(404)"))
    _, lines = kernel.run(LOOK)
    assert lines[-1].startswith("Your app answered 404 to GET /parcels/7. It has: ") and "another" not in lines[-1]


def test_of_a_logged_error_the_learners_own_last_line_is_named():
    logged = f"""Traceback (most recent call last):
  File "/tmp/main.py", line 3, in outer
    inner()
  File "/tmp/main.py", line 7, in inner
    json.loads("x")
  File "{json.__file__}", line 346, in loads
    return _default_decoder.decode(s)
ValueError: no JSON
"""
    assert failing._last_error(logged, None) == 'ValueError: no JSON (main.py, line 7: json.loads("x"))'
    assert failing._last_error("all is well", None) == ""
    assert failing._last_error(
        f"{logged}\n{logged.replace('ValueError: no JSON', 'KeyError: ' + 400 * 'x')}", None
    ) == (f'KeyError: {290 * "x"}… (main.py, line 7: json.loads("x"))')


def test_an_app_has_the_routes_that_a_reader_wrote_and_included():
    app, router = FastAPI(), APIRouter(prefix="/in")
    app.api_route("/b", methods=["PUT", "DELETE"])(lambda: None)
    app.get("/hidden", include_in_schema=False)(lambda: None)
    router.get("/{number}")(lambda number: None)
    app.include_router(router)
    assert failing._routes(app) == ["DELETE /b", "PUT /b", "GET /in/{number}"] and failing._routes(None) == []
    assert failing._fits(app, "/in/7") and not failing._fits(app, "/7")


def test_eight_routes_at_most_are_told():
    app = FastAPI()
    for number in range(9):
        app.get(f"/{number}")(lambda: None)
    told = failing._last_refusal('"GET /x?y=1 HTTP/1.1" 404', SimpleNamespace(app=app))
    assert told.count("GET /") == 1 + 8 and "/8" not in told and told.endswith(failing.DEFINED_ANEW)


def test_nothing_changes_in_a_cell_that_succeeds(kernel):
    kernel.run(f"import gc\ngc.collect()\n{APP}")  # Python tells of a slip's coroutine when it collects it
    assert kernel.run(ASK) == ("", [])


def test_an_expected_error_is_shown_as_ever(kernel):
    _, lines = kernel.run("1 / 0", stop_on_error=False)
    assert lines[0].startswith("-----") and lines[-1] == "ZeroDivisionError: division by zero"


def test_under_nbval_errors_are_shown_as_ever():
    kernel = Kernel(COURSE_RUN="ci")
    try:
        kernel.run(IMPORTS)
        _, lines = kernel.run("number = 1\nassert number == 2")
        assert lines[0].startswith("-----") and lines[-1].startswith("AssertionError")
    finally:
        kernel.end()


def test_a_chain_of_own_frames_is_shown_without_the_libraries(kernel):
    _, lines = kernel.run("def inner():\n    return 1 / 0\ndef outer():\n    return inner()\nouter()")
    assert [line.strip() for line in lines if not line.startswith("  Cell")][:5] == [
        "Traceback (most recent call last):",
        "outer()",
        "return inner()",
        "return 1 / 0",
        "ZeroDivisionError: division by zero",
    ]
    _, lines = kernel.run("def deep(): return deep()\ndeep()")
    assert len(lines) < 20


def logged_by(error: Exception) -> str:
    try:
        raise error
    except Exception:
        return f"ERROR Exception in ASGI application\n{traceback.format_exc()}\nINFO done"


def test_of_a_group_the_error_inside_is_told_without_its_frame():
    for error in (ValueError("inside"), ExceptionGroup("inner", [TypeError("first"), ValueError("inside")])):
        told = failing._last_error(logged_by(ExceptionGroup("unhandled", [error])), None)
        assert told == "ValueError: inside"


def rendered(error: Exception) -> list[str]:
    try:
        raise error
    except Exception as raised:
        return failing._rendered(raised, SimpleNamespace(), weakref.WeakKeyDictionary(), "")


def test_what_lies_behind_a_cells_error_is_told_with_it():
    inner = ExceptionGroup("in", [KeyError("tax")])
    lines = rendered(ExceptionGroup("unhandled errors in a TaskGroup", [ValueError("no price\nat all"), inner]))
    inside = [line.removeprefix("  inside: ") for line in lines if line.startswith("  inside: ")]
    assert inside == ["ValueError: no price", f"ExceptionGroup: {inner}", "KeyError: 'tax'"]
    caused = RuntimeError("no settings")
    caused.__cause__ = KeyError("host")
    lines = rendered(caused)
    assert lines[lines.index("RuntimeError: no settings") + 1] == "  raised from KeyError: 'host'"
    caused.__cause__ = OSError("no settings")  # as httpx's errors quote httpcore's
    assert not any("raised from" in line for line in rendered(caused))


def test_code_that_goes_on_with_an_operator_is_no_error():
    """Python 3.13 shows all lines of it."""
    logged = """Traceback (most recent call last):
  File "/tmp/main.py", line 3, in price
    total
    + tax
    ^^^^^
TypeError: no number
"""
    assert failing._last_error(logged, None) == "TypeError: no number (main.py, line 3: total)"
