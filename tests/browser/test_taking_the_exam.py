"""A whole mock exam, taken from start to grade in a real JupyterLab, with the keyboard alone."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.course import CHAPTERS
from helpers.exam import bank, draw, kinds, reviewing, sitting, state
from helpers.learning import log
from helpers.notes import plain

pytestmark = pytest.mark.browser

FOCUSED = (
    "() => { const a = document.activeElement; return a && (a.type || a.tagName) + ' ' + (a.textContent || a.value); }"
)
BUSY = """seconds => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
  {code: `import time; time.sleep(${seconds})`, silent: true}); }"""
# How a node's text stands out from what is behind it, by WCAG 2.2; what is behind may be several layers, some of them clear.
CONTRAST = """node => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const over = (front, back) => front.slice(0, 3).map((one, i) => one * (front[3] ?? 1) + back[i] * (1 - (front[3] ?? 1)));
  const layers = [];
  for (let one = node; one; one = one.parentElement) layers.unshift(parts(getComputedStyle(one).backgroundColor));
  const back = layers.reduce((below, layer) => over(layer, below), [255, 255, 255]);
  const light = (colour) => colour.map((one) => one / 255).map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, i) => sum + one * [0.2126, 0.7152, 0.0722][i], 0);
  const both = [light(over(parts(getComputedStyle(node).color), back)), light(back)];
  return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
}"""
CELLS = ("from helpers import exam\nexam.start(seed=7)\nexam.show()", "exam.grade()")


@pytest.fixture
def exam_reader(lab, read):
    """A notebook of two cells, one that starts and shows an exam and one that grades it."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [new_code_cell(source) for source in CELLS]
    for file in (state.NAME, log.NAME):
        (lab[3] / file).unlink(missing_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata=kernel), lab[3] / "taking.ipynb")
    return read("taking.ipynb")


def drawn() -> list[draw.Item]:
    """The questions that the notebook's exam asks, with their right answers."""
    rules = sitting.rules()
    return draw.draw(sitting.asked_of(bank.load().values()), "7", rules.weights, rules.questions, rules.sections)


def begin(page) -> None:
    """Start the clock, by keys: the questions show themselves then."""
    page.get_by_role("button", name="Begin").wait_for()
    page.keyboard.press("ArrowUp")
    tab_to(page, "button Begin")
    page.keyboard.press("Enter")
    page.locator("fieldset legend").wait_for()


def tab_to(page, text: str, most: int = 40) -> None:
    """Press Tab until the focus is on what holds this text."""
    for _ in range(most):
        if text in (page.evaluate(FOCUSED) or ""):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {text!r}")


def enter(page, item: draw.Item) -> None:
    """Answer the question that has the focus rightly, by keys."""
    q = item.question
    if q.kind == "multiple":
        for letter in item.options:
            if letter in item.right:
                page.keyboard.press("Space")
            page.keyboard.press("Tab")
    elif isinstance(kinds.of(q), kinds.Choice):
        page.keyboard.press("Space")
        for _ in range(list(item.options).index(item.right)):
            page.keyboard.press("ArrowDown")
    else:
        bars = ", ".join(f"{name} {start:g}-{end:g}" for name, (start, end) in q.bars.items())
        page.keyboard.type(item.right or bars or f"{q.seconds:g}")
        page.keyboard.press("Tab")


@pytest.mark.parametrize("theme", ["Light", pytest.param("Dark", marks=pytest.mark.slow)])
def test_an_exam_is_taken_with_the_keyboard_alone(exam_reader, theme):
    page, items = exam_reader.page, drawn()
    exam_reader.set_theme(theme)
    page.keyboard.press("Shift+Enter")
    begin(page)
    tab_to(page, "radio" if isinstance(kinds.of(items[0].question), kinds.Choice) else "text")
    status = page.locator("p[role=status]")
    for item in items:
        assert page.locator("legend").inner_text().startswith(f"Question {item.number} of 40.")
        enter(page, item)
        if item.number <= 2:
            status.filter(has_text=f"Recorded for question {item.number}:").wait_for()
        if item.number == 2:
            page.evaluate(BUSY, 3)  # no answer is lost, however fast they come and however slow the kernel is
            for key in "ddaab":  # what deletes and inserts cells in JupyterLab's command mode
                page.keyboard.press(key)
        if item.number < len(items):
            tab_to(page, "button Next")
            page.keyboard.press("Enter")
    page.get_by_role("button", name="Flag", exact=True).focus()
    page.keyboard.press("Space")
    status.filter(has_text="Question 40 is flagged. Flagged: 40.").wait_for()
    page.get_by_role("combobox", name="Which questions to go through").focus()
    page.keyboard.press("f")  # Flagged ones, and no key of JupyterLab's
    assert page.get_by_role("button", name="Previous", exact=True).is_disabled(), "no other is flagged"
    assert exam_reader.count() == len(CELLS), "no key has deleted or added a cell"
    tab_to(page, "button Hand in")
    page.keyboard.press("Enter")
    result = page.get_by_role("region", name="Result")
    result.locator("h3").wait_for()
    assert result.inner_text().startswith("40 of 40 points, 100 %: passed")
    assert result.evaluate("node => node === document.activeElement"), "the result is read out"
    exam_reader.photograph(f"exam-result-{theme.lower()}")
    assert "40 of 40 points" in exam_reader.run(1)
    assert exam_reader.slips == []


