"""What teachers get: figures of questions from logs of answers, and the bank in the formats of other tools."""

import re
import sqlite3
import sys
import zipfile
from collections import Counter
from functools import cache
from html import unescape
from pathlib import Path
from statistics import correlation
from xml.etree import ElementTree as Tree

import pytest

from helpers import exam
from helpers.exam import bank, exports, teaching
from helpers.exam.exports.shape import FORMS, Shape, shaped
from helpers.exam.kinds import KINDS
from helpers.learning import log
from helpers.learning.log import Answer, Log

pytestmark = pytest.mark.usefixtures("folder")

# Statistics


def sitting(name: int, **rights: bool) -> list[Answer]:
    """Somebody's exam: by question whether it was right; what is wrong is option x of it."""
    return [
        Answer(
            id=id, when=name, how="exam", right=right, grade=3 if right else 1, exam=f"e{name}", number=number,
            shown=["the key" if right else f"{id} x"], said="?",
        )
        for number, (id, right) in enumerate(rights.items(), start=1)
    ]  # fmt: skip


def class_of(count: int) -> Log:
    """A class: `hard` is right for the better half, `odd` for the others, `easy` for all, `rest` tells how good one is."""
    answers = []
    for n in range(count):
        good = n >= count // 2
        answers += sitting(n, hard=good, odd=not good, easy=True, r1=good, r2=good, r3=good)
    return Log(answers=answers)


def test_difficulty_discrimination_and_distractors():
    found = exam.statistics(class_of(20))
    assert found.exams == 20 and found.questions["easy"].difficulty == 1.0
    assert found.questions["hard"].difficulty == 0.5 and found.questions["hard"].discrimination > 0.99
    assert found.questions["odd"].discrimination < -0.99 and "look at its key" in found.questions["odd"].remark
    assert found.questions["hard"].chosen == {"hard x": 10} and found.questions["easy"].chosen == {}
    assert found.questions["easy"].remark == "nearly everybody is right"
    assert found.text.splitlines()[4].startswith("| odd |"), "the most doubtful first"


def test_discrimination_leaves_the_question_itself_out():
    """Two questions that have nothing to do with each other: with itself in the score, each would seem to tell."""
    rights = [(True, True), (True, False), (False, True), (False, False)] * 5
    one = Log(answers=[one for n, (a, b) in enumerate(rights) for one in sitting(n, a=a, b=b)])
    found = exam.statistics(one).questions["a"]
    assert found.discrimination == pytest.approx(0.0)
    assert correlation([float(a) for a, _ in rights], [float(a + b) for a, b in rights]) > 0.7


def test_few_answers_and_constant_ones_are_said_to_say_little():
    found = exam.statistics(Log(answers=sitting(1, a=True, b=False)))
    assert found.questions["a"].discrimination is None and found.questions["a"].remark == "few answers"


@pytest.mark.parametrize(
    ("asked", "difficulty", "discrimination", "remark"),
    [
        (9, 0.5, -1.0, "few answers"),
        (10, 0.5, -0.01, "the better ones are wrong: look at its key"),
        (10, 0.19, 0.5, "nearly everybody is wrong"),
        (10, 0.2, 0.5, ""),
        (10, 0.95, 0.5, ""),
        (10, 0.96, 0.5, "nearly everybody is right"),
        (10, 0.96, None, "nearly everybody is right"),
        (10, 0.5, 0.0, "tells nobody apart"),
        (10, 0.5, 0.09, "tells nobody apart"),
        (10, 0.5, 0.1, ""),
        (10, 0.5, None, ""),
    ],
)
def test_what_a_teacher_should_look_at(asked, difficulty, discrimination, remark):
    assert teaching.Figures("1.1-a", asked, difficulty, discrimination).remark == remark


