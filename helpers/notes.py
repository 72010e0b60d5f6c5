"""What the helpers say in a cell: one text as Markdown for JupyterLab and as plain text for everything else."""

import re


class Note:
    """A short text that a cell shows, equal in every run.

    `markdown` is what JupyterLab renders; `text` is compared by nbval, read by a screen reader and printed by
    a terminal, and made from the Markdown when it is not given. It must hold no path, time or address.
    """

    def __init__(self, markdown: str, text: str | None = None):
        self.markdown = markdown
        self.text = re.sub(r"\*\*|`", "", markdown) if text is None else text

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/markdown": self.markdown, "text/plain": self.text}
