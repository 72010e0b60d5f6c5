"""The exam's question bank: what stands in `helpers/chapters/chNN/questions.toml`, read and checked.

A question is a table whose name is its id: its section, a dash and a word. `helpers/chapters/README.md` says what each kind holds.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

from helpers.course import CHAPTERS
from helpers.errors import CourseError

FOLDER = Path(__file__).parents[1] / "chapters"
KINDS = {
    "single": "single choice",
    "multiple": "multiple choice",
    "order": "order these events",
    "prints": "what does this print?",
    "fault": "find the fault in this code",
    "wait": "estimate the wait",
    "timeline": "draw the timeline",
}
CHOICES = ("single", "prints", "fault")  # one right option among several
LEVELS = {1: "recall", 2: "apply", 3: "combine"}
SECTIONS = {number: title for chapter in CHAPTERS for number, title in chapter.sections.items()}
FIELDS = {"kind", "level", "question", "explanation", "wrong", "proof", "prove", "code"}
NEEDS = {"order": {"order"}, "wait": {"seconds"}, "timeline": {"bars", "requests", "code"}, "prints": {"right", "code"}}
LEAST = 2  # questions for each section
FORBIDDEN = re.compile(
    r"\b(all|none|both|neither|any) (of )?(the )?(above|below|these|those|options|others)\b|\b[a-e] and [a-e]\b",
    re.IGNORECASE,
)
PROOF = re.compile(r"(?:cell (?:(\d+)/)?([\w-]+)|claim ([GAQ]\d+))")


@dataclass(frozen=True)
class Question:
    """One question, as a chapter's file holds it.

    `wrong` gives each wrong option the message that names the misconception behind it. Its keys are the options' texts
    (single, prints, fault, multiple), "2 before 1" (order: the numbers count the right order), seconds (wait) or a bar's
    name (timeline). `proof` names the cell that shows the answer, `prove` is code that runs after `code` and asserts it;
    a question of the kind prints is proved by running its code.
    """

    id: str
    kind: str
    level: int
    question: str
    explanation: str
    wrong: dict[str, str]
    code: str = ""
    right: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    seconds: float = 0.0
    bars: dict[str, tuple[float, float]] = field(default_factory=dict)
    requests: tuple[str, ...] = ()
    proof: str = ""
    prove: str = ""

    @property
    def section(self) -> str:
        """The number of its section, "4.3"."""
        return self.id.partition("-")[0]

    @property
    def chapter(self) -> int:
        """The number of its chapter."""
        return int(self.section.partition(".")[0])

    @property
    def options(self) -> tuple[str, ...]:
        """What is put in an order by the draw, the right ones first: options of a choice, events to be ordered."""
        return self.order or (self.right + tuple(self.wrong) if self.right else ())

    @property
    def place(self) -> tuple[int, str] | None:
        """Chapter and cell id, or chapter and claim tag, of the cell that proves it; None when code does."""
        found = PROOF.fullmatch(self.proof)
        if found is None:
            return None
        return int(found[1] or self.chapter), found[2] or f"claim-{found[3]}"


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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{named(path)} is not valid TOML: {error}.") from error
    return [_question(named(path), id, table) for id, table in tables.items()]


def _question(file: str, id: str, table: Any) -> Question:
    where = f"{file}, question {id!r}"
    if not isinstance(table, dict) or not re.fullmatch(r"\d+\.\d+-[a-z0-9-]+", id):
        raise CourseError(f'{where}: a question is a table named by its section, a dash and a word, ["4.3-order"].')
    kind = table.get("kind")
    if kind not in KINDS:
        raise CourseError(f"{where}: its kind is {kind!r}; the kinds are {', '.join(KINDS)}.")
    needed = {"kind", "level", "question", "explanation", "wrong"} | NEEDS.get(kind, {"right"})
    missing, strange = sorted(needed - set(table)), sorted(set(table) - FIELDS - needed)
    if missing or strange:
        told = [f"lacks {', '.join(missing)}"] if missing else []
        told += [f"has {', '.join(strange)}, which its kind does not take"] if strange else []
        raise CourseError(f"{where}: it {' and '.join(told)}.")
    values: dict[str, Any] = {name: table[name] for name in needed | (FIELDS & set(table))}
    try:
        for name in ("question", "explanation", "code", "proof", "prove"):
            values[name] = values.get(name, "").strip()
        values["wrong"] = {str(key).strip(): message.strip() for key, message in values["wrong"].items()}
        if "right" in values:
            right = values["right"]
            values["right"] = tuple(text.strip() for text in ([right] if isinstance(right, str) else right))
        for name in ("order", "requests"):
            if name in values:
                values[name] = tuple(text.strip() for text in values[name])
        if "bars" in values:
            values["bars"] = {name: (float(start), float(end)) for name, (start, end) in values["bars"].items()}
        if "seconds" in values:
            values["seconds"] = float(values["seconds"])
    except (AttributeError, TypeError, ValueError) as error:
        raise CourseError(f"{where}: one of its values has another shape than its kind takes ({error}).") from error
    return Question(id=id, **values)


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
    """Its section exists, its level is 1 to 3, and nothing is empty."""
    wrong = [] if q.section in SECTIONS else [f"there is no section {q.section}"]
    wrong += [] if q.level in LEVELS else [f"its level is {q.level}, not 1 to 3"]
    wrong += [f"its {name} is empty" for name in ("question", "explanation") if not getattr(q, name)]
    if q.question and q.question[-1] not in "?.:":
        wrong.append("its question ends without a mark")
    return wrong


def names_misconceptions(q: Question) -> list[str]:
    """Each wrong option has a message of its own, and a message belongs to something that can be answered."""
    wrong = [f"the message for {key!r} says too little" for key, text in q.wrong.items() if len(text.split()) < 3]
    if len(set(q.wrong.values())) < len(q.wrong):
        wrong.append("two wrong options have the same message")
    if q.kind == "order":
        pairs = {f"{place + 1} before {place}" for place in range(1, len(q.order))}
        known = {f"{later} before {sooner}" for later in range(2, len(q.order) + 1) for sooner in range(1, later)}
        wrong += [f"no message for {pair!r}" for pair in sorted(pairs - set(q.wrong))]
        wrong += [f"{key!r} is no wrong order" for key in sorted(set(q.wrong) - known)]
    if q.kind == "timeline":
        wrong += [f"no message for the bar {name!r}" for name in q.bars if name not in q.wrong and name != "client"]
        wrong += [f"{name!r} is no bar" for name in q.wrong if name not in q.bars]
    if q.kind == "wait":
        numbers = [_number(key) for key in q.wrong]
        wrong += ["a wrong wait is no number of seconds"] if None in numbers else []
        wrong += [f"{n:g} s counts as right" for n in numbers if n is not None and near(n, q.seconds)]
        wrong += ["needs two wrong waits that people expect"] if len(numbers) < 2 else []
    return wrong


def is_unambiguous(q: Question) -> list[str]:
    """Options differ in more than spelling, none points to others, and there are enough of them."""
    wrong = []
    plain = [text if q.kind == "prints" else _plain(text) for text in q.options]
    if len(set(plain)) < len(plain):
        wrong.append("two options say the same")
    wrong += [f"the option {text!r} points to other options" for text in q.options if FORBIDDEN.search(text)]
    if q.kind in CHOICES and len(q.right) != 1:
        wrong.append(f"it has {len(q.right)} right options, not one")
    if q.kind in CHOICES and not 2 <= len(q.wrong) <= 4:
        wrong.append(f"it has {len(q.wrong)} wrong options, not two to four")
    if q.kind == "multiple" and not (len(q.right) >= 2 and len(q.wrong) >= 2):
        wrong.append("a multiple choice needs two right and two wrong options")
    if q.kind == "order" and not 3 <= len(q.order) <= 6:
        wrong.append("an order needs three to six events")
    if q.kind == "timeline" and any(not 0 <= start <= end for start, end in q.bars.values()):
        wrong.append("a bar ends before it starts")
    return wrong


def gives_nothing_away(q: Question) -> list[str]:
    """The right option is neither much longer nor much shorter than every wrong one."""
    if q.kind not in ("single", "fault") or not q.wrong or not q.right:
        return []
    right, others = len(q.right[0]), [len(text) for text in q.wrong]
    if right > 1.5 * max(others) + 8:
        return ["its right option is much longer than every wrong one"]
    return ["its right option is much shorter than every wrong one"] if 1.5 * right + 8 < min(others) else []


def has_proof(q: Question) -> list[str]:
    """A cell or code proves it; what a `prints` question prints is proved by its code."""
    if q.proof and PROOF.fullmatch(q.proof) is None:
        return [f'its proof {q.proof!r} is none of "cell name", "cell 4/name", "claim A9"']
    return [] if q.proof or q.prove or q.kind in ("prints", "timeline") else ["nothing proves it"]


def covers_the_sections(questions: list[Question]) -> list[str]:
    """Each section has at least two."""
    counts = dict.fromkeys(SECTIONS, 0)
    for q in questions:
        counts[q.section] = counts.get(q.section, 0) + 1
    return [f"section {number} has {count} questions, not {LEAST}" for number, count in counts.items() if count < LEAST]


def repeats_nothing(questions: list[Question]) -> list[str]:
    """No question is asked twice, not even in slightly other words."""
    texts = [(q.id, _plain(f"{q.question} {q.code}")) for q in questions]
    wrong = []
    for place, (id, text) in enumerate(texts):
        for other, before in texts[:place]:
            matcher = SequenceMatcher(None, before, text, autojunk=False)
            if matcher.real_quick_ratio() > 0.9 and matcher.quick_ratio() > 0.9 and matcher.ratio() > 0.9:
                wrong.append(f"{id} asks what {other} asks")
    return wrong


def lengths_tell_nothing(questions: list[Question]) -> list[str]:
    """Over the whole bank, the longest option is the right one about as often as chance has it, and so the shortest."""
    asked = [q for q in questions if q.kind in ("single", "fault") and q.right and q.wrong]
    wrong = []
    for word, pick in (("longest", max), ("shortest", min)):
        lucky = sum(len(q.right[0]) == pick(map(len, q.options)) for q in asked)
        expected = sum(1 / len(q.options) for q in asked)
        if len(asked) >= 20 and not 0.6 * expected - 3 < lucky < 1.35 * expected + 3:
            wrong.append(
                f"the {word} option is right in {lucky} of {len(asked)} questions; {expected:.0f} are expected"
            )
    return wrong


ALONE = (has_words, names_misconceptions, is_unambiguous, gives_nothing_away, has_proof)
TOGETHER = (covers_the_sections, repeats_nothing, lengths_tell_nothing)


def near(number: float, seconds: float) -> bool:
    """Whether an estimate counts: off by at most a quarter, or by 0.05 s where that is more."""
    return abs(number - seconds) <= max(0.05, 0.25 * seconds) + 1e-9


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s<>=+-]", "", text.lower()).split())
