"""The mock exam: `start`, `show` or `question`, `answer`, `flag`, `answers`, `grade`, `history`; then `review` and `plan`
for every day, `practise` and `timeline` for one question, `paper`, `statistics` and `export` for who teaches.

Nothing here raises, whatever is answered: what cannot be read is told in a sentence and leaves what was recorded before.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from helpers.course import CHAPTERS
from helpers.errors import CourseError
from helpers.exam import bank, draw, kinds, links, marking, templates
from helpers.exam import sitting as sittings
from helpers.exam import state as states
from helpers.exam import text as texts
from helpers.exam.model import Item, Question
from helpers.exam.sitting import Sitting
from helpers.learning import log, progress, store
from helpers.learning.speaking import speaks
from helpers.notes import Note, plain
from helpers.wording import capital, counted, describe, literal

if TYPE_CHECKING:
    from helpers.exam.drawing import Difference
    from helpers.exam.figures import Statistics
    from helpers.exam.printing import Paper
    from helpers.exam.widget import Sheet

__all__ = [
    "answer",
    "answers",
    "begin",
    "export",
    "faults",
    "flag",
    "grade",
    "history",
    "paper",
    "plan",
    "practise",
    "question",
    "review",
    "rules",
    "show",
    "start",
    "statistics",
    "time_left",
    "timeline",
]

NONE = "No exam is running: `exam.start(seed=7)` begins one, and the same call resumes it after a restart."
OTHER = "Another exam was begun meanwhile: run `exam.show()` again."
OVER = "**The time is over**: what you answer now is kept and counted apart, and `exam.grade()` hands in."
WORDS = '"open", "flagged" or "wrong"'
CLOCK = "The clock starts with your first answer, or with `exam.begin()`."


_sitting: Sitting | None = None


def _prompts() -> set[str]:
    from helpers.exam import reviewing

    return reviewing.ids()


progress.asked_again(_prompts)


# Taking an exam


@speaks
def start(
    seed: object = None,
    minutes: float | None = None,
    chapters: Sequence[int] | set[int] | int | None = None,
    *,
    questions: int | None = None,
    weights: Mapping[int, float] | None = None,
    clock: Callable[[], float] = time.time,
    new: bool = False,
) -> Note:
    """Begin an exam, or go on with the same one where it was left.

    The same `seed` draws the same questions for everybody; without one, a new seed is made and told, and what you met
    lately is left out. The clock stands until the first answer, or until `begin`. `chapters`: their numbers, all by default.
    `minutes`, `questions` and `weights` by chapter are those of `helpers/exam/exam.toml` unless given. `clock` gives
    seconds. An exam that was begun or handed in stays as it is until another seed, or `new=True`, says otherwise.
    """
    global _sitting
    _is_bool("new", new)
    seen = log.lately(log.read()) if seed is None else ()
    state = sittings.wanted(seed, minutes, chapters, questions, weights, clock, seen)
    running = _resumed(clock)
    if running is not None and not new:
        if running.state.rules == state.rules:
            running.clock = clock
            return _begun(running)
        if not running.state.handed_in and running.touched:
            return Note(
                f"An exam with seed {literal(running.state.seed)} is not handed in yet ({_answered(running)}). "
                "`exam.show()` goes on with it; the same call with `new=True` throws it away and begins this one."
            )
    _sitting = Sitting(state, sittings.items_of(state), clock)
    _keep(_sitting)
    return _begun(_sitting)


def _is_bool(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise CourseError(f"`{name}` takes `True` or `False`; {describe(value)} came.")


def _resumed(clock: Callable[[], float] = time.time) -> Sitting | None:
    """The exam of this kernel, else the one in the file."""
    global _sitting
    if _sitting is None and (state := states.load()) is not None:
        state, lost = sittings.fitted(state, {} if len(state.asked) == len(state.ids) else bank.load())
        if lost:
            store.tell_once(
                f"What was answered to {texts.numbered(lost)} does not fit the question any more and does not count."
            )
        _sitting = Sitting(state, sittings.items_of(state), clock, kept=state.model_copy(deep=True))
    return _sitting


def _taking() -> Sitting:
    """The exam that is taken. CourseError when there is none."""
    sitting = _resumed()
    if sitting is None:
        raise CourseError(NONE)
    return sitting


def _keep(sitting: Sitting) -> None:
    """Write what is recorded, together with what another kernel recorded for the same exam."""
    theirs = states.load()
    if theirs is not None:
        theirs = sittings.fitted(theirs, {})[0] if len(theirs.asked) == len(theirs.ids) else None
    sitting.state = states.merged(sitting.state, theirs, sitting.kept)
    sitting.unsaved = states.save(sitting.state)
    if not sitting.unsaved:
        sitting.kept = sitting.state.model_copy(deep=True)


def _unsaved(sitting: Sitting) -> str:
    return f" {sitting.unsaved}: the exam ends with the kernel." if sitting.unsaved else ""


def _begun(sitting: Sitting) -> Note:
    state = sitting.state
    shares = dict.fromkeys(state.chapters, 0)
    for item in sitting.items:
        shares[item.question.chapter] = shares.get(item.question.chapter, 0) + 1
    listed = ", ".join(f"{chapter}: {count}" for chapter, count in shares.items() if count)
    return Note(
        f"**Exam with seed {literal(state.seed)}** · {counted(len(sitting.items), 'question')}, {counted(state.minutes, 'minute')}, "
        f"pass mark {sittings.rules().needed} %\n\n"
        f"Questions by chapter: {listed}. {_answered(sitting).capitalize()}. {_stands(sitting)}{_unsaved(sitting)}\n\n"
        "`exam.show()` asks them one by one, `exam.question(1)` shows one, `exam.answer(1, ...)` answers it, "
        "`exam.flag(1)` marks it, `exam.answers()` lists your answers, `exam.grade()` hands in."
    )


def _stands(sitting: Sitting) -> str:
    """What of the clock has to be known, without its time."""
    if sitting.state.handed_in:
        return "It is handed in: `exam.grade()` tells its result again, and the same call with `new=True` takes it once more."
    if sitting.state.begun is None:
        return CLOCK
    return OVER if sitting.over else "The clock is running."


def _answered(sitting: Sitting) -> str:
    return f"answered so far: {len(sitting.state.answers)} of {len(sitting.items)}"


@speaks
def question(number: object = 1) -> Note:
    """One question of the running exam, by its number from 1 on."""
    sitting = _taking()
    item = _numbered(sitting, number)
    given = sitting.answers.get(item.number)
    text = texts.asked(item)
    text += f"\n\nAnswered so far: {kinds.of(item.question).say(item, given)}." if given else ""
    return Note(text)


def _numbered(sitting: Sitting, number: object) -> Item:
    item = sitting.item(number)
    if item is None:
        raise CourseError(_no_such(sitting, number))
    return item


def _no_such(sitting: Sitting, number: object) -> str:
    return f"This exam has questions from 1 to {len(sitting.state.ids)}; {describe(number)} came."


@speaks
def answer(number: object = None, choice: object = ...) -> Note:
    """Record an answer: a letter, letters, a number of seconds, or bars. A later answer takes the place of an earlier one."""
    return Note(_record(_taking(), number, choice))


@speaks
def begin() -> Note:
    """Let the clock run now, and not only from the first answer on."""
    sitting = _taking()
    if sitting.state.handed_in:
        return Note("This exam is handed in.")
    return Note(_begin(sitting))


def _begin(sitting: Sitting) -> str:
    sitting.begin()
    _keep(sitting)
    return f"{OVER if sitting.over else 'The clock is running.'}{_unsaved(sitting)}"


@speaks
def flag(number: object = None, on: bool = True) -> Note:
    """Mark a question, to come back to it: `exam.answers("flagged")` lists them. `on=False` takes the mark away."""
    _is_bool("on", on)
    return Note(_flag(_taking(), number, on))


def _flag(sitting: Sitting, number: object, on: bool) -> str:
    item = sitting.item(number)
    if item is None:
        return _no_such(sitting, number)
    others = [one for one in sitting.state.flagged if one != item.number]
    sitting.state.flagged = sorted([*others, item.number]) if on else others
    _keep(sitting)
    now = _listed(sitting.state.flagged) or "none"
    return f"Question {item.number} is {'flagged' if on else 'not flagged'}. Flagged: {now}.{_unsaved(sitting)}"


def _record(sitting: Sitting, number: object, choice: object) -> str:
    item = sitting.item(number)
    if item is None:
        return _no_such(sitting, number)
    before = sitting.answers.get(item.number)
    stays = f" Your answer before, {_short(before)}, stays." if before else ""
    if sitting.state.handed_in:
        return (
            f"This exam is handed in, so question {item.number} stays as it is. `exam.answers()` shows what was right."
        )
    if choice is ...:
        return f"Replace the `...`: question {item.number} takes {kinds.of(item.question).takes(item)}.{stays}"
    given = marking.read(item, choice)
    if given is None:
        return f"Question {item.number} {marking.expected(item, choice)}{stays}"
    sitting.begin()
    late = sitting.over
    if late and before is not None and item.number not in sitting.state.late:
        return f"The time is over, so question {item.number} keeps the answer that came in time: {_short(before)}."
    sitting.state.answers[item.number] = given
    if late and item.number not in sitting.state.late:
        sitting.state.late.append(item.number)
    _keep(sitting)
    told = f"{'Kept, but not saved,' if sitting.unsaved else 'Recorded'} for question {item.number}: {_short(given)}"
    told += f" (before: {_short(before)})." if before and before != given else "."
    told += " It came after the time was over: it is kept, and counted apart." if late else ""
    return f"{told} {_answered(sitting).capitalize()}.{_unsaved(sitting)}"


def _short(given: str | None) -> str:
    return f"`{given}`"


@speaks
def time_left() -> Note:
    """How many minutes are left. It differs from run to run: call it, but store no output of it."""
    sitting = _taking()
    if sitting.state.handed_in:
        return Note("This exam is handed in.")
    if sitting.state.begun is None:
        return Note(f"The whole time, {counted(sitting.state.minutes, 'minute')}, is left. {CLOCK}")
    minutes = int(sitting.left // 60)
    return Note(
        "The time is over."
        if sitting.left < 0
        else f"{counted(minutes, 'minute')} {'is' if minutes == 1 else 'are'} left."
        if minutes
        else "Less than a minute is left."
    )


@speaks
def show(which: object = None) -> "Sheet | Note":
    """The running exam, one question at a time by keyboard or mouse; as plain text where widgets are missing.

    `which`: "open", "flagged" or, after handing in, "wrong" for these alone.
    """
    sitting = _taking()
    chosen = _selected(sitting, which, f"It takes {WORDS}, and `exam.question(1)` shows one question")
    markdown = texts.sheet(chosen) if chosen else f"No question is {which}."
    text = plain(markdown)
    try:
        from helpers.exam.widget import Sheet, data
    except ImportError:
        return Note(markdown, text)

    def mine(act: Callable[..., Any], other: Any) -> Callable[..., Any]:
        return lambda *given: act(sitting, *given) if _sitting is sitting else other

    return Sheet(
        [data(item) for item in sitting.items],
        page=_page(sitting) | _result(sitting) | {"only": which if isinstance(which, str) else "all"},
        left=max(sitting.left, 0.0),
        acts={
            "record": mine(lambda *given: plain(f"{_record(*given)} {store.news()}".strip()), plain(OTHER)),
            "flag": mine(lambda *given: plain(_flag(*given)), plain(OTHER)),
            "begin": mine(lambda *given: plain(_begin(*given)), plain(OTHER)),
        },
        hand_in=mine(_hand_in_sheet, ([{"text": OTHER}], {}, [])),
        recorded=lambda: _page(sitting) | {"left": max(sitting.left, 0.0)},
        markdown=markdown,
        text=text,
        status=plain(f"{OVER if sitting.over and not sitting.state.handed_in else ''} {store.news()}".strip()),
    )


def _selected(sitting: Sitting, which: object, takes: str) -> list[Item]:
    """All questions, or those that a word names. CourseError, which begins with `takes`, for anything else."""
    if which is None:
        return sitting.items
    word = which if isinstance(which, str) else ""
    if word == "wrong" and not sitting.state.handed_in:
        raise CourseError("What is wrong is told when the exam is handed in: `exam.grade()`.")
    numbers = sitting.numbers(word)
    if numbers is None:
        raise CourseError(f"{takes}; {describe(which)} came.")
    return [item for item in sitting.items if item.number in numbers]


def _page(sitting: Sitting) -> dict[str, Any]:
    """What the page shows of the exam's state."""
    return {
        "answers": _by_text(sitting),
        "flagged": list(sitting.state.flagged),
        "begun": sitting.state.begun is not None or sitting.state.handed_in,
    }


