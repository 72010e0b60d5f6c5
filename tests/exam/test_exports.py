"""The bank in the formats of other tools, read back by readers that are not the course's."""

import fnmatch
import json
import re
import sqlite3
import sys
import zipfile
from collections import Counter
from functools import cache
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as Tree

import genanki
import pytest

from helpers import exam
from helpers.errors import CourseError
from helpers.exam import bank, draw, exports
from helpers.exam.exports import anki, authors, moodle, qti
from helpers.exam.exports import gift as gift_file
from helpers.exam.exports.shape import FORMS, Option, Shape, shaped
from helpers.exam.kinds import KINDS

pytestmark = pytest.mark.usefixtures("folder")
QTI = {"q": "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"}


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


def test_a_package_that_is_not_installed_is_named_without_its_modules():
    with pytest.raises(CourseError, match="needs the package `nowhere`, which"):
        authors.package("nowhere.inside")
    assert authors.package("xml.etree") is sys.modules["xml.etree"]


def test_events_are_never_shown_in_their_order():
    orders = [shape for shape in shapes().values() if shape.order]
    assert len(orders) > 10
    for shape in orders:
        assert sorted(shape.mixed) == sorted(shape.order) and shape.mixed != shape.order
        for shown in (anki._front(shape), qti._order(shape)[0]):
            places = [shown.index(f"{event}</li>") for event in shape.order]
            assert places != sorted(places), shape.id
        letters = re.findall(r"<li>(\w)\) ", qti._order(shape)[0])
        named = dict(zip(shape.mixed, letters))
        assert qti._order(shape)[1].split() == ["*", "".join(named[event] for event in shape.order)]


def test_every_kind_has_a_form():
    assert set(FORMS) == set(KINDS)


def test_a_question_is_its_words_its_code_and_what_it_takes():
    parts = (
        r"<p>.+?</p>(<pre><code>[^<]+</code></pre>)?(<p>Requests: .+?\.</p>)?(<p>Answer with [^<]+(<code>.*)?\.</p>)?"
    )
    for shape in shapes().values():
        found, q = re.fullmatch(parts, shape.text, re.DOTALL), bank.load()[shape.id]
        assert found and [bool(part) for part in found.groups()[:2]] == [bool(q.code), bool(q.requests)], shape.text


def test_the_explanation_carries_the_proof():
    linked = [shape for shape in shapes().values() if "#cell-id=" in shape.why]
    assert len(linked) > 100 and all("Proved" in shape.why for shape in shapes().values())


def test_moodle_reads_every_question_back(made):
    root = Tree.parse(made / "bank.moodle.xml").getroot()
    questions = {q.findtext("name/text"): q for q in root if q.get("type") != "category"}
    assert list(questions) == list(shapes())
    assert [q.findtext("category/text") for q in root if q.get("type") == "category"] == ["$course$/After the Response"]
    for id, shape in shapes().items():
        check_in_moodle(questions[id], shape)


def check_in_moodle(q: Tree.Element, shape: Shape) -> None:
    assert q.findtext("questiontext/text") == shape.text and q.findtext("generalfeedback/text") == shape.why
    fractions = {a.findtext("text"): float(a.get("fraction")) for a in q.findall("answer")}
    rights = {option.text for option in shape.options if option.right}
    assert {text for text, worth in fractions.items() if worth > 0} == (
        rights or {f"{shape.number:g}"} & set(fractions)
    )
    if shape.form == "several":
        assert abs(sum(fractions.values())) < 0.1, "ticking all is worth nothing"
    assert tuple(pair.findtext("text") for pair in q.findall("subquestion")) == shape.order


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
        files = fnmatch.filter(package.namelist(), "*/*assessment*.xml")
        assessment = next(name for name in files if not name.endswith("_meta.xml"))
        root = Tree.fromstring(package.read(assessment))
    assert any(assessment.partition("/")[0] in (one.get("identifier") or "") for one in manifest.iter())
    items = {item.get("title"): item for item in root.iter(f"{{{QTI['q']}}}item")}
    assert list(items) == some
    for id in some:
        check_in_qti(items[id], shapes()[id])


def check_in_qti(item: Tree.Element, shape: Shape) -> None:
    shown = unescape(unescape(item.findtext("q:presentation/q:material/q:mattext", namespaces=QTI)))
    assert unescape(unescape(shape.text)) in shown
    scorings = [one for one in item.findall(".//q:respcondition", QTI) if one.find("q:setvar", QTI) is not None]
    assert scorings or shape.form == "essay"
    if shape.form in ("one", "several"):
        rights = {unescape(f"<div>{option.text}</div>") for option in shape.options if option.right}
        assert scored(item, scorings[0]) == rights


def scored(item: Tree.Element, scoring: Tree.Element) -> set[str]:
    """The texts of the options that a QTI item gives points for."""
    labels = {
        label.get("ident"): label.findtext(".//q:mattext", namespaces=QTI)
        for label in item.findall(".//q:response_label", QTI)
    }
    negated = {equal.text for equal in scoring.findall(".//q:not/q:varequal", QTI)}
    keys = {equal.text for equal in scoring.findall(".//q:varequal", QTI)} - negated
    return {unescape(labels[key]) for key in keys}


