"""The index: what people ask, and all topics by section and by letter, each with a link to its cell, written from the data."""

from collections.abc import Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.authoring.cells import sections
from helpers.authoring.navigation import TITLES, navigate
from helpers.authoring.stored import normalise
from helpers.course import CHAPTERS, GENERATED, INDEX
from helpers.learning import asked, topics
from helpers.learning.asked import GROUPS, Asked
from helpers.learning.finding import entries, link, places, search
from helpers.learning.topics import Topic

EXAMPLE = "session closed"


def appendix(notebooks: Mapping[str, NotebookNode]) -> NotebookNode:
    """The index as a notebook, made from the topics, the questions and the other notebooks by file name."""
    cells = {file: notebook.cells for file, notebook in notebooks.items()}
    where = places(cells)
    stands = {file: sections(notebook) for file, notebook in notebooks.items()}
    page = [_cell("title", _title(len(where))), _example(cells), _cell("asked", _opening())]
    page += [_cell(group, _group(group, questions, stands)) for group, questions in asked.load().items() if questions]
    page.append(_cell("sections", "## Topics by section\n\nEach opens the cell that shows it."))
    page += [_cell(f"section-{name.replace('.', '-')}", text) for name, text in _sections(where)]
    letters = _letters(where)
    jump = " · ".join(f"[{letter}]({link(INDEX, f'index-letter-{_id(letter)}')})" for letter in letters)
    page.append(_cell("letters", f"## Topics by letter\n\n{jump}"))
    page += [
        _cell(f"letter-{_id(letter)}", f"### {letter}\n\n" + "\n".join(lines)) for letter, lines in letters.items()
    ]
    return normalise(navigate(new_notebook(cells=page), INDEX, {*GENERATED, *notebooks}))


def _cell(name: str, source: str) -> NotebookNode:
    return new_markdown_cell(source, id=f"index-{name}")


def _title(shown: int) -> str:
    return (
        "# Index and questions\n\n"
        f"{shown} topics by [section]({link(INDEX, 'index-sections')}) and by [letter]({link(INDEX, 'index-letters')}), "
        f"and {len(asked.every())} [questions that people ask]({link(INDEX, 'index-asked')}), each with a link to the "
        "cell that shows it. In any notebook of the course `find` looks all of it up, the rules of background tasks too:"
    )


def _example(cells: Mapping[str, list[NotebookNode]]) -> NotebookNode:
    """The one live cell; what it shows is made from the same entries that `find` will read."""
    found = search(EXAMPLE, entries(cells))._repr_mimebundle_()
    output = new_output("execute_result", found, execution_count=1)
    source = f'from helpers import find\n\nfind("{EXAMPLE}")'
    return new_code_cell(source, id="index-find", outputs=[output], execution_count=1)


def _opening() -> str:
    jump = " · ".join(
        f"[{GROUPS[group]}]({link(INDEX, f'index-{group}')})" for group, questions in asked.load().items() if questions
    )
    return (
        "## The questions people ask\n\n"
        "Read in public threads, told in our own words, with the thread's number. "
        f"An answer holds for the versions that this course installs, and says what its cell shows.\n\n{jump}"
    )


def _group(group: str, questions: list[Asked], stands: Mapping[str, Mapping[str, str]]) -> str:
    told = [_question(one, stands.get(one.file, {}).get(one.id, "")) for one in questions]
    return "\n\n".join([f"### {GROUPS[group]}", *told])


def _question(one: Asked, section: str) -> str:
    said = f"{one.question} {one.answer}".casefold()
    missing = [word for word in one.words if word.casefold() not in said]
    searched = f" *({', '.join(missing)})*" if missing else ""
    place = section if section[:1].isdigit() else _page(one.file)
    return (
        f"**{one.question}**{searched}\n\n"
        f"{one.answer} Shown in [{place}]({link(one.file, one.id)}), asked in [{one.source}]({one.address})."
    )


def _page(file: str) -> str:
    number = next((chapter.number for chapter in CHAPTERS if chapter.file == file), None)
    return f"chapter {number}" if number else f"the appendix “{TITLES[file]}”"


def _sections(where: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """The cells of the first half: a section's number, or an appendix's word, and its topics as Markdown."""
    names: dict[str, str] = {}
    for chapter in CHAPTERS:
        names |= {number: f"{number} {title}" for number, title in chapter.sections.items()}
        names[f"{chapter.number}.x"] = f"{chapter.number} as a whole"  # what no single section holds
    lines: dict[str, list[str]] = {}
    for topic in topics.load():
        if topic.id in where:
            lines.setdefault(topic.section, []).append(f"- [{topic.title}]({link(*where[topic.id])})")
    order = [*names, *(section for section in lines if section not in names)]
    return [
        (section, f"### {names.get(section) or TITLES[f'appendix_{section}.ipynb']}\n\n" + "\n".join(lines[section]))
        for section in order
        if section in lines
    ]


def _letters(where: Mapping[str, tuple[str, str]]) -> dict[str, list[str]]:
    """The lines of the second half by letter; what begins with a number or a sign comes first, under "0–9"."""
    found = [(text, topic) for topic in topics.load() if topic.id in where for text in (topic.title, *topic.index)]
    lines: dict[str, list[str]] = {}
    for text, topic in sorted(found, key=lambda entry: _order(entry[0])):
        lines.setdefault(_letter(text), []).append(f"- [{text}]({link(*where[topic.id])}) {_short(topic)}")
    return lines


def _order(text: str) -> tuple[bool, str, str]:
    plain = "".join(sign for sign in text.casefold() if sign.isalnum() or sign == " ").strip()
    return plain[:1].isalpha(), plain, text


def _letter(text: str) -> str:
    first = _order(text)[1][:1]
    return first.upper() if first.isalpha() else "0–9"


def _id(letter: str) -> str:
    return letter.lower() if letter.isalpha() else "number"


def _short(topic: Topic) -> str:
    return topic.section if topic.chapter else TITLES[topic.notebooks[0]].lower()
