"""The site: what its pages are made of, that its links lead somewhere, and that a browser needs nothing from elsewhere."""

import datetime
import functools
import http.server
import re
import runpy
import threading
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import make
from helpers.authoring.site import __main__ as site
from helpers.authoring.site import finder, notes
from helpers.course import CHAPTERS, START
from helpers.learning import asked, catalogue, claims, topics
from helpers.learning.finding import places
from helpers.notes import head

NOW = datetime.datetime(2026, 11, 21, 8, 30, tzinfo=datetime.UTC)
REPORT = """<testsuites><testsuite>
<testcase classname="notebooks.01_a.ipynb" name="Cell 0"/>
<testcase classname="notebooks.01_a.ipynb" name="Cell 1"><failure message="Cell outputs differ"/></testcase>
<testcase classname="notebooks.02_b.ipynb" name="Cell 0"/>
</testsuite></testsuites>"""


class Links(HTMLParser):
    """The addresses and anchors of a page, and the pictures without alt text."""

    def __init__(self, page: str):
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()
        self.nameless: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        self.targets += [given[name] for name in ("href", "src") if given.get(name)]
        if tag == "img" and not (given.get("alt") or "").strip():
            self.nameless.append(given.get("src", "")[:40])


def broken(folder: Path) -> list[str]:
    """The links between a folder's pages that lead nowhere."""
    pages = {path.resolve(): Links(path.read_text(encoding="utf-8")) for path in folder.glob("*.html")}

    def leads(path: Path, target: str) -> bool:
        file, _, anchor = target.partition("#")
        aim = (path.parent / unquote(file.partition("?")[0])).resolve() if file else path
        return aim.exists() and (not anchor or aim not in pages or unquote(anchor) in pages[aim].anchors)

    own = [(path, target) for path, page in pages.items() for target in page.targets if not re.match("[a-z]+:", target)]
    return [f"{path.name}: {target}" for path, target in own if not leads(path, target)]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    assert site.build(site.verification({"01_introduction_to_fastapi": (40, 40)}, NOW), folder) == 0
    return folder


def test_a_link_to_a_cell_becomes_an_anchor_before_it():
    notebook = new_notebook(
        cells=[
            new_markdown_cell("[there](02_b.ipynb#cell-id=far) and [here](#cell-id=near)", id="prose"),
            new_code_cell("1", id="near"),
        ]
    )
    assert site.linked([notebook]) == {"far", "near"}
    shown = site.page(notebook, {"near"})
    assert shown.cells[0].source == "[there](#cell-far) and [here](#cell-near)"
    assert [cell.source for cell in shown.cells[1:]] == ["(cell-near)=", "1"]


def test_a_link_to_a_measurement_opens_at_the_app_that_it_measures():
    cells = [
        new_code_cell("app = FastAPI()", id="other"),
        new_markdown_cell("## Next", id="next"),
        new_code_cell("serve(app)", id="alone"),
        new_code_cell("app = FastAPI()", id="app"),
        new_markdown_cell("Ask it.", id="asks"),
        new_code_cell("server = serve(app)", id="first"),
        new_code_cell("server.client.get('/')", id="second"),
        new_code_cell("server.client.get('/a')", id="third"),
    ]
    assert site.openings(cells) == {"first": "app", "second": "app"}
    shown = site.page(new_notebook(cells=cells), {"first", "second", "asks", "third"}).cells
    labels = [cell.source for cell in shown if cell.cell_type == "markdown" and "(cell-" in cell.source]
    assert labels == ["(cell-first)=", "(cell-second)=", "(cell-asks)=", "(cell-third)="]
    assert [cell.id for cell in shown[3:6]] == ["to-first", "to-second", "app"]


def test_a_rule_has_the_head_of_a_card():
    [shown] = site.page(new_notebook(cells=[new_markdown_cell("> § RULE · **[It](#cell-id=a) holds.**")]), set()).cells
    assert shown.source == f"> {head('RULE')} · **[It](#cell-a) holds.**"


