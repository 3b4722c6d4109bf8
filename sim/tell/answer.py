"""Hold an answer: a few sentences, and the tables behind them, told alike by terminal, page and notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from rich.console import Group, RenderableType

from sim.tell.section import Section
from sim.tell.summary import (
    CAVEAT,
    markdown_code,
    markdown_section,
    markdown_text,
    sections_html,
    terminal_table,
)


@dataclass(frozen=True)
class Answer:
    """Hold an answer.

    Parameters
    ----------
    question
        What was asked.
    sentences
        What the answer is; the first alone must do.
    sections
        Tables.
    notes
        How the numbers are to be read.
    """

    question: str
    sentences: Sequence[str]
    sections: Sequence[Section]
    notes: str

    def table(self) -> RenderableType:
        """Return it for a terminal."""
        return Group(
            self.question,
            "",
            *self.sentences,
            *map(terminal_table, self.sections),
            f"{self.notes} {CAVEAT}",
        )

    def markdown(self, command: str) -> str:
        """Return it as a page, with the command that makes it again."""
        sentences = " ".join(map(markdown_text, self.sentences))
        tables = map(markdown_section, self.sections)
        made = f"Made by {markdown_code(command)}."
        title = f"# {markdown_text(self.question)}"
        return "\n\n".join([title, sentences, *tables, f"{self.notes} {CAVEAT}", made]) + "\n"

    def html(self) -> str:
        """Return it as a notebook shows it, all of its text escaped."""
        return f"<p>{escape(' '.join(self.sentences))}</p>{sections_html(self.sections)}"
