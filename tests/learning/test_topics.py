"""The topics: read from each chapter's file and from that of the appendices, in their order."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from helpers.course import CHAPTERS, QUEUES, TASKS, VERSIONS
from helpers.learning import topics
from helpers.learning.topics import Topic, load, read


def written(folder: Path, text: str) -> Path:
    file = folder / "topics.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_is_read_in_its_order(tmp_path: Path):
    file = written(tmp_path, '"3.5-set" = "parameter as a set"\n"3.5-list" = "parameter as a list"\n')
    assert read(file, 3) == [Topic("3.5-set", "parameter as a set", 3), Topic("3.5-list", "parameter as a list", 3)]


def test_a_topic_may_be_looked_up_by_other_words(tmp_path: Path):
    file = written(tmp_path, '"3.5-list" = { title = "parameter as a list", index = ["list in a query"] }')
    assert read(file, 3) == [Topic("3.5-list", "parameter as a list", 3, ("list in a query",))]
    with pytest.raises(ValidationError):
        read(written(tmp_path, '"3.5-list" = { title = "parameter as a list", words = ["list"] }'), 3)


def test_a_chapter_without_a_file_has_no_topics(tmp_path: Path):
    assert read(tmp_path / "topics.toml", 3) == []


def test_an_id_without_its_quotes_is_noticed(tmp_path: Path):
    with pytest.raises(ValidationError):
        read(written(tmp_path, '3.5-list = "parameter as a list"'), 3)


def test_all_come_chapter_by_chapter_and_the_appendices_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    folders = {number: tmp_path / f"ch{number:02}" for number in (3, 4)}
    for number, folder in folders.items():
        folder.mkdir()
        written(folder, f'"{number}.1-first" = "first thing of chapter {number}"')
    monkeypatch.setattr(topics.catalogue, "folders", lambda: folders)
    found = load.__wrapped__()
    assert [topic.id for topic in found[:2]] == ["3.1-first", "4.1-first"]
    assert {topic.chapter for topic in found[2:]} == {None}


def test_a_topic_knows_its_section_and_its_notebooks():
    assert Topic("3.5-list", "", 3).section == "3.5"
    assert Topic("3.5-list", "", 3).notebooks == (CHAPTERS[2].file,)
    assert Topic("4.3-start", "", 4).notebooks == (CHAPTERS[3].file, TASKS)
    assert Topic("7.1-more", "", 7).notebooks == (CHAPTERS[6].file, QUEUES)
    assert Topic("versions-live", "", None).section == "versions"
    assert Topic("versions-live", "", None).notebooks == (VERSIONS,)