def test_a_link_in_an_output_leads_where_one_in_the_text_does():
    output = new_output("display_data", {"text/markdown": "[map](02_b.ipynb) [cell](02_b.ipynb#cell-id=far)"})
    notebook = new_notebook(cells=[new_code_cell("show()", outputs=[output])])
    assert site.linked([notebook]) == {"far"}
    shown = site.page(notebook, {"far"}).cells[0].outputs[0]["data"]["text/markdown"]
    assert shown == "[map](02_b.ipynb) [cell](#cell-far)"


def test_what_answers_a_prediction_stays_folded_and_navigation_goes():
    cells = [
        new_markdown_cell("← →", metadata={"tags": ["navigation"]}),
        new_code_cell('predict("1.1-wait")'),
        new_code_cell("with record() as timeline:\n    pass", outputs=[new_output("stream", text="0.8 s")]),
        new_code_cell("2"),
    ]
    shown = site.page(new_notebook(cells=cells), set())
    assert [cell.metadata.get("tags", []) for cell in shown.cells] == [[], ["hide-output"], []]


def test_an_exercise_is_followed_by_its_solution_in_a_fold():
    shown = site.page(new_notebook(cells=[new_code_cell('check("1.1-mail", app)', id="mine")]), set()).cells
    assert [cell.cell_type for cell in shown] == ["code", "markdown"]
    assert shown[1].source.startswith(
        '<details class="solution">\n<summary>A solution of 1.1-mail</summary>\n\n```python'
    )
    assert "send_welcome" in shown[1].source and shown[1].source.endswith("\n\n</details>")