def test_the_table_of_the_figures_to_the_letter():
    few = teaching.Figures("few", 2, 0.5, -1.0, Counter(x=1))
    sure = teaching.Figures("sure", 12, 0.25, 0.5, Counter({"a | b\nc": 5, "d": 3, "e": 1}))
    none = teaching.Figures("none", 12, 1.0, None)
    told = teaching.Statistics({"few": few, "none": none, "sure": sure}, 1, 0.625)
    assert told.markdown.splitlines() == [
        "1 exam, 62 % right on average.",
        "",
        "| question | asked | right | discrimination | most chosen wrong | |",
        "|---|---:|---:|---:|---|---|",
        "| sure | 12 | 25 % | 0.50 | a \\| b c (5); d (3) |  |",
        "| none | 12 | 100 % | - |  | nearly everybody is right |",
        "| few | 2 | 50 % | -1.00 | x (1) | few answers |",
    ]
    assert teaching.Statistics({}, 2, 0.5).markdown.startswith("2 exams, 50 % right")


def test_a_wrong_answer_counts_by_its_options_or_as_it_was_said():
    def wrong(**answer) -> list[str]:
        return teaching._wrong(Answer(id="a", when=1, how="exam", grade=1, exam="e", number=1, **answer))

    assert wrong(right=False, shown=["x", "y"], said="AB") == ["x", "y"]
    assert wrong(right=False, shown=[], said="0.5 s") == ["0.5 s"]
    assert wrong(right=True, shown=["x"], said="A") == []


def test_logs_are_read_from_files_and_folders(folder):
    for name in ("ada", "grace"):
        (folder / name).mkdir()
        (folder / name / log.NAME).write_text(class_of(3).model_dump_json())
    assert exam.statistics(str(folder)).exams == exam.statistics(folder / "ada" / log.NAME, folder / "grace").exams == 6
    (folder / "other.json").write_text("{")
    assert "is no log of answers" in exam.statistics(folder / "other.json").text
    assert "cannot be read" in exam.statistics(folder / "none.json").text
    assert "takes names of files" in exam.statistics(7).text
    (folder / "empty").mkdir()
    assert "no exam in these logs yet" in exam.statistics(folder / "empty").text


def test_a_handed_in_exam_is_in_the_figures():
    exam.start(7, questions=6)
    item = next(item for item in exam._sitting.items if item.options)
    wrong = next(letter for letter in item.options if letter not in item.right)
    exam.answer(item.number, wrong if item.question.kind != "order" else item.right[::-1])
    exam.grade(finish=True)
    found = exam.statistics()
    assert isinstance(found, teaching.Statistics) and len(found.questions) == 6
    assert sum(found.questions[item.question.origin].chosen.values()) >= 1