def _result(sitting: Sitting) -> dict[str, Any]:
    """What the page shows besides, of an exam that is handed in."""
    if not sitting.state.handed_in:
        return {}
    rows, feedback, wrong = _hand_in_sheet(sitting)
    return {"done": True, "result": rows, "feedback": feedback, "wrong": wrong}


def _by_text(sitting: Sitting) -> dict[str, str]:
    """The answers as the page has them: its names are texts."""
    return {str(number): given for number, given in sitting.answers.items()}


def _hand_in_sheet(sitting: Sitting) -> tuple[list[dict[str, Any]], dict[str, str], list[int]]:
    """What the widget shows after handing in: the result line by line, what is told of each question, which are wrong."""
    score = _finish(sitting)
    passed = "passed" if score.percent >= sittings.rules().needed else "not passed"
    rows = [{"text": f"{score.points} of {score.asked} points, {score.percent} %: {passed}", "head": True}]
    titles = {chapter.number: chapter.title for chapter in CHAPTERS}
    rows += [
        {"text": f"{number} {titles[number]}: {points} of {asked}"}
        for number, (points, asked) in score.by_chapter.items()
    ]
    rows += [
        {"text": f"Read again: {section} {bank.SECTIONS[section]} ({texts.numbered(numbers)})"}
        for section, numbers in score.missed.items()
    ]
    rows += [{"text": plain(told)} for told in (texts.partly(score), _unsaved(sitting).strip()) if told]
    rows.append(
        {"text": "Run `exam.grade()` and `exam.answers()` in the next cells for links to the cells that prove it."}
    )
    feedback = {}
    for item in sitting.items:
        verdict = marking.judge(item, sitting.answers.get(item.number))
        word = (
            "Right." if verdict.right else " ".join(["Not right.", *verdict.messages, f"Right is: {verdict.should}."])
        )
        feedback[str(item.number)] = f"{word} {item.question.explanation}"
    return rows, feedback, sorted(sitting.numbers("wrong") or ())