def test_the_pages_of_a_published_site_open_their_notebook_on_binder(monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert "launch_buttons" not in runpy.run_path(site.HERE / "conf.py")["html_theme_options"]
    monkeypatch.setenv("GITHUB_REPOSITORY", "ada/course")
    published = runpy.run_path(site.HERE / "conf.py")["html_theme_options"]
    assert (
        published["repository_url"] == "https://github.com/ada/course"
        and "binderhub_url" in published["launch_buttons"]
    )


def files_linked(folder: Path) -> set[str]:
    """The files that the text of a folder's notebooks links to."""
    cells = [cell for path in folder.glob("*.ipynb") for cell in site.read(path).cells if cell.cell_type == "markdown"]
    wanted = re.compile(r"\]\(((?:\w+/)*[\w.-]+\.\w+)(?:#[^)]*)?\)")
    return {target for cell in cells for target in wanted.findall(cell.source)}


def test_what_the_text_links_to_stands_beside_the_pages(tmp_path):
    site.sources(tmp_path, "")
    assert {target for target in files_linked(tmp_path) if not (tmp_path / target).exists()} == set()
    texts = {path.name: path.read_text() for path in (*tmp_path.glob("*.md"), *tmp_path.glob("*.ipynb"))}
    labels = {label for text in texts.values() for label in re.findall(r"\((cell-[\w-]+)\)=", text)}
    asked_for = {(name, label) for name, text in texts.items() for label in re.findall(r"\(#(cell-[\w-]+)\)", text)}
    assert {label for _, label in asked_for} <= labels
    assert [name for name in ("index.md", "find.md", "notes.md") if "#cell-id=" in texts[name]] == []
    assert ("index.md", "cell-ways") in asked_for
    assert (tmp_path / "04_advanced_features" / "jobs.py").exists()


def test_every_rule_claim_and_topic_has_a_line_and_an_address():
    notebooks = {
        path.name: site.read(path) for path in [*site.files(), *(site.NOTEBOOKS / name for name in site.GENERATED)]
    }
    lines = finder.lines(notebooks)
    anchors = [line.anchor for line in lines]
    assert len(set(anchors)) == len(anchors)
    assert {f"claim-{name}" for name in claims.load()} <= set(anchors)
    assert {f"topic-{topic.id.replace('.', '-')}" for topic in topics.load()} <= set(anchors)
    assert sum(line.kind.startswith("Rules") and "**" in line.detail for line in lines) > 60
    questions = [line for line in lines if line.kind.startswith("Questions")]
    assert [line.text for line in questions] == [one.question for one in asked.every()] and len(questions) >= 120
    page = finder.page(lines)
    assert all(line.markdown in page for line in lines) and 'type="search"' in page
    landing = site.landing(lines, notebooks)
    assert f"{len(claims.load())} claims" in landing and "{" not in landing
    assert f"{len(questions)} questions" in landing and "appendix_index.ipynb" in landing
    for counted in (
        "10 chapters follow a study guide of 48 sections",
        "chapters 1 to 6",
        "lets 6 of them",
        "10 rules and how",
    ):
        assert counted in landing
    spelled = r"\b(?:four|five|six|seven|eight|nine|ten|\d\d+) [a-z]+"
    typed = re.findall(spelled, (site.HERE / "landing.md").read_text(encoding="utf-8"), re.IGNORECASE)
    assert typed == [], "a figure that nobody counts"


def test_the_finder_leads_where_find_and_the_appendix_lead():
    told = {"cell_type": "markdown", "source": "told", "metadata": {"tags": ["topic-1.1-model"]}, "id": "told"}
    cells = [from_dict(told), new_code_cell("1", id="shown", metadata={"tags": ["topic-1.1-model", "claim-A9"]})]
    notebooks = {CHAPTERS[0].file: new_notebook(cells=cells)}
    lines = {
        line.anchor: line for line in finder.lines({**notebooks, "elsewhere.ipynb": new_notebook(cells=cells[:1])})
    }
    assert lines["topic-1-1-model"].cell == places({CHAPTERS[0].file: cells})["1.1-model"][1] == "shown"
    assert (lines["claim-A9"].cell, lines["claim-A1"].cell) == ("shown", "")
    assert lines["claim-A17"].detail == head("OPINION")


def test_a_line_carries_its_address_and_leads_to_its_cell():
    line = finder.Line("Topics", "topic-3-5-list", "a list", "(3.5)", "list-asked")
    assert line.markdown == '- <span id="topic-3-5-list"></span>[a list](#cell-list-asked) (3.5)'


def test_a_line_carries_the_words_by_which_people_look_for_it():
    line = finder.Line("Questions people ask", "question-a-1", "Why?", "So.", "why", 'hot reload "x"')
    assert (
        line.markdown == '- <span id="question-a-1" data-words="hot reload &quot;x&quot;"></span>[Why?](#cell-why) So.'
    )


def test_the_notes_lead_to_cells_and_hold_the_timetables():
    notebooks = {chapter.file: site.read(site.NOTEBOOKS / chapter.file) for chapter in CHAPTERS}
    ids = {cell.id for notebook in notebooks.values() for cell in notebook.cells}
    page = notes.page(notebooks)
    led = set(re.findall(r"\(#cell-([\w-]+)\)", page))
    assert led <= notes.targets(notebooks) <= ids
    assert re.findall(r"^## In (.+)$", page, re.M) == ["1 day", "3 days", "5 days"]
    assert page.count("- **Goes wrong**: ") == page.count("- **Ask**, then ") == 48


def test_the_link_for_a_hub_opens_the_start_page_in_a_clone():
    text = (site.HERE / "teaching.md").read_text(encoding="utf-8")
    link = urlsplit(re.search(r"https://HUB/\S+", text)[0])
    asked_for = parse_qs(link.query, strict_parsing=True)
    assert link.path == "/hub/user-redirect/git-pull" and set(asked_for) == {"repo", "branch", "urlpath"}
    repository = urlsplit(asked_for["repo"][0])
    assert (repository.scheme, repository.netloc, repository.path) == ("https", "github.com", "/OWNER/REPOSITORY")
    kind, view, folder, *file = asked_for["urlpath"][0].split("/")
    assert (kind, view, folder) == ("lab", "tree", "REPOSITORY") and (site.ROOT / Path(*file)).is_file()
    assert file[-1] == START


def test_the_page_for_teachers_names_verbs_and_files_that_are_there():
    text = (site.HERE / "teaching.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`make (\w+)", text)) <= set(make.VERBS)
    assert ".devcontainer/Dockerfile" in text and (site.ROOT / ".devcontainer" / "Dockerfile").exists()


def test_the_solutions_can_be_written_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(site, "ROOT", tmp_path)
    monkeypatch.setattr(site, "SOLUTIONS", tmp_path / "_pack" / "solutions.md")
    monkeypatch.setattr(site, "answer_sheet", lambda: "# All\n")
    assert site.main(["--solutions"]) == 0 and capsys.readouterr().out == "_pack/solutions.md\n"
    assert (tmp_path / "_pack" / "solutions.md").read_text(encoding="utf-8") == "# All\n"


