"""The shipped service with one fault each: what is replaced in which file, and what is said of the promise it breaks."""

from typing import NamedTuple


class Variant(NamedTuple):
    """`breaks` is the promise, `says` a part of the sentence; `old` stands exactly once in `file`, but with
    `everywhere`, and becomes `new`. The test of the service that would notice, `unseen_by`, is left out."""

    breaks: str
    says: str
    old: str
    new: str
    file: str = "main.py"
    everywhere: bool = False
    unseen_by: str = ""


SHUTDOWN = "    closing.set()\n    await drawing\n"
TIDY = """    with Session(engine) as session:
        for label in session.exec(select(Label).where(Label.state != "drawn")):
            session.delete(label)
        session.commit()
"""

VARIANTS = {
    "it draws in the event loop": Variant(
        "computing", "within 15 s", "await run_in_threadpool(draw_next)", "draw_next()"
    ),
    "a session lasts until the task after the response has ended": Variant(
        "sessions",
        "something is held until the work is done",
        'get_session, scope="function", max',
        "get_session, max",
    ),
    "all threads may wait for the carrier": Variant(
        "crowd", "the list was read 0 times", "Depends(ask_carrier, max_concurrency=10)", "Depends(ask_carrier)"
    ),
    "what is not drawn is tidied up at the end": Variant(
        "terminated", "accepted orders were not done", SHUTDOWN, SHUTDOWN + TIDY
    ),
    "what a killed process had begun is never begun anew": Variant(
        "killed", "accepted orders were not done", 'Label.state != "drawn"', 'Label.state == "ordered"'
    ),
    "nothing makes a key unique": Variant(
        "once",
        "brought in 9 pieces of work",
        'UniqueConstraint("owner", "key")',
        'UniqueConstraint("id", "key")',
        unseen_by="test_the_same_key_means_the_same_label",
    ),
    "another user reads a label": Variant(
        "private", "Another user got a 200", "label is None or label.owner != user", "label is None"
    ),
    "a token need not be signed": Variant(
        "private",
        "answered 202 to a stranger with a forged token, not 401",
        'settings.secret.get_secret_value(), algorithms=["HS256"])',
        'settings.secret.get_secret_value(), algorithms=["HS256"], options={"verify_signature": False})',
    ),
    "the log holds passwords": Variant(
        "private",
        "The log holds the password of 'ada'",
        "    if not hasher.verify(form.password, ",
        '    logger.info("log-in: %s %s", form.username, form.password)\n    if not hasher.verify(form.password, ',
    ),
    "an answer is not documented": Variant(
        "docs", "GET /labels/{label_id} answered 404, which its documentation does not tell", "No_such_label=404, ", ""
    ),
    "a page has no end": Variant(
        "lists", "When a million was asked for, the answer was 200 with", "le=100)] = 20", "le=1_000_000)] = 20"
    ),
    "an id may be too large for the database": Variant(
        "generated", "GET /labels/{label_id} answered 500", "Path(ge=1, lt=BIGINT)", "Path(ge=1)"
    ),
    "not a number is answered as it came": Variant(
        "generated", "answered 500", ", exception_handlers={RequestValidationError: tell_faults}", ""
    ),
    "its readiness asks nothing of the database": Variant(
        "health",
        "When its database is gone, /ready answered 200, not 503",
        "session.exec(select(Label.id).limit(1)).first()",
        "session.is_active",
    ),
    "its tests take any success": Variant(
        "tests",
        "The tests stay green although POST /labels answers another 2xx",
        "assert answer.status_code == 202",
        "assert answer.is_success",
        "test_main.py",
    ),
    "its tests ask nothing": Variant(
        "tests", "The tests end with exit 5", "def test_", "def check_", "test_main.py", True
    ),
}
