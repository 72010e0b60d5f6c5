"""The exam as one anywidget: questions by keyboard or mouse, read by a screen reader, safe from JupyterLab's single keys.

It holds no rule of its own: what is entered goes through the same function as `exam.answer`. Where anywidget is missing,
or the notebook has not been run, the questions stand below the cell as text and are answered by calls.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from helpers.exam import kinds
from helpers.exam.model import Item
from helpers.notes import plain

_ESM, _CSS = (Path(__file__).with_suffix(end).read_text(encoding="utf-8") for end in (".js", ".css"))

_LINK = re.compile(r"\[([^\]]+)\]\(([\w.-]+\.ipynb#cell-id=[\w-]+)\)")


class Sheet(anywidget.AnyWidget):
    """All questions of an exam. `answers` holds what is recorded, `flagged` and `wrong` numbers of questions, `begun` whether
    the clock runs, `only` which questions are gone through, `status` what the last answer was told, `heard` the name that
    the page gave to its last message: until it is its own, the page says that nothing was recorded.

    `page` gives the first values of these traits, and `recorded` those of a later moment. `acts` are what the page may ask
    for: "record" takes a question's number and what was entered, "flag" its number and whether, "begin" nothing, and each
    returns the sentence to be told; `hand_in` returns the result as rows of text, by question what is told of it, and the
    numbers of the wrong ones. In `practice`, as in the daily review, each answer is judged at once: there is neither clock
    nor flag, and nothing to hand in.
    """

    _esm, _css = _ESM, _CSS
    questions = traitlets.List().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    flagged = traitlets.List().tag(sync=True)
    wrong = traitlets.List().tag(sync=True)
    begun = traitlets.Bool(False).tag(sync=True)
    practice = traitlets.Bool(False).tag(sync=True)
    only = traitlets.Unicode("all").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    heard = traitlets.Unicode("").tag(sync=True)
    left = traitlets.Float(0.0).tag(sync=True)
    done = traitlets.Bool(False).tag(sync=True)
    result = traitlets.List().tag(sync=True)
    feedback = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        questions: list[dict[str, Any]],
        page: dict[str, Any],
        left: float,
        acts: dict[str, Callable[..., str]],
        hand_in: Callable[[], tuple[list[dict[str, Any]], dict[str, str], list[int]]],
        recorded: Callable[[], dict[str, Any]],
        markdown: str,
        text: str,
        status: str = "",
    ):
        self._acts, self._hand_in, self._recorded = acts, hand_in, recorded
        self.markdown, self.text = markdown, text
        super().__init__(questions=questions, left=left, status=status, **page)
        self.on_msg(self._hear)

    def _hear(self, _: Any, content: dict[str, Any], __: Any) -> None:
        """Take one answer, flag one question, begin, or hand in, in the order in which that was entered.

        They come as messages of their own: of a trait that changes twice while the kernel is busy, ipywidgets
        sends the last value only, and an answer would be lost.
        """
        do, number = content.get("do"), content.get("number", 0)
        given = {
            "record": (number, content.get("value", "")),
            "flag": (number, content.get("value") is True),
            "begin": (),
        }
        if do == "hand in":
            self._finish(content)
        elif do == "look":  # a page that is loaded anew, or shown twice, has the time of the cell's run
            self._renew()
            return
        elif isinstance(do, str) and do in given and do in self._acts:
            self.status = self._acts[do](*given[do])
            self._renew()
            self.send_state("answers")  # also when it was refused: the page shows what was entered
        self.heard = str(content.get("name", ""))

    def _renew(self) -> None:
        for name, value in self._recorded().items():
            setattr(self, name, value)

    def _finish(self, content: dict[str, Any]) -> None:
        left = sum(str(question["number"]) not in self._recorded()["answers"] for question in self.questions)
        if left and not content.get("sure"):
            self.status = f"{left} without an answer. Press Hand in once more to hand in all the same."
            return
        self.status = ""  # what was told before is over
        rows, self.feedback, self.wrong = self._hand_in()
        self.done, self.result = True, rows

    def _repr_mimebundle_(self, **options: Any) -> Any:
        shown = super()._repr_mimebundle_(**options)
        data, metadata = shown if isinstance(shown, tuple) else (shown, {})
        # Both beside the widget: what GitHub, an untrusted notebook and a reader without JavaScript see.
        data = {**(data or {}), "text/markdown": self.markdown, "text/plain": self.text}
        return data, metadata


def linked(markdown: str) -> str:
    """What is told of an answer as the page has it: plain text, in which a link to a cell is written as in Markdown."""
    return plain(_LINK.sub(r"\\[\1\\](\2)", markdown))


def data(item: Item) -> dict[str, Any]:
    """A question as the page has it."""
    q, kind = item.question, kinds.of(item.question)
    text = f"{q.question}\nRequests: {', '.join(q.requests)}." if q.requests else q.question
    options = [[letter, kind.option(text)] for letter, text in item.options.items()]
    hint = kind.takes(item) if kind.written and not kind.boxes else ""  # what has boxes is clicked
    return {"number": item.number, "kind": q.kind, "text": text, "code": q.code, "options": options, "takes": hint}