def test_the_report_of_the_comparison_is_counted(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    counts = site.compared(report)
    assert counts == {"01_a": (2, 1), "02_b": (1, 1)}
    page = site.verification(counts, NOW)
    assert "on 2026-11-21 08:30 UTC" in page and "| [01_a](01_a.ipynb) | 2 | 1 |" in page and "| fastapi | " in page


def test_a_site_that_was_not_verified_says_so():
    page = site.verification(None, NOW)
    assert "Nothing was compared" in page and "2026" not in page


def test_notebooks_that_do_not_agree_stop_the_build(monkeypatch, capsys):
    monkeypatch.setattr(site, "agrees", lambda report: False)
    monkeypatch.setattr(site, "build", lambda *arguments: pytest.fail("it was built"))
    assert site.main([]) == 1
    assert "was not built" in capsys.readouterr().err


def test_every_exercise_is_on_the_answer_sheet():
    sheet = site.answer_sheet()
    names = [exercise.id for number in catalogue.numbers() for exercise in catalogue.exercises(number)]
    assert names and all(f"### {name}: " in sheet for name in names)
    assert sheet.count("```python") >= len(names)


def test_the_checker_of_links_notices_what_is_broken(tmp_path):
    (tmp_path / "a.html").write_text('<a href="b.html#x"></a><a href="gone.html"></a><img src="b.html"><a href="#y">')
    (tmp_path / "b.html").write_text('<p id="z"><img alt="w" src="b.html">')
    assert broken(tmp_path) == ["a.html: b.html#x", "a.html: gone.html", "a.html: #y"]
    assert Links((tmp_path / "a.html").read_text()).nameless and not Links((tmp_path / "b.html").read_text()).nameless


@pytest.mark.slow
def test_the_built_site_is_whole(built):
    pages = {path.stem for path in built.glob("*.html")}
    assert {path.stem for path in site.files()} | {"index", "verified", "search"} <= pages
    assert broken(built) == []
    nameless = [(path.name, Links(path.read_text()).nameless) for path in built.glob("*.html")]
    assert not [found for found in nameless if found[1]]
    raw = [path.name for path in built.glob("*.html") if "<p>|" in path.read_text()]
    assert raw == [], "a table that an output shows is a table"


@pytest.mark.slow
def test_the_pack_holds_everything(built, tmp_path, monkeypatch):
    monkeypatch.setattr(site, "SITE", built)
    site.pack(tmp_path / "pack" / "course.zip")
    with zipfile.ZipFile(tmp_path / "pack" / "course.zip") as bundle:
        names = {name.removeprefix("after-the-response/") for name in bundle.namelist()}
    assert {"site/index.html", "solutions.md", "notebooks/00_start_here.ipynb", "requirements.txt", "make.py"} <= names


@pytest.mark.slow
def test_the_book_holds_every_notebook(tmp_path):
    assert site.book(site.verification(None, NOW), tmp_path / "course.epub") == 0
    with zipfile.ZipFile(tmp_path / "course.epub") as bundle:
        names = {Path(name).stem for name in bundle.namelist()}
    assert {path.stem for path in site.files()} <= names


def first_hits(page, words: str) -> set[str]:
    """The cells that the finder's first five lines for these words lead to."""
    page.get_by_label("Words to look for").fill(words)
    hits = page.locator(".found li a").evaluate_all("links => links.slice(0, 5).map(link => link.hash)")
    return {hit.removeprefix("#cell-") for hit in hits}


@pytest.mark.slow
def test_a_browser_reads_and_searches_it_without_another_host(built):
    from tests.browser.lab_driver import chromium_running

    handler = functools.partial(Quiet, directory=str(built))
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        chromium_running() as browser,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}"
        page = browser.new_page()
        trouble = []
        page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda sent: None if sent.url.startswith((here, "data:")) else trouble.append(sent.url))
        for path in sorted(built.glob("*.html")):
            page.goto(f"{here}/{path.name}")
        page.goto(f"{here}/search.html?q=thumbnail")
        page.wait_for_selector("ul.search li a")
        page.goto(f"{here}/index.html")
        page.get_by_label("A question, a rule, a claim, a topic").fill("session request")
        page.keyboard.press("Enter")
        page.wait_for_url("**/find.html?words=session+request")
        page.wait_for_selector("text=/^\\d+ found/")
        found = int(page.locator(".finder output").inner_text().split()[0])
        lines = page.locator(".found li").all_inner_texts()[:found]
        assert lines and all("session" in line.lower() and "request" in line.lower() for line in lines), lines
        hits = {words: first_hits(page, words) for words in ASKED}
        astray = {words: hits[words] for words, target in ASKED.items() if not hits[words] & set(target.split())}
        assert astray == {}, "what people type leads to the cell that answers, among the first five"
        page.get_by_label("Words to look for").fill("zzzz")
        assert page.locator(".finder output").inner_text() == "No line has any of these words."
        page.get_by_role("link", name="Look for it in the text of all pages").click()
        page.wait_for_url("**/search.html?q=zzzz")
        page.goto(f"{here}/01_introduction_to_fastapi.html")
        fold = page.locator("details.solution").first
        assert not fold.locator("pre").is_visible()
        fold.locator("summary").click()
        assert "add_task" in fold.locator("pre").inner_text()
        page.locator("button.theme-switch-button").first.click()
        theme = page.evaluate("document.documentElement.dataset.theme")
        page.get_by_role("link", name="next").first.click()
        page.wait_for_url(f"{here}/02_core_concepts.html")
        phone = browser.new_page(viewport={"width": 390, "height": 844}, is_mobile=True)
        widths = {}
        for path in sorted(built.glob("*.html")):
            phone.goto(f"{here}/{path.name}")
            widths[path.name] = phone.evaluate("document.documentElement.scrollWidth")
        server.shutdown()
    assert trouble == [] and theme in ("light", "dark")
    assert {name: width for name, width in widths.items() if width > 390} == {}, "a phone reads without moving sideways"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and logs nothing."""

    def log_message(self, *arguments):
        pass


# What people type, and the cells of which one must be among the first five hits.
ASKED = {
    "422 log body": "rule-problem",
    "validation error format": "rule-problem handlers-problem",
    "custom validation error response": "rule-problem handlers-problem",
    "file upload json form": "upload-form",
    "CORS credentials": "cors-credentials",
    "JWT": "auth-cases",
    "jwt bearer token current user": "auth-cases",
    "OAuth2PasswordRequestForm": "auth-cases",
    "python-multipart": "post-form",
    "def or async def": "core-mended core-kinds-ran",
    "session background task": "mends-timed",
    "BackgroundTasks vs Celery": "dep-kill-web",
    "startup": "rule-startup",
    "on_event": "rule-startup",
    "dependency_overrides": "client-tests",
    "lifespan test": "client-measured",
    "websocket broadcast": "rule-slow",
    "root_path": "dep-root",
    "uvicorn workers": "dep-workers-measured",
    "workers docker": "dep-workers-measured",
    "gunicorn": "dep-workers-measured",
    ".env settings": "org-own-measured",
    "lru_cache": "org-own-measured",
    "disable docs production": "basic-metadata",
    "hide docs": "basic-metadata",
    "pagination": "get-list-asked",
    "list with pagination": "get-list-asked",
    "unhandled exception": "rule-handlers",
    "global exception handler": "rule-handlers",
    "logger info": "debug-reload",
    "set cookie": "core-status post-cookie",
    "hide password": "core-filter",
    "response_model": "core-filter",
    "list query parameter": "params-asked",
    "rate limit": "sec-limited",
    "slowapi": "sec-limited",
    "PATCH exclude_unset": "crud-write crud-run",
    "request id": "log-structlog middleware-stamped",
    "X-Request-ID": "log-followed log-structlog middleware-stamped",
    "connection manager": "rule-slow",
    "--reload": "setup-restart dep-reload",
    "logout": "auth-reused",
    "header parameter": "params-headers",
    "thread pool total_tokens": "rule-forty",
    "timeout httpx": "core-client-ran",
    "compare two fields": "core-order",
    "key for all routes of a router": "core-router",
    "timeout-graceful-shutdown": "dep-shutdown-table",
    "migrations at startup": "race-run",
    "duplicate POST": "face-retry",
    "partially initialized": "route-circular",
}
