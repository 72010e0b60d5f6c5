"""Every notebook keeps the contract, and for each rule a doctored notebook shows that it can be broken."""

import base64
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.authoring import refresh
from helpers.authoring.rules import INDEX
from helpers.authoring.stored import dumps, loads
from helpers.course import CHAPTERS, CLAIMS, TASKS, VERSIONS
from helpers.learning import topics
from helpers.learning.topics import Topic
from helpers.live.picture import describe, draw
from tests.notebooks import contract
from tests.notebooks.contract import Notebook, Rule

STORED = refresh.stored()


of = cache(Notebook.of)  # read once; no rule changes what it judges


@pytest.mark.parametrize("rule", contract.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_a_stored_notebook_keeps_the_contract(path: Path, rule: Rule):
    assert rule(of(path)) == []


def test_no_rule_changes_what_the_next_one_judges():
    book = Notebook.of(STORED[4])
    for rule in contract.RULES:
        rule(book)
    assert book.content == loads(book.text)


def test_no_two_notebooks_share_an_id():
    books = [Notebook.of(path) for path in STORED]
    assert contract.shared_ids(books) == set()
    assert contract.shared_ids([books[0], *books]), "what two notebooks have is noticed"


def test_the_data_of_the_topics_is_in_order():
    assert contract.misnamed(topics.load()) == []


# A notebook that keeps all rules. Chapter 9 settles no claim, so the sample need not either.

CHAPTER = CHAPTERS[8]
SHOWN = {"tags": [topics.TAG + topic.id for topic in contract.own_topics(CHAPTER.file)]}
APP = """\
from fastapi import BackgroundTasks, FastAPI

from helpers import compare, predict, record, serve

app = FastAPI()


def write_log():
    ...


@app.get("/")
def root(background_tasks: BackgroundTasks):
    background_tasks.add_task(write_log)
"""
RULE = "> § RULE · **What is measured holds.**"
BAR = {"sent": 2.0, "error": None, "running": False, "status": None}
DATA = {
    "length": 12.5,
    "bars": [
        {**BAR, "name": "GET /", "kind": "client", "start": 0.0, "end": 2.5},
        {**BAR, "name": "GET /", "kind": "server", "start": 0.5, "end": 2.0, "status": 200},
        {**BAR, "name": "write_log", "kind": "task", "start": 2.2, "end": 12.5},
    ],
}


def picture(data: dict = DATA) -> NotebookNode:
    svg, alt = draw(data), describe(data)
    image = base64.b64encode(svg.encode()).decode()
    shown = {
        "image/svg+xml": svg,
        "text/markdown": f"![{alt}](data:image/svg+xml;base64,{image})",
        "text/plain": alt,
    }
    return new_output("display_data", data=shown, metadata={"timeline": data, "image/svg+xml": {"alt": alt}})


def printed(text: str, name: str = "stdout") -> NotebookNode:
    return new_output("stream", name=name, text=text)


def failure(traceback: str) -> NotebookNode:
    return new_output("error", ename="ZeroDivisionError", evalue="division by zero", traceback=[traceback])


def code(id: str, source: str, *outputs: NotebookNode, **metadata) -> NotebookNode:
    return new_code_cell(source, id=id, execution_count=1, outputs=list(outputs), metadata=metadata)


def good() -> NotebookNode:
    sections = [
        new_markdown_cell(f"## {number} {title}\n\n{RULE}", id=f"section-{number.replace('.', '-')}")
        for number, title in CHAPTER.sections.items()
    ]
    return new_notebook(
        cells=[
            new_markdown_cell(f"# {CHAPTER.number} {CHAPTER.title}\n\nYou build it.", id="title"),
            code("app", APP, **(SHOWN if SHOWN["tags"] else {})),
            code("ask", 'predict("9.1-wait", ...)', printed("a or b?\n")),
            code("measure", 'with record() as timeline:\n    serve(app).client.get("/")', printed("0.2 ms\n")),
            code("show", "timeline", picture()),
            code("compare", 'compare("9.1-wait")', printed("Not predicted yet.\n")),
            new_markdown_cell("The task ran later.\n\n```\n#### no heading\n```", id="reading"),
            code("fail", "1 / 0", failure("one line"), tags=["raises-exception"]),
            *sections,
        ]
    )


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """The good notebook in a folder of its own, as the refresh command stores it, and the appendix."""
    path = tmp_path / CHAPTER.file
    path.write_text(dumps(good()), encoding="utf-8")
    path.write_text(dumps(refresh.prepared(path)), encoding="utf-8")
    (tmp_path / CLAIMS).write_text(refresh.generated(CLAIMS, tmp_path), encoding="utf-8")
    return path


def test_the_sample_keeps_every_rule(stored: Path):
    for path in (stored, stored.with_name(CLAIMS)):
        assert {rule.__name__: wrong for rule in contract.RULES if (wrong := rule(Notebook.of(path)))} == {}


Doctor = Callable[[NotebookNode], object]


def cell(notebook: NotebookNode, id: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == id)


def setting(id: str, **fields) -> Doctor:
    return lambda notebook: cell(notebook, id).update(from_dict(fields))


def adding(*cells: NotebookNode) -> Doctor:
    return lambda notebook: notebook.cells.extend(cells)


def showing(*outputs: NotebookNode) -> Doctor:
    return setting("measure", outputs=list(outputs))


def prose(text: str) -> Doctor:
    return setting("reading", source=text)


def serving(source: str) -> Doctor:
    return adding(code("served", source))


def marking(id: str, **metadata) -> Doctor:
    return lambda notebook: cell(notebook, id).metadata.update(metadata)


def in_picture(change: Callable[[NotebookNode], object]) -> Doctor:
    return lambda notebook: change(cell(notebook, "show").outputs[0])


def without(*ids: str) -> Doctor:
    def remove(notebook: NotebookNode) -> None:
        notebook.cells = [cell for cell in notebook.cells if cell.id not in ids]

    return remove


def renamed(file: str, doctor: Doctor) -> Callable[[NotebookNode], str]:
    return lambda notebook: (doctor(notebook), file)[1]


def swapping_sections(notebook: NotebookNode) -> None:
    first, second = cell(notebook, "section-9-1"), cell(notebook, "section-9-2")
    first.source, second.source = second.source, first.source


ROUTE = '@app.get("/")\nasync def read():\n    print("here")'
TASK = 'def send():\n    print("here")\n\n\ntasks.add_task(send)'

BROKEN: list[tuple[Rule, str, Doctor]] = [
    (contract.is_valid, "not a valid notebook", setting("measure", outputs=[{"output_type": "strange"}])),
    (contract.has_plain_metadata, "kernelspec", lambda nb: nb.metadata.kernelspec.update(name="conda-env")),
    (contract.has_plain_metadata, "version", lambda nb: nb.metadata.language_info.update(version="3.11.7")),
    (contract.has_plain_metadata, "widgets", lambda nb: nb.metadata.update(widgets={})),
    (contract.is_canonical, "stored form", marking("measure", execution={"iopub.status.busy": "now"})),
    (contract.is_canonical, "stored form", marking("reading", slideshow={"slide_type": ""})),
    (contract.is_canonical, "stored form", marking("app", jupyter={"outputs_hidden": True})),
    (contract.has_navigation, "navigation", setting("navigation-top", source="← somewhere else")),
    (contract.has_navigation, "navigation", without("navigation-end")),
    (contract.is_small, "250,000", prose("x" * 250_000)),
    (contract.has_title_and_sections, "title", setting("title", source="# 9 Something Else")),
    (contract.has_title_and_sections, "begin with the title", setting("title", source="Welcome.\n\n# 9 Case Studies")),
    (contract.has_title_and_sections, "2 titles", prose("# Another title")),
    (contract.has_title_and_sections, "'9.2", without("section-9-2")),
    (contract.has_title_and_sections, "none of the study guide's", prose("## 9.5 More")),
    (contract.has_title_and_sections, "another order", swapping_sections),
    (contract.skips_no_heading_level, "level 3", prose("### Too deep")),
    (contract.has_no_empty_cell, "empty", adding(code("nothing", " \n"))),
    (contract.has_no_empty_cell, "Python", adding(code("broken", "def f(:"))),
    (contract.has_alt_texts, "alt", in_picture(lambda output: output.metadata.pop("image/svg+xml"))),
    (contract.has_alt_texts, "alt", in_picture(lambda output: output.data.update({"text/markdown": "![ ](x.png)"}))),
    (contract.has_alt_texts, "alt", showing(new_output("display_data", data={"image/png": "iVBORw0K"}))),
    (contract.has_alt_texts, "alt", showing(new_output("display_data", data={"text/html": '<img src="a.png">'}))),
    (contract.has_alt_texts, "alt", prose("![](parcel.png)")),
    (contract.is_counted, "None", setting("measure", execution_count=None)),
    (contract.is_counted, "counted 7", setting("measure", execution_count=7)),
    (contract.shows_something, "none", lambda nb: [cell.update(outputs=[]) for cell in nb.cells if "outputs" in cell]),
    (
        contract.shows_no_object,
        "<function",
        showing(new_output("execute_result", data={"text/plain": "<function __main__.f()>"})),
    ),
    (contract.fails_only_on_purpose, "fails with", setting("fail", metadata={})),
    (contract.fails_only_on_purpose, "raises none", marking("app", tags=["raises-exception"])),
    (
        contract.fails_only_on_purpose,
        "more than 15",
        setting("fail", outputs=[failure("x\n" * 20)]),
    ),
    (contract.ends_its_loops, "without a deadline", serving("while not server.started:\n    time.sleep(0.01)")),
    (contract.ends_its_loops, "without a deadline", serving("end = time.monotonic()\nwhile True:\n    wait(end)")),
    (contract.ends_its_loops, "a socket that waits", serving("one = socket.create_connection(('127.0.0.1', port))")),
    (
        contract.ends_its_loops,
        "without a deadline",
        serving("%%project main.py\nwhile True:\n    seen = perf_counter()"),
    ),
    (contract.says_what_it_did_not_find, "StopIteration", serving("next(line for line in log if line)")),
    (contract.is_silent_on_stderr, "DeprecationWarning", showing(printed("DeprecationWarning: old\n", "stderr"))),
    (contract.names_no_machine, "path", showing(printed("saved to /home/ada/parcels.db\n"))),
    (contract.names_no_machine, "path", showing(printed(r"saved to C:\Users\ada\parcels.db"))),
    (contract.names_no_machine, "path", showing(printed(f"here: {Path(__file__).parents[2]}/notebooks"))),
    (contract.names_no_machine, "path", showing(printed("lib/python3.11/site-packages/fastapi/routing.py"))),
    (contract.names_no_machine, "path", setting("fail", outputs=[failure("File /tmp/x.py:3")])),
    (contract.names_no_machine, "path", serving('open("/home/ada/parcels.db")')),
    (contract.names_no_machine, "port", showing(printed("http://127.0.0.1:40123/docs"))),
    (contract.names_no_machine, "port", showing(printed("listening on port 8000"))),
    (
        contract.names_no_machine,
        "memory",
        showing(new_output("display_data", data={"text/plain": "<f at 0x7f3c2a90>"})),
    ),
    (contract.redraws_its_pictures, "without the data", in_picture(lambda output: output.metadata.pop("timeline"))),
    (
        contract.redraws_its_pictures,
        "does not draw",
        in_picture(lambda output: output.data.update({"image/svg+xml": draw(DATA).replace("write_log", "write_big")})),
    ),
    (
        contract.redraws_its_pictures,
        "does not draw",
        in_picture(lambda output: output.metadata.timeline.bars[2].update(end=40.0)),
    ),
    (
        contract.redraws_its_pictures,
        "alt text is not",
        in_picture(lambda output: output.metadata["image/svg+xml"].update(alt="Nobody waited.")),
    ),
    (
        contract.redraws_its_pictures,
        "two different pictures",
        in_picture(lambda output: output.data.update({"text/markdown": "![a](data:image/svg+xml;base64,PHN2Zy8+)"})),
    ),
    (contract.serves_and_records, "serve", setting("measure", source="with record() as timeline:\n    ask()")),
    (contract.serves_and_records, "record", setting("measure", source='serve(app).client.get("/")  # no record()')),
    (contract.folds_its_answers, "not folded", setting("measure", metadata={})),
    (contract.folds_its_answers, "not folded", setting("show", metadata={})),
    (contract.folds_its_answers, "does not settle", without("measure", "compare")),
    (contract.compares_unless_told_why, "without a reason", marking("measure", tags=["nbval-ignore-output"])),
    (
        contract.compares_unless_told_why,
        "without a reason",
        marking("measure", tags=["nbval-skip"], nbval={"reason": " "}),
    ),
    (contract.compares_unless_told_why, "is compared", marking("measure", nbval={"reason": "it was random once"})),
    (contract.compares_unless_told_why, "comment", setting("measure", source="# NBVAL_IGNORE_OUTPUT\nserve(app)")),
    (contract.prints_nowhere_served, "read()", serving(ROUTE)),
    (contract.prints_nowhere_served, "send()", serving(TASK)),
    (
        contract.reads_the_same_everywhere,
        "measure) names no encoding, and is not ASCII",
        setting("measure", source="Path('a').write_text('Grüße')"),
    ),
    (contract.settles_its_claims, "no known claim", marking("measure", tags=["claim-A99"])),
    (contract.is_known, "no part of the course", lambda nb: "09_extra.ipynb"),
    (contract.settles_its_claims, "claim-Q8", lambda nb: CHAPTERS[0].file),
    (contract.shows_its_topics, "topic-9.1-nothing, which is no known", marking("measure", tags=["topic-9.1-nothing"])),
    (contract.shows_its_topics, "topic-9.1-nothing, which is no known", marking("reading", tags=["topic-9.1-nothing"])),
    (contract.shows_its_topics, "belongs to 01_introduction", marking("measure", tags=["topic-1.1-model"])),
    (
        contract.shows_its_topics,
        "belongs to 01_introduction",
        renamed(TASKS, marking("measure", tags=["topic-1.1-model"])),
    ),
    (contract.shows_its_topics, "no code cell is tagged topic-1.1-model", lambda nb: CHAPTERS[0].file),
    (contract.shows_its_topics, "no code cell is tagged topic-4.3-start", lambda nb: CHAPTERS[3].file),
    (contract.shows_its_topics, "no code cell is tagged topic-versions-live", lambda nb: VERSIONS),
    (contract.shows_its_topics, "no code cell is tagged topic-1.3-choose", lambda nb: CHAPTERS[0].file),
    (
        contract.shows_its_topics,
        "no code cell is tagged topic-1.1-model",
        renamed(CHAPTERS[0].file, marking("reading", tags=["topic-1.1-model"])),
    ),
    (contract.links_to_cells, "#cell-id=gone", prose(f"[there]({CHAPTER.file}#cell-id=gone)")),
    (contract.links_to_cells, "#cell-id=gone", prose("[there](11_missing.ipynb#cell-id=gone)")),
    (
        contract.links_to_cells,
        "#cell-id=gone",
        showing(new_output("display_data", data={"text/markdown": f"[there]({CHAPTER.file}#cell-id=gone)"})),
    ),
    (contract.states_its_rules, "rule is missing", marking("reading", tags=["rule"])),
    (
        contract.states_its_rules,
        "2 rules under one tag",
        setting("reading", source=f"{RULE}\n\n{RULE}", metadata={"tags": ["rule"]}),
    ),
    (contract.states_its_rules, "no whole sentence", prose(RULE.replace("holds.", "holds"))),
    (contract.states_its_rules, "not as a rule is", prose("> Somebody said so.")),
    (contract.states_its_rules, "not as a rule is", prose(RULE.replace("§ ", ""))),
    (contract.states_its_rules, "not as a rule is", prose(f"{RULE} And more.")),
    (contract.states_its_rules, "not as a rule is", prose(RULE.replace("measured ", "measured\n> "))),
    (contract.states_its_rules, "holds the bold sentence", prose("It ran.\n\n**A task runs behind the answer.**")),
    (
        contract.states_its_rules,
        "holds the bold sentence",
        prose("It ran. **A task runs behind the answer.** So it is."),
    ),
    (
        contract.states_its_rules,
        "section 9.2 states no rule",
        setting("section-9-2", source="## 9.2 Implementing a CRUD Application"),
    ),
    (contract.has_its_index, "0 cells", lambda nb: TASKS),
    (contract.has_its_index, "out of date", renamed(TASKS, adding(new_markdown_cell("x", metadata={"tags": [INDEX]})))),
]


@pytest.mark.parametrize(
    "rule, words, doctor", BROKEN, ids=[f"{n}-{rule.__name__}" for n, (rule, *_) in enumerate(BROKEN)]
)
def test_a_doctored_notebook_breaks_the_rule(stored: Path, rule: Rule, words: str, doctor: Doctor):
    notebook = Notebook.of(stored).content
    renamed = doctor(notebook)
    path = stored.with_name(renamed) if isinstance(renamed, str) else stored
    path.write_text(dumps(notebook), encoding="utf-8")
    assert any(words in sentence for sentence in rule(Notebook.of(path)))


@pytest.mark.filterwarnings(
    "ignore::FutureWarning"
)  # nbformat mends ids when it reads and writes, so the text is changed
@pytest.mark.parametrize("id, words", [('"id": "title"', "more than one cell"), ('"was": "reading"', "no id")])
def test_ids_must_be_there_and_differ(stored: Path, id: str, words: str):
    stored.write_text(stored.read_text(encoding="utf-8").replace('"id": "reading"', id), encoding="utf-8")
    assert any(words in sentence for sentence in contract.is_valid(Notebook.of(stored)))


def missing_topics(path: Path) -> set[str]:
    sentences = contract.shows_its_topics(Notebook.of(path))
    start = "no code cell is tagged topic-"  # the sample's own topics belong to its chapter, whatever it is renamed to
    return {line.removeprefix(start).partition(":")[0] for line in sentences if line.startswith(start)}


def test_a_topic_is_shown_by_a_code_cell_and_some_are_told(stored: Path):
    notebook = Notebook.of(stored).content
    path = stored.with_name(CHAPTERS[0].file)
    cell(notebook, "measure").metadata.tags = ["topic-1.1-model"]
    cell(notebook, "reading").metadata.tags = ["topic-1.3-choose"]
    path.write_text(dumps(notebook), encoding="utf-8")
    assert missing_topics(path) == {topic.id for topic in contract.own_topics(path.name)} - {"1.1-model", "1.3-choose"}


def test_the_appendix_on_tasks_shows_topics_of_chapter_4(stored: Path):
    notebook, path = Notebook.of(stored).content, stored.with_name(CHAPTERS[3].file)
    path.write_text(dumps(notebook), encoding="utf-8")
    assert "4.3-start" in missing_topics(path)
    cell(notebook, "measure").metadata.tags = ["topic-4.3-start"]
    path.with_name(TASKS).write_text(dumps(notebook), encoding="utf-8")
    assert "4.3-start" not in missing_topics(path)
    assert missing_topics(path.with_name(TASKS)) == set()


def test_a_topic_that_is_told_is_not_shown_as_well():
    told = {id for path in STORED for id in contract._topics(Notebook.of(path))[1]}
    shown = {id for path in STORED for id in contract._topics(Notebook.of(path))[0]}
    assert contract.TOLD <= told - shown


MISNAMED = {
    "belongs to another chapter": (Topic("4.1-list", "query parameter as list", 3), "chapter 3, which has no 4.1"),
    "belongs to no section": (Topic("3.9-list", "query parameter as list", 3), "chapter 3, which has no 3.9"),
    "belongs to no appendix": (Topic("3.5-list", "query parameter as list", None), "is no appendix"),
    "short": (Topic("3.5-list", "list parameter", 3), "3 to 12 words"),
    "long": (Topic("3.5-list", "list " * 12 + "again", 3), "3 to 12 words"),
    "not plain": (Topic("3.5-list", "parameter as `list`", 3), "plain words"),
    "sorted under A": (Topic("3.5-list", "a query parameter as list", 3), "plain words"),
    "taken": (Topic("3.5-list", "Query Parameter as a Set", 3), "3.5-set and 3.5-list have one title"),
}


@pytest.mark.parametrize("topic, words", MISNAMED.values(), ids=MISNAMED.keys())
def test_a_misnamed_topic_is_noticed(topic: Topic, words: str):
    good = [Topic("3.5-set", "query parameter as a set", 3), Topic("versions-live", "installed release asked", None)]
    assert contract.misnamed(good) == []
    [sentence] = contract.misnamed([*good, topic])
    assert words in sentence


def test_every_rule_was_broken_once():
    assert {rule for rule, *_ in BROKEN} == set(contract.RULES) - {contract.links_to_proofs}


def test_the_appendix_must_be_current_and_its_links_must_lead_somewhere(stored: Path):
    page = stored.with_name(CLAIMS)
    notebook = Notebook.of(stored).content
    cell(notebook, "measure").metadata.tags = ["claim-A9"]
    stored.write_text(dumps(notebook), encoding="utf-8")
    assert "out of date" in contract.links_to_proofs(Notebook.of(page))[0]

    page.write_text(refresh.generated(CLAIMS, stored.parent), encoding="utf-8")
    assert contract.links_to_proofs(Notebook.of(page)) == []
    page.write_text(page.read_text(encoding="utf-8").replace("cell-id=measure", "cell-id=gone"), encoding="utf-8")
    assert any("#cell-id=gone" in sentence for sentence in contract.links_to_proofs(Notebook.of(page)))


ALLOWED = {
    "facts": printed("40 threads, HTTP 200, 3 tasks; ran in AnyIO worker thread; GET /tmp-parcels and /users/7\n"),
    "relative": printed("01_introduction/flask_app.py ./parcels.db ../data\n"),
    "addresses of the web": printed(
        "https://fastapi.tiangolo.com/home/ and http://127.0.0.1/docs; 12:30:45; ports 1\n"
    ),
}


@pytest.mark.parametrize("shown", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_says_nothing_of_the_machine_may_be_shown(stored: Path, shown: NotebookNode):
    notebook = Notebook.of(stored).content
    cell(notebook, "measure").outputs = [shown]
    stored.write_text(dumps(notebook), encoding="utf-8")
    assert contract.names_no_machine(Notebook.of(stored)) == []


BOUNDED = {
    "condition": "while busy and time.monotonic() < end:\n    time.sleep(0.01)",
    "name": "end = time.perf_counter() + 5\nwhile busy:\n    assert moment < end, 'still busy'",
    "socket": "with socket.create_connection(address, timeout=5) as one:\n    while one.recv(100):\n        pass",
    "if": "while True:\n    if perf_counter() > 5:\n        break",
    "magic": "%%project main.py\nend = monotonic() + 5\nwhile moment < end:\n    pass",
}


@pytest.mark.parametrize("source", BOUNDED.values(), ids=BOUNDED.keys())
def test_a_loop_with_a_deadline_may_stand_in_a_cell(stored: Path, source: str):
    notebook = Notebook.of(stored).content
    serving(source)(notebook)
    stored.write_text(dumps(notebook), encoding="utf-8")
    assert contract.ends_its_loops(Notebook.of(stored)) == []


def test_what_leads_is_a_cell():
    ids = {cell.id for path in STORED for cell in Notebook.of(path).cells}
    assert contract.LEADS <= ids


def test_what_is_quoted_in_code_is_no_rule(stored: Path):
    notebook = Notebook.of(stored).content
    prose("```\n> grep -c rule\n**It is no rule, you see.**\n```\n\nA **bold word** stays one.")(notebook)
    stored.write_text(dumps(notebook), encoding="utf-8")
    assert contract.states_its_rules(Notebook.of(stored)) == []


def test_a_function_that_is_not_served_may_print(stored: Path):
    notebook = Notebook.of(stored).content
    notebook.cells.append(code("table", "def show(rows):\n    print(rows)\n\n\nshow([1])"))
    stored.write_text(dumps(notebook), encoding="utf-8")
    assert contract.prints_nowhere_served(Notebook.of(stored)) == []


def test_a_file_that_not_every_system_reads_alike_is_noticed(stored: Path):
    notebook = Notebook.of(stored).content
    read = code("read", "print(Path('letter.txt').read_text())")
    notebook.cells.append(read)
    (stored.parent / f"{stored.name[:2]}_files" / ".cache").mkdir(parents=True)
    letter, cache = (stored.parent / f"{stored.name[:2]}_files" / name for name in ("letter.txt", ".cache/letter.txt"))
    for file, text in ((letter, "Grüße"), (cache, "Grüße")):
        file.write_text(text, encoding="utf-8")
    stored.write_text(dumps(notebook), encoding="utf-8")
    [sentence] = contract.reads_the_same_everywhere(Notebook.of(stored))
    assert sentence.startswith("letter.txt is not ASCII, and code cell ")
    read.source = "print(Path('letter.txt').read_text(encoding='utf-8'))"
    stored.write_text(dumps(notebook), encoding="utf-8")
    assert contract.reads_the_same_everywhere(Notebook.of(stored)) == []


def test_a_cell_may_go_uncompared_with_a_reason(stored: Path):
    notebook = Notebook.of(stored).content
    cell(notebook, "measure").metadata.update(tags=["nbval-ignore-output"], nbval={"reason": "shows the live page"})
    stored.write_text(dumps(notebook), encoding="utf-8")
    assert contract.compares_unless_told_why(Notebook.of(stored)) == []