# Its result


@speaks
def grade(finish: bool = False) -> Note:
    """Hand in and score. While answers are missing and time is left, it asks first; `finish=True` hands in all the same."""
    _is_bool("finish", finish)
    sitting = _taking()
    missing = [item.number for item in sitting.items if item.number not in sitting.answers]
    if missing and not finish and not sitting.state.handed_in and sitting.left > 0:
        many = len(missing) > 12
        open_ = f"{len(missing)} of {len(sitting.items)} questions" if many else capital(texts.numbered(missing))
        have = "has" if len(missing) == 1 else "have"
        return Note(f"{open_} {have} no answer yet. `exam.grade(finish=True)` hands in all the same.")
    score = _finish(sitting)
    text = texts.graded(score, sittings.rules().needed, links.chapters(), links.sections(score.missed))
    more = "`exam.answers()` shows each question with its reasons and its proof, and `exam.history()` all your exams."
    return Note(f"{text}\n\n{more}{_unsaved(sitting)}")


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def _finish(sitting: Sitting) -> marking.Score:
    if not sitting.state.handed_in:
        sitting.state.handed_in = True
        _keep(sitting)
        unsaved = log.add(sittings.answers_of(sitting))
        sitting.unsaved = sitting.unsaved or unsaved
    return sitting.score()


