"""The exam's question bank: what stands in `helpers/chapters/chNN/questions.toml`, read and checked.

A question is a table whose name is its id: its section, a dash and a word. `helpers/chapters/README.md` says what each kind holds.
"""

import re
import tomllib
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from helpers.course import CHAPTERS
from helpers.errors import CourseError
from helpers.exam import kinds
from helpers.exam.kinds import KINDS, without_spelling
from helpers.exam.model import PROOF, Question

FOLDER = Path(__file__).parents[1] / "chapters"
LEVELS = {1: "recall", 2: "apply", 3: "combine"}
SECTIONS = {number: title for chapter in CHAPTERS for number, title in chapter.sections.items()}
FIELDS = kinds.NEEDED | {"proof", "prove", "code", "facts", "read"}
LEAST = 2  # questions for each section
FORBIDDEN = re.compile(
    r"\b(all|none|both|neither|any) (of )?(the )?(above|below|these|those|options|others)\b|\b[a-e] and [a-e]\b",
    re.IGNORECASE,
)


def files(folder: Path = FOLDER) -> list[Path]:
    """The bank's files in order."""
    return sorted(folder.glob("ch*/questions.toml"))


def named(path: Path) -> str:
    """How a message names a file of the bank: its chapter's folder and its name."""
    return f"{path.parent.name}/{path.name}"