def test_a_screen_reader_is_told_question_options_and_status(exam_reader):
    page, item = exam_reader.page, next(item for item in drawn() if isinstance(kinds.of(item.question), kinds.Choice))
    exam_reader.run(0)
    page.get_by_role("button", name="Begin").click()
    to_a_choice(page)
    page.get_by_role("radio").first.check()
    page.locator("p[role=status]").filter(has_text="Recorded").wait_for()
    heard = page.locator("fieldset").aria_snapshot()
    assert f"Question {item.number} of 40." in heard and heard.count("- radio") == len(item.options)
    assert "[checked]" in heard
    page.get_by_role("button", name="Hand in").click()
    page.locator("p[role=status]").filter(has_text="39 without an answer. Press Hand in once more").wait_for()
    exam_reader.photograph("exam-question")
    page.get_by_role("button", name="Hand in").click()
    page.get_by_role("region", name="Result").filter(has_text="not passed").wait_for()
    assert page.get_by_role("radio").first.is_disabled()
    assert "exam.grade()" in page.get_by_role("region", name="Result").inner_text()
    graded = exam_reader.run(1)
    assert "Read again" in graded and exam_reader.slips == []


def to_a_choice(page) -> None:
    """Go to the first question that is answered with one letter."""
    number = next(item.number for item in drawn() if isinstance(kinds.of(item.question), kinds.Choice))
    for _ in range(number - 1):
        page.get_by_role("button", name="Next", exact=True).click()


def test_what_cannot_be_pressed_can_be_read_and_the_flag_says_once_that_it_is_set(exam_reader):
    page = exam_reader.page
    exam_reader.run(0)
    page.get_by_role("button", name="Begin").click()
    flag, previous = (page.get_by_role("button", name=name, exact=True) for name in ("Flag", "Previous"))
    flag.click()
    page.locator("p[role=status]").filter(has_text="Question 1 is flagged.").wait_for()
    assert flag.get_attribute("aria-pressed") == "true" and previous.is_disabled()
    for theme in ("Light", "Dark"):
        exam_reader.set_theme(theme)
        assert previous.evaluate(CONTRAST) >= 4.5 and flag.evaluate(CONTRAST) >= 4.5, theme
    number = next(item.number for item in drawn() if item.question.kind == "multiple")
    for _ in range(number - 1):
        page.get_by_role("button", name="Next", exact=True).click()
    assert "Tick whatever holds" in page.locator("fieldset").inner_text()
    assert "letter" not in page.locator("fieldset p").first.inner_text()


def test_an_answer_that_no_kernel_takes_is_told(exam_reader):
    page, status = exam_reader.page, exam_reader.page.locator("p[role=status]")
    exam_reader.run(0)
    page.get_by_role("button", name="Begin").click()
    status.filter(has_text="The clock is running.").wait_for()
    to_a_choice(page)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    page.get_by_role("radio").first.check()
    status.filter(has_text="If it was restarted, run this cell again.").wait_for()
    exam_reader.run(0)
    to_a_choice(page)
    page.get_by_role("radio").first.check()
    status.filter(has_text="Recorded for question").wait_for()


# Whether a cell of the open notebook can be seen.
IN_VIEW = """id => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const cell = notebook.widgets.find(cell => cell.model.id === id)?.node.getBoundingClientRect();
    const panel = notebook.node.getBoundingClientRect();
    return cell && cell.height && cell.top < panel.bottom && cell.bottom > panel.top;
}"""


def test_the_review_is_taken_with_the_keyboard_alone(exam_reader):
    page, status = exam_reader.page, exam_reader.page.locator("p[role=status]")
    exam_reader.run(1, "from helpers import exam\nexam.review()")
    page.locator("fieldset legend").wait_for()
    rule = next(iter(reviewing.rules().values()))
    assert page.locator("legend").inner_text().endswith(rule.question)
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    page.get_by_text(plain(rule.rule)).first.wait_for()
    page.keyboard.press("Tab")
    for key in ("Space", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    status.filter(has_text="It comes back in").wait_for()
    assert page.evaluate("() => document.activeElement.type") == "radio", "the focus stays"
    assert page.get_by_role("timer").inner_text() == "", "a review has no clock that could be over"
    assert not page.get_by_role("button", name="Hand in").is_visible()
    exam_reader.run(0, "1 + 1")  # the kernel has heard all three keys by then, and nothing is drawn again
    page.get_by_role("link", name="Its cell").click()
    file, _, cell = rule.link.partition("#cell-id=")
    page.wait_for_function("file => window.jupyterapp.shell.currentWidget.title.label === file", arg=file)
    page.wait_for_function(IN_VIEW, arg=cell)
    assert len(page.context.pages) == 1, "it opens in this window, as a link of the text does"
    assert exam_reader.slips == []


def test_a_link_of_the_grade_opens_the_section(exam_reader):
    exam_reader.run(0)
    exam_reader.run(1, "exam.grade(finish=True)")
    first = drawn()[0].question.section
    exam_reader.page.get_by_role("link", name=f"{first} {bank.SECTIONS[first]}").click()
    file = CHAPTERS[int(first.partition(".")[0]) - 1].file
    exam_reader.page.wait_for_function("file => window.jupyterapp.shell.currentWidget.title.label === file", arg=file)