@speaks
def answers(which: object = None) -> Note:
    """Before handing in: which answers are recorded. Afterwards: each question with its reasons.

    `which`: a question's number, or "open", "flagged" or "wrong" for these alone.
    """
    sitting = _taking()
    numbered = which is not None and not isinstance(which, str)
    takes = f"It takes a question's number, or {WORDS}"
    items = [_numbered(sitting, which)] if numbered else _selected(sitting, which, takes)
    if not items:
        return Note(f"No question is {which}.")
    if not sitting.state.handed_in:
        rows = [f"{item.number}. {_given(sitting, item)}" for item in items]
        return Note("\n".join(rows) + "\n\nWhat is right stands here after `exam.grade()`.")
    parts = []
    for item in items:
        verdict = marking.judge(item, sitting.answers.get(item.number))
        parts += [texts.asked(item), texts.judged(item, verdict, links.proof(item))]
    return Note("\n\n".join(parts))


def _given(sitting: Sitting, item: Item) -> str:
    given = sitting.answers.get(item.number)
    late = " (late)" if item.number in sitting.state.late else ""
    flagged = " (flagged)" if item.number in sitting.state.flagged else ""
    return (f"{kinds.of(item.question).say(item, given)}{late}" if given else "no answer yet") + flagged


@speaks
def history(number: object = None) -> Note:
    """Every exam that you handed in, with its points; with a number of that list, its questions and your answers."""
    from helpers.exam import past

    return past.shown(log.exams(log.read()), number)


