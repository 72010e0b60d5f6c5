"""9.4-review: a review of a change."""

import re

from helpers.chapters.ch09.exercises.packages import FILES
from helpers.learning.model import Exercise

REMARKS = {
    "a": "blocks the event loop",
    "b": "breaks the contract's status code",
    "c": "puts an e-mail address into the URL, and so into logs",
    "d": "is dropped when the path operation raises",
    "e": "fails with a TypeError, after the answer",
    "f": "says that something happened which has not happened yet",
    "g": "blocks a worker thread for good",
    "h": "runs at the same moment as another task and races with it",
}
# What a reader may take for a fault: the line's words, and why it is none.
INNOCENT = {
    "time.sleep(0.1)  # the audit's disk": "`note_audit` is a `def` task: it sleeps in a worker thread, and gives it back.",
    'language: Literal["en", "fr"] = "en",': "a query parameter with two allowed values and a default breaks no client.",
    "background_tasks.add_task(mail_reminder, EMAILS[parcel_id], language)": "a task with its arguments, added after the refusal.",
    "journal.append": "both tasks append to one list, one after the other, and an append is atomic anyway.",
}
GUILTY = {
    "async def mail_reminder": "a",
    '@app.post("/parcels/{parcel_id}/reminders"': "b",
    "asked_by: str": "c",
    "background_tasks.add_task(note_audit, asked_by)": "d",
    "on_failure=note_audit": "e",
    'Reminder(status="sent")': "f",
}


def _lines() -> list[str]:
    return (FILES / "team" / "after.py").read_text(encoding="utf-8").splitlines()


def _line(words: str) -> int:
    return next(number for number, line in enumerate(_lines(), start=1) if words in line)


def _number(place: object) -> int:
    """A line's number, also as text: 24, "24" or "line 24"."""
    found = re.fullmatch(r"(?:line\s*)?(\d+)", str(place).strip().lower())
    assert found and not isinstance(place, bool) and 1 <= int(found[1]) <= len(_lines()), (
        f"`{place}` is no line of `after.py`."
    )
    return int(found[1])


def _check(remarks: dict[int, str]) -> str:
    assert isinstance(remarks, dict), (
        "a review is a dictionary: a line's number, and the letter of what is wrong with it."
    )
    wanted = {_line(words): letter for words, letter in GUILTY.items()}
    # A fault may be named where it is made or where it strikes, the path operation at its decorator or at its `def`.
    blocking, dropped, operation = map(
        _line, ("async def mail_reminder", "note_audit, asked_by)", '@app.post("/parcels')
    )
    same = {blocking + 1: blocking, operation + 1: operation, dropped + 1: dropped, dropped + 2: dropped}
    said: dict[int, str] = {}
    for place, letter in remarks.items():
        number, letter = _number(place), str(letter).strip().lower()
        assert letter in REMARKS, f"`{letter}` is none of the letters {', '.join(REMARKS)}."
        fault = same.get(number, number)
        said[fault if wanted.get(fault) == letter else number] = letter
    for number, letter in said.items():
        words = _lines()[number - 1].strip()
        innocent = next((why for part, why in INNOCENT.items() if part in words), "")
        assert not (innocent and number not in wanted), f"line {number} is sound: {innocent}"
        assert number in wanted, f"line {number}, `{words or ' '}`, is not where anything goes wrong in that way."
        assert letter == wanted[number], (
            f"line {number} is rightly objected to, but not because it {REMARKS[letter]}. Ask what happens there after the "
            "answer, or instead of it."
        )
    missing = len(wanted) - len(said)
    assert not missing, (
        f"{len(said)} of {len(wanted)} faults are named, and all of these rightly. Look for the {'rest' if missing > 1 else 'last'} "
        "among: " + ", ".join(sorted(f"({letter})" for number, letter in wanted.items() if number not in said)) + "."
    )
    return "All six, with their reasons. A comparison of descriptions sees two of them, (b) and (c), and a type checker one more, (e)."


def _solve() -> dict[int, str]:
    remarks = {
        24: "a",  # `async def` with `time.sleep`: nobody is answered for 0.3 s
        46: "b",  # the contract's 202 became FastAPI's default, 200
        49: "c",  # a plain `str` of a POST is a query parameter
        53: "d",  # a 404 drops the task, so the audit misses those who tried
        57: "e",  # `on_failure` goes to `note_audit`, which has no such parameter
        58: "f",  # the mail is sent after these words, or never
    }
    return remarks


EXERCISE = Exercise(
    id="9.4-review",
    title="a review of a change",
    task="Name the six faults of `after.py`: a dictionary from the line's number to the letter of what is wrong with it.",
    check=_check,
    hints=(
        "Go through the checklist above, one question at a time, not through the file line by line.",
        "Four of the six happen after the answer or instead of it. Which lines of `remind` run when the parcel is unknown?",
        "Compare the decorator with the contract, and the last line with what has happened by then.",
    ),
    solution=_solve,
    wants="value",
)