def test_anki_holds_a_note_for_each_question(made, tmp_path):
    with zipfile.ZipFile(made / "bank.apkg") as package:
        package.extract("collection.anki2", tmp_path)
    with sqlite3.connect(tmp_path / "collection.anki2") as db:
        notes = [fields.split("\x1f") for (fields,) in db.execute("select flds from notes")]
        assert db.execute("select count(*) from cards").fetchone() == (len(shapes()),)
        guids = {id for (id,) in db.execute("select guid from notes")}
        [[models]] = db.execute("select models from col")
    [model] = json.loads(models).values()
    assert [field["name"] for field in model["flds"]] == ["Id", "Question", "Answer"]
    assert [(one["qfmt"], one["afmt"]) for one in model["tmpls"]] == [
        ("{{Question}}", "{{FrontSide}}<hr id=answer>{{Answer}}")
    ]
    db.close()
    assert {id for id, _, _ in notes} == set(shapes())
    for id, front, back in notes:
        assert shapes()[id].text in front and shapes()[id].why in back
        assert all(option.text in back for option in shapes()[id].options if option.right)
        assert not re.search(r"</li>(?!<li>|</[uo]l>)", front + back), "between two lines of a list stands nothing"
    # By this Anki finds a card again, with what its learner has done, when a later export is taken in.
    assert guids == {genanki.guid_for("after-the-response", id) for id in shapes()}


RIGHT, WRONG, STRANGE = Option("r", True), Option("w = {1}", False, "no"), Option("v", False, "nay")


def small(form: str, **more: object) -> Shape:
    """A question that holds little more than its form."""
    return Shape(form, form, "<p>t</p>", "<p>y</p>", "k", tags=("c", ""), **more)


SMALL = [
    small("one", options=(RIGHT, WRONG, STRANGE)),
    small("several", options=(RIGHT, WRONG, STRANGE)),
    small("order", order=("a", "b")),
    small("number", number=0.6, tolerance=0.09),
    small("essay"),
]
TOLD = '<feedback format="html"><text>no</text></feedback></answer>'
IN_MOODLE = {
    "multichoice one": "<single>true</single><shuffleanswers>true</shuffleanswers>"
    '<answer format="html" fraction="100"><text>r</text><feedback format="html"><text /></feedback></answer>'
    f'<answer format="html" fraction="0"><text>w = {{1}}</text>{TOLD}'
    f'<answer format="html" fraction="0"><text>v</text>{TOLD.replace("no", "nay")}',
    "multichoice several": "<single>false</single><shuffleanswers>true</shuffleanswers>"
    '<answer format="html" fraction="100"><text>r</text><feedback format="html"><text /></feedback></answer>'
    f'<answer format="html" fraction="-50"><text>w = {{1}}</text>{TOLD}'
    f'<answer format="html" fraction="-50"><text>v</text>{TOLD.replace("no", "nay")}',
    "matching order": "<shuffleanswers>true</shuffleanswers>"
    '<subquestion format="html"><text>a</text><answer><text>1</text></answer></subquestion>'
    '<subquestion format="html"><text>b</text><answer><text>2</text></answer></subquestion>',
    "numerical number": '<answer fraction="100"><text>0.6</text><tolerance>0.09</tolerance></answer>',
    "essay essay": '<responseformat>plain</responseformat><graderinfo format="html"><text>k</text></graderinfo>',
}
IN_GIFT = """$CATEGORY: $course$/After the Response

::one::[html]<p>t</p>{
=r
~w \\= \\{1\\}#no
~v#nay
####<p>y</p>
}

::several::[html]<p>t</p>{
~%100%r
~%-50%w \\= \\{1\\}#no
~%-50%v#nay
####<p>y</p>
}

::order::[html]<p>t</p>{
=a -> 1
=b -> 2
####<p>y</p>
}

::number::[html]<p>t</p>{
#0.6:0.09
####<p>y</p>
}

::essay::[html]<p>t</p>{
####<p>y</p>
}
"""


def test_a_question_of_each_form_to_the_letter():
    wanted = '<question type="category"><category><text>$course$/After the Response</text></category></question>'
    for name, own in IN_MOODLE.items():
        kind, id = name.split()
        wanted += (
            f'<question type="{kind}"><name><text>{id}</text></name>'
            '<questiontext format="html"><text>&lt;p&gt;t&lt;/p&gt;</text></questiontext>'
            '<generalfeedback format="html"><text>&lt;p&gt;y&lt;/p&gt;</text></generalfeedback>'
            f"<defaultgrade>1</defaultgrade>{own}<tags><tag><text>c</text></tag></tags></question>"
        )
    written = re.sub(r"\n *", "", moodle.written(SMALL).decode())
    assert written == f"<?xml version='1.0' encoding='utf-8'?><quiz>{wanted}</quiz>"
    assert gift_file.written(SMALL).decode() == IN_GIFT


def test_options_stand_in_an_order_of_chance_that_stays():
    for id in [id for id, shape in shapes().items() if shape.options][:20]:
        options = draw.item(bank.load()[id], "export").options.values()
        assert [option.right for option in shapes()[id].options] == [text in bank.load()[id].right for text in options]
    places = Counter(
        next(n for n, one in enumerate(shape.options) if one.right)
        for shape in shapes().values()
        if shape.form == "one"
    )
    assert len(places) >= 3, "the right one does not give itself away by its place"


def test_an_export_says_what_it_cannot_do(folder, monkeypatch):
    assert "`formats` takes some of" in exam.export(str(folder), "word").markdown
    assert "bank.gift" in exam.export(str(folder), "gift").text and (folder / "bank.gift").exists()
    assert "could not be written" in exam.export("/proc/nowhere", ["gift"]).text
    monkeypatch.setitem(sys.modules, "genanki", None)
    assert "needs the package `genanki`" in exam.export(str(folder), "anki").markdown
    assert not Path(folder, "bank.apkg").exists()
