"""Exercise 8.3-etag: what has not changed is not sent."""

import hashlib
import re
from collections.abc import Callable
from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Header, HTTPException, Response

from helpers.chapters.asking import ask, is_app, logged
from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import code

TAG = re.compile(r'(W/)?"[^"]*"')  # RFC 9110, 8.8.3


def _check_etag(make_label: Callable[[Callable[[], str]], FastAPI]) -> str:
    texts = {"now": "Grace, Bern"}
    app = make_label(lambda: texts["now"])
    is_app(app, "make_label", "GET /label")
    with running(app) as server:

        def asked(tag: str = "") -> httpx.Response:
            answer = ask(server, "GET", "/label", headers={"If-None-Match": tag} if tag else {})
            assert answer.status_code < 500, f"`GET /label` failed: {logged(server)}."
            return answer

        first = asked()
        tag = first.headers.get("ETag", "")
        _is_whole(first, "Grace, Bern")
        assert tag, "the answer has no `ETag`: what shall a client send back?"
        assert TAG.fullmatch(tag), (
            f"an ETag stands in double quotes, such as {code(chr(34) + 'v1' + chr(34))}, but {code(tag)} came."
        )
        kept = re.search(r"max-age\s*=\s*\"?0*[1-9]", first.headers.get("Cache-Control", ""))
        assert not kept or "no-cache" in first.headers["Cache-Control"], (
            f"`Cache-Control: {first.headers['Cache-Control']}` spares a client the question for that long, and it shows the old text "
            "meanwhile: after a change everybody was to have the new one at once."
        )
        same = asked(tag)
        assert same.status_code != 200, (
            "a client that has this state already was sent the text again: 304 was asked for."
        )
        assert same.status_code == 304, f"304 was asked for, but {same.status_code} came."
        assert same.headers.get("ETag") == tag, "the 304 should carry the same `ETag` as the 200 would."
        listed = asked(f'"something older", {tag}')
        assert listed.status_code == 304, (
            f'a client may know several states, `If-None-Match: "...", {"W/" if tag.startswith("W") else ""}"..."`, and one '
            f"of them is today's: 304 was asked for, but {listed.status_code} came."
        )
        texts["now"] = "Alan, Chur"
        changed = asked(tag)
        assert changed.status_code == 200, (
            "the label changed, and a client with the old tag was told that its copy is good: the tag has to change with "
            "the text."
        )
        _is_whole(changed, "Alan, Chur")
        assert changed.headers.get("ETag") != tag, "the label changed, and its `ETag` did not."
        for text in ("Alan, Genf", "Łucja, Łódź"):
            texts["now"], before = text, changed.headers.get("ETag", "")
            changed = asked(before)
            assert changed.status_code == 200, (
                f"the label became {code(text)}, and the client that had the one before was told {changed.status_code}: a tag has to "
                "differ whenever the text does, by a letter, too."
            )
            tag = changed.headers.get("ETag", "")
            assert TAG.fullmatch(tag), (
                f"for the label {code(text)} the tag is {code(tag)}, which is no tag: a label may hold any sign, a header may not."
            )
            _is_whole(changed, text)
            assert asked(tag).status_code == 304, f"for the label {code(text)} nobody is told 304."
        stranger = asked('"nobody knows this"')
        assert stranger.status_code == 200, (
            f"a client whose tag was never yours was told {stranger.status_code}: it would show an empty page."
        )
    return "Who has it is not sent it again, and who has an older one gets the new one at once."


def _is_whole(answer: Any, text: str) -> None:
    assert answer.status_code == 200, f"200 was asked for, but {answer.status_code} came."
    assert text in answer.text, f"the text {code(text)} was asked for, but {code(answer.text[:60])} came."


def _solve_etag() -> Callable[[Callable[[], str]], FastAPI]:
    def make_label(read_label: Callable[[], str]) -> FastAPI:
        app = FastAPI()

        @app.get("/label")
        def get_label(response: Response, if_none_match: Annotated[str, Header()] = "") -> str:
            text = read_label()
            tag = f'"{hashlib.sha256(text.encode()).hexdigest()}"'
            if tag in if_none_match:
                raise HTTPException(304, headers={"ETag": tag})
            response.headers["ETag"] = tag
            return text

        return app

    return make_label


EXERCISE = Exercise(
    id="8.3-etag",
    title="what has not changed is not sent",
    task="`make_label(read_label)` should make an app whose `GET /label` answers with the text and its `ETag`, and with 304 "
    "and the same `ETag` to a client whose `If-None-Match` holds it.",
    check=_check_etag,
    hints=(
        "The tag has to differ whenever the text does. What can you work out from the text alone?",
        "A hash will do, in double quotes: `f'\"{hashlib.sha256(text.encode()).hexdigest()}\"'`.",
        '`HTTPException(304, headers={"ETag": tag})` is an answer without a body. `If-None-Match` may hold several tags.',
    ),
    solution=_solve_etag,
    wants="function",
)
