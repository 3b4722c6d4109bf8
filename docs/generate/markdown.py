"""Write tables, ranges and sentences as Markdown."""

from __future__ import annotations

from collections.abc import Iterable


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table."""
    names = list(header)
    lines = [names, ["---"] * len(names), *([str(cell).replace("|", r"\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def span(low: float, high: float) -> str:
    """Return the ends of a range."""
    return f"{low:,.10g} to {high:,.10g}"


def sentence(text: str) -> str:
    """Return a text with a capital letter and a full stop."""
    return f"{text[0].upper()}{text[1:].rstrip('.')}."
