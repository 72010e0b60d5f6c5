"""A file of the course's own that is missing, cut or edited wrongly is told in a sentence, with what brings it back."""

from pathlib import Path

import pytest

from helpers import CourseError
from helpers.learning import asked, claims, history, queues, topics

READERS = {"asked": asked, "claims": claims, "history": history, "queues": queues}
DAMAGES = {
    "missing": None,
    "a merge": lambda content: content + b"\n<<<<<<< HEAD\n",
    "cut": lambda content: content[: len(content) // 2],
    "not text": lambda content: b"\xff\xfe" + content,
    "of another kind": lambda content: b'"questions" = 3\n' if b"\n[" in content else b'{"python": 3}',
}


def damaged(source: Path, how: str, folder: Path) -> Path:
    file = folder / source.name
    if DAMAGES[how]:
        file.write_bytes(DAMAGES[how](source.read_bytes()))
    return file


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_of_the_course_gets_a_sentence(name, how, tmp_path, monkeypatch):
    module = READERS[name]
    monkeypatch.setattr(module, "DATA", damaged(module.DATA, how, tmp_path))
    with pytest.raises(
        CourseError, match=rf"file {module.DATA.name} is missing or damaged .*`git checkout -- "
    ) as told:
        module.load.__wrapped__()
    assert len(told.value._render_traceback_()) == 1 and told.value.__cause__ is None


@pytest.mark.parametrize("how", [how for how in DAMAGES if how != "missing"])
def test_a_damaged_file_of_topics_gets_a_sentence(how, tmp_path, monkeypatch):
    source = topics.catalogue.folders()[3] / topics.DATA
    damaged(source, how, tmp_path)
    monkeypatch.setattr(topics.catalogue, "folders", lambda: {3: tmp_path})
    with pytest.raises(CourseError, match=r"file topics.toml is missing or damaged"):
        topics.load.__wrapped__()


def test_the_sentence_names_the_file_as_git_does():
    with (
        pytest.raises(CourseError, match=r"`git checkout -- helpers/learning/claims.toml`"),
        claims.reading(claims.DATA),
    ):
        raise ValueError