def read(path: Path) -> list[Question]:
    """The questions of one file, in its order. CourseError, with the question's id, for what cannot be read."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CourseError(f"{named(path)} is not valid TOML: {error}.") from error
    except OSError as error:
        raise CourseError(f"{named(path)} cannot be read: {error.strerror}.") from error
    return [_question(named(path), id, table) for id, table in tables.items()]


def _question(file: str, id: str, table: Any) -> Question:
    where = f"{file}, question {id!r}"
    if not isinstance(table, dict) or not re.fullmatch(r"\d+\.\d+-[a-z0-9-]+", id):
        raise CourseError(f'{where}: a question is a table named by its section, a dash and a word, ["4.3-order"].')
    name = table.get("kind")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise CourseError(f"{where}: its kind is {name!r}; the kinds are {', '.join(KINDS)}.")
    needed = kinds.NEEDED | kind.needs
    missing, strange = sorted(needed - set(table)), sorted(set(table) - FIELDS - needed - kind.may)
    if missing or strange:
        told = [f"lacks {', '.join(missing)}"] if missing else []
        told += [f"has {', '.join(strange)}, which its kind does not take"] if strange else []
        raise CourseError(f"{where}: it {' and '.join(told)}.")
    right = {"right": [table["right"]]} if isinstance(table.get("right"), str) else {}
    try:
        return _shape().validate_python({"id": id, **table, **right})
    except ValidationError as error:
        slips = "; ".join(f"{'.'.join(map(str, slip['loc']))}: {slip['msg']}" for slip in error.errors())
        raise CourseError(f"{where}: one of its values has another shape than its kind takes ({slips}).") from error


@cache
def _shape() -> TypeAdapter[Question]:
    return TypeAdapter(Question)


@cache
def load(folder: Path = FOLDER) -> dict[str, Question]:
    """All questions by id, in the order of the files. CourseError for what cannot be read and for an id used twice."""
    questions: dict[str, Question] = {}
    for path in files(folder):
        for question in read(path):
            if question.id in questions:
                raise CourseError(f"{named(path)}: the id {question.id!r} stands in another file, too.")
            if f"ch{question.chapter:02}" != path.parent.name:
                raise CourseError(f"{named(path)}: {question.id!r} belongs to ch{question.chapter:02}/questions.toml.")
            questions[question.id] = question
    return questions


# What a question must be. Each function gives a sentence for everything that is wrong; the tests run them all.


def faults(questions: Iterable[Question]) -> list[str]:
    """Everything that is wrong with these questions, each alone and all together; for whoever adds one."""
    questions = list(questions)
    alone = [f"{q.id}: {text}" for q in questions for check in ALONE for text in check(q)]
    return alone + [text for check in TOGETHER for text in check(questions)]


def has_words(q: Question) -> list[str]:
    """Its sections exist, one of them teaches it, its level is 1 to 3, and nothing is empty."""
    wrong = [f"there is no section {section}" for section in {q.section, q.taught} - set(SECTIONS)]
    wrong += ["its chapter teaches nothing: `read` says which section does"] if q.taught.startswith("10.") else []
    wrong += [] if q.level in LEVELS else [f"its level is {q.level}, not 1 to 3"]
    wrong += [f"its {name} is empty" for name in ("question", "explanation") if not getattr(q, name)]
    if q.question and q.question[-1] not in "?.:":
        wrong.append("its question ends without a mark")
    return wrong


def names_misconceptions(q: Question) -> list[str]:
    """Each wrong option has a message of its own that says enough."""
    wrong = [f"the message for {key!r} says too little" for key, text in q.wrong.items() if len(text.split()) < 3]
    return wrong + (["two wrong options have the same message"] if len(set(q.wrong.values())) < len(q.wrong) else [])


def is_unambiguous(q: Question) -> list[str]:
    """Options differ in more than spelling, and none points to others."""
    same = {kinds.of(q).same(text) for text in q.options}
    wrong = ["two options say the same"] if len(same) < len(q.options) else []
    return wrong + [f"the option {text!r} points to other options" for text in q.options if FORBIDDEN.search(text)]


def suits_its_kind(q: Question) -> list[str]:
    """It holds what its kind takes, and enough of it, and each message belongs to something that can be answered."""
    return kinds.of(q).faults(q)


def gives_nothing_away(q: Question) -> list[str]:
    """The right option is neither much longer nor much shorter than every wrong one."""
    if not _tells_by_length(q):
        return []
    right, others = len(q.right[0]), [len(text) for text in q.wrong]
    if right > 1.5 * max(others) + 8:
        return ["its right option is much longer than every wrong one"]
    return ["its right option is much shorter than every wrong one"] if 1.5 * right + 8 < min(others) else []


def _tells_by_length(q: Question) -> bool:
    return bool(kinds.of(q).tells_by_length and q.wrong and q.right)


def has_proof(q: Question) -> list[str]:
    """A cell or code proves it; what a `prints` question prints is proved by its code."""
    if q.proof and PROOF.fullmatch(q.proof) is None:
        return [f'its proof {q.proof!r} is none of "cell name", "cell 4/name", "claim A9"']
    return [] if q.proof or q.prove or kinds.of(q).proves_itself else ["nothing proves it"]


def covers_the_sections(questions: list[Question]) -> list[str]:
    """Each section has at least two."""
    counts = dict.fromkeys(SECTIONS, 0)
    for q in questions:
        counts[q.section] = counts.get(q.section, 0) + 1
    return [f"section {number} has {count} questions, not {LEAST}" for number, count in counts.items() if count < LEAST]


def repeats_nothing(questions: list[Question]) -> list[str]:
    """No question is asked twice, not even in slightly other words."""
    texts = [(q.id, without_spelling(f"{q.question} {q.code}")) for q in questions]
    wrong = []
    for place, (id, text) in enumerate(texts):
        matcher = SequenceMatcher(None, "", text, autojunk=False)
        for other, before in texts[:place]:
            matcher.set_seq1(before)
            if matcher.real_quick_ratio() > 0.9 and matcher.quick_ratio() > 0.9 and matcher.ratio() > 0.9:
                wrong.append(f"{id} asks what {other} asks")
    return wrong


def lengths_tell_nothing(questions: list[Question]) -> list[str]:
    """Over the whole bank, the longest option is the right one about as often as chance has it, and so the shortest."""
    asked = [q for q in questions if _tells_by_length(q)]
    wrong = []
    for word, pick in (("longest", max), ("shortest", min)):
        lucky = sum(len(q.right[0]) == pick(map(len, q.options)) for q in asked)
        expected = sum(1 / len(q.options) for q in asked)
        if len(asked) >= 20 and not 0.6 * expected - 3 < lucky < 1.35 * expected + 3:
            wrong.append(
                f"the {word} option is right in {lucky} of {len(asked)} questions; {expected:.0f} are expected"
            )
    return wrong


def counts_tell_nothing(questions: list[Question]) -> list[str]:
    """Of the multiple choices with as many options, no number of right ones is the rule."""
    wrong = []
    for size in (4, 5):
        counts = [len(q.right) for q in questions if kinds.of(q).several and len(q.options) == size]
        for count in sorted(set(counts)):
            if len(counts) >= 10 and counts.count(count) > len(counts) / 2:
                wrong.append(
                    f"{counts.count(count)} of {len(counts)} multiple choices with {size} options have {count} right"
                )
    return wrong


ALONE = (has_words, names_misconceptions, is_unambiguous, suits_its_kind, gives_nothing_away, has_proof)
TOGETHER = (covers_the_sections, repeats_nothing, lengths_tell_nothing, counts_tell_nothing)