# Without an exam


@speaks
def practise(id: object = "", choice: object = ...) -> Note:
    """One question of the bank by its id, with its answer folded below; with an answer in place of `...`, the verdict."""
    found = _find(id)
    item = draw.item(found, "practise")
    text = texts.asked(item, f"**{found.id}** · {kinds.of(found).title}")
    if choice is ...:
        why = "\n\n".join([texts.right(item), found.explanation, texts.reasons(item), links.proof(item)])
        folded = f"{text}\n\n<details><summary>Answer and reasons</summary>\n\n{why}\n\n</details>"
        return Note(folded, plain(f"{text}\n\nAnswer and reasons\n\n{why}"))
    given = marking.read(item, choice)
    if given is None:
        return Note(f"{found.id} {marking.expected(item, choice)}")
    verdict = marking.judge(item, given)
    _practised(item, given, time.time())
    told = texts.judged(item, verdict, links.proof(item), f"**{'Right' if verdict.right else 'Not right'}**")
    return Note(f"{text}\n\n{told}")


def _practised(item: Item, given: str, now: float) -> None:
    """Keep an answer for the review, unless the question was answered lately: a cell run again is no second answer."""
    from helpers.exam.reviewing import card_of

    card = card_of(log.read(), item.question.origin, now)
    if card is None or card.due <= now:
        log.add([sittings.recorded(item, given, now, "practice")])


@speaks
def review(id: object = None, answer: object = ...) -> "Sheet | Note":
    """What is due today: about ten minutes of questions that you met before and of rules, the most forgotten first.

    Without an id it asks all of them, one at a time. With an id and an answer, a rule's being "again", "hard", "good" or
    "easy", one is judged, and comes back when you are about to forget it.
    """
    from helpers.exam import reviewing

    return reviewing.review(id, answer, time.time())


def _find(id: object) -> Question:
    questions = bank.load()
    name = id.strip() if isinstance(id, str) else ""
    if (made := templates.find(name)) is not None:
        return made
    if name not in questions:
        near = [other for other in questions if name and other.startswith(name.partition("-")[0] + "-")][:5]
        listed = ", ".join(f"`{other}`" for other in near or list(questions)[:5])
        told = f"There is no question {describe(id)}" if name else f"Name a question by its id; {describe(id)} came"
        raise CourseError(f"{told}. Some that there are: {listed}.")
    return questions[name]


@speaks
def timeline(id: object = "", drawn: object = ...) -> "Difference | Note":
    """Draw the timeline: run the app of a question and set the bars that you expect beside what it did.

    `drawn`: start and end by name in seconds, `{"client": (0, 0), "weigh": (0, 0.2)}`, or the text "client 0-0, weigh 0-0.2".
    """
    found = _find(id)
    if not found.bars:
        raise CourseError(f"{found.id} has no timeline to draw: its kind is {kinds.of(found).title}.")
    item = draw.item(found, "practise")
    if drawn is ...:
        return Note(texts.asked(item, f"**{found.id}** · {kinds.of(found).title}"))
    given = marking.read(item, drawn)
    if given is None:
        return Note(f"{found.id} {marking.expected(item, drawn)}")
    from helpers.exam.drawing import compared

    return compared(found, given)