# Exports


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The whole bank, written in all formats."""
    place = tmp_path_factory.mktemp("bank")
    told = exports.write(bank.load().values(), place, ["moodle", "gift", "anki"])
    assert told.text.startswith("Written: bank.moodle.xml, bank.gift, bank.apkg")
    return place


@cache
def shapes() -> dict[str, Shape]:
    """Every question of the bank as an export writes it."""
    return {id: shaped(question) for id, question in bank.load().items()}


def test_every_kind_has_a_form():
    assert set(FORMS) == set(KINDS)


def test_the_explanation_carries_the_proof():
    linked = [shape for shape in shapes().values() if "#cell-id=" in shape.why]
    assert len(linked) > 100 and all("Proved" in shape.why for shape in shapes().values())


def test_moodle_reads_every_question_back(made):
    root = Tree.parse(made / "bank.moodle.xml").getroot()
    questions = {q.findtext("name/text"): q for q in root if q.get("type") != "category"}
    assert list(questions) == list(shapes())
    for id, shape in shapes().items():
        q = questions[id]
        assert q.findtext("questiontext/text") == shape.text and q.findtext("generalfeedback/text") == shape.why
        fractions = {a.findtext("text"): float(a.get("fraction")) for a in q.findall("answer")}
        rights = {option.text for option in shape.options if option.right}
        assert {text for text, worth in fractions.items() if worth > 0} == (
            rights or {f"{shape.number:g}"} & set(fractions)
        )
        if shape.form == "several":
            assert abs(sum(fractions.values())) < 0.1, "ticking all is worth nothing"
        events = [pair.findtext("text") for pair in q.findall("subquestion")]
        assert tuple(events) == shape.order


def gift(text: str) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """What a GIFT file says, by a reader of its own: by id the text and the answers, each with its sign."""
    found = {}
    for block in re.split(r"\n\s*\n", text.strip())[1:]:
        id, asked, answers = re.fullmatch(r"::(.+?)::\[html\](.*?)(?<!\\)\{\n(.*)\}", block, re.S).groups()
        body = answers.partition("####")[0]
        parts = re.findall(r"(?m)^(=|~%[-\d.]+%|~|#)((?:\\.|[^#\n\\])*)", body)
        clean = [(sign, re.sub(r"\\(.)", r"\1", text).strip()) for sign, text in parts]
        found[re.sub(r"\\(.)", r"\1", id)] = (re.sub(r"\\(.)", r"\1", asked), clean)
    return found


def test_gift_reads_every_question_back(made):
    read = gift((made / "bank.gift").read_text())
    assert list(read) == list(shapes())
    for id, shape in shapes().items():
        text, answers = read[id]
        assert unescape(text) == unescape(shape.text)
        right = {unescape(one) for sign, one in answers if sign == "=" or sign.startswith("~%") and "-" not in sign}
        wanted = {unescape(option.text).strip() for option in shape.options if option.right}
        wanted |= {f"{unescape(event)} -> {place}" for place, event in enumerate(shape.order, start=1)}
        assert right == wanted
        assert len(answers) == len(shape.options or shape.order) + (shape.form == "number")


def test_qti_is_a_sound_package_with_every_question(folder):
    """Every sixth question and all with a form of their own: text2qti takes 12 ms for one."""
    forms = ("order", "number", "essay")
    some = [id for place, (id, shape) in enumerate(shapes().items()) if place % 6 == 0 or shape.form in forms]
    exports.write([bank.load()[id] for id in some], folder, "qti")
    with zipfile.ZipFile(folder / "bank.qti.zip") as package:
        manifest = Tree.fromstring(package.read("imsmanifest.xml"))
        files = [
            name for name in package.namelist() if name.endswith(".xml") and "assessment" in name.rsplit("/", 1)[-1]
        ]
        assessment = next(name for name in files if not name.endswith("_meta.xml"))
        root = Tree.fromstring(package.read(assessment))
    space = {"q": "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"}
    assert any(assessment.partition("/")[0] in (one.get("identifier") or "") for one in manifest.iter())
    items = {item.get("title"): item for item in root.iter(f"{{{space['q']}}}item")}
    assert list(items) == some
    for id in some:
        item, shape = items[id], shapes()[id]
        labels = {
            label.get("ident"): label.findtext(".//q:mattext", namespaces=space)
            for label in item.findall(".//q:response_label", space)
        }
        scoring = (
            next(one for one in item.findall(".//q:respcondition", space) if one.find("q:setvar", space) is not None)
            if shape.form != "essay"
            else None
        )
        if shape.form in ("one", "several"):
            negated = {equal.text for equal in scoring.findall(".//q:not/q:varequal", space)}
            keys = {equal.text for equal in scoring.findall(".//q:varequal", space)} - negated
            rights = {f"<div>{option.text}</div>" for option in shape.options if option.right}
            assert {unescape(labels[key]) for key in keys} == set(map(unescape, rights))
        shown = unescape(unescape(item.findtext("q:presentation/q:material/q:mattext", namespaces=space)))
        assert unescape(unescape(shape.text)) in shown


def test_anki_holds_a_note_for_each_question(made, tmp_path):
    with zipfile.ZipFile(made / "bank.apkg") as package:
        package.extract("collection.anki2", tmp_path)
    with sqlite3.connect(tmp_path / "collection.anki2") as db:
        notes = [fields.split("\x1f") for (fields,) in db.execute("select flds from notes")]
        assert db.execute("select count(*) from cards").fetchone() == (len(shapes()),)
    db.close()
    assert {id for id, _, _ in notes} == set(shapes())
    for id, front, back in notes:
        assert shapes()[id].text in front and shapes()[id].why in back
        assert all(option.text in back for option in shapes()[id].options if option.right)


def test_an_export_says_what_it_cannot_do(folder, monkeypatch):
    assert "`formats` takes some of" in exam.export(str(folder), "word").markdown
    assert "bank.gift" in exam.export(str(folder), "gift").text and (folder / "bank.gift").exists()
    assert "could not be written" in exam.export("/proc/nowhere", ["gift"]).text
    monkeypatch.setitem(sys.modules, "genanki", None)
    assert "needs the package `genanki`" in exam.export(str(folder), "anki").markdown
    assert not Path(folder, "bank.apkg").exists()