@speaks
def plan(rows: int = 10) -> Note:
    """A study plan: the sections where an hour brings most, from the exam's weights and all that you have answered and done."""
    from helpers.exam import planning

    if type(rows) is not int or not 1 <= rows <= len(bank.SECTIONS):
        raise CourseError(f"`rows` takes a number from 1 to {len(bank.SECTIONS)}; {describe(rows)} came.")
    what = sittings.rules()
    planned = planning.plan(what.weights, what.sections, log.read(), time.time())
    table = planning.table(planned[:rows], links.sections([row.section for row in planned[:rows]]))
    due = sum(row.due for row in planned)
    return Note(f"{table}\n\n{planning.READ}" + (f" Due today: {due}, `exam.review()`." if due else ""))


@speaks
def rules() -> Note:
    """What an exam is: its number of questions, time, pass mark, and how many questions each chapter's weight gives it."""
    what = sittings.rules()
    total = sum(what.weights.values())
    shares = draw.share(what.questions, what.weights, dict.fromkeys(what.weights, what.questions))
    rows = [
        f"| {link} | {100 * what.weights.get(number, 0) / total:.0f} % | {shares.get(number, 0)} |"
        for number, link in links.chapters().items()
    ]
    table = "\n".join(["| chapter | weight | questions |", "|---|---:|---:|", *rows])
    head = f"{what.questions} questions in {counted(what.minutes, 'minute')}; passed from {what.needed} % of the points on."
    return Note(f"{head}\n\n{table}")


# For instructors


@speaks
def paper(
    seed: object = 1,
    minutes: float | None = None,
    chapters: Sequence[int] | set[int] | int | None = None,
    *,
    questions: int | None = None,
    weights: Mapping[int, float] | None = None,
    title: str = "After the Response, an exam",
    versions: int = 1,
) -> "Paper | Note":
    """The exam that `start` would begin with these arguments, to be printed: `.save(folder)` writes paper and answer sheet.

    With `versions=3` there are three papers, A to C, of the same questions in other orders, each with an answer sheet.
    """
    from helpers.exam.printing import Paper

    if not isinstance(title, str) or not title.strip() or not title.isprintable():
        raise CourseError(f"`title` takes a line of text; {describe(title)} came.")
    state = sittings.wanted(seed, minutes, chapters, questions, weights, time.time)
    if type(versions) is not int or not 1 <= versions <= 26:
        raise CourseError(f"`versions` takes a number from 1 to 26; {describe(versions)} came.")
    items = sittings.items_of(state)
    told = f"Seed {literal(state.seed)}. {counted(len(items), 'question')}, {counted(state.minutes, 'minute')}. "
    return Paper(
        items, title, f"{told}Passed from {sittings.rules().needed} % on.", links.printed, state.seed, versions
    )


@speaks
def statistics(*files: object) -> "Statistics | Note":
    """How questions did in a class: difficulty, discrimination and what was chosen, from the logs that learners hand in.

    `files`: names of files `.progress.json.answers`, or of folders with such files; without any, your own.
    """
    from helpers.exam.figures import statistics as measured

    return measured(files)


@speaks
def export(folder: str = "bank", formats: Sequence[str] | None = None) -> Note:
    """Write the bank for other tools: "moodle" (XML), "gift", "qti" (1.2, as Canvas reads it), "anki"; all of them by default.

    QTI and Anki need the authors' packages (`make lint` installs them): without these it says so.
    """
    from helpers.exam import exports

    return exports.write(bank.load().values(), folder, formats)


def faults() -> list[str]:
    """Everything that is wrong with the bank's questions as they stand in the files now; for whoever has added one."""
    bank.load.cache_clear()
    sittings.rules.cache_clear()
    try:
        sittings.rules()
        return bank.faults(bank.load().values()) + _unresolved(bank.load().values())
    except CourseError as error:
        return [str(error)]


def _unresolved(questions: Iterable[Question]) -> list[str]:
    places = {q.id: q.place for q in questions if q.place is not None}
    return [
        f"{id}: no code cell of chapter {place[0]} is {place[1]}"
        for id, place in places.items()
        if not links.cell(place)
    ]
