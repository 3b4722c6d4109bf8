"""Promises about the source itself: worlds are data, pages tell what the code does, draws have one home."""

import re
from pathlib import Path

import pytest

from experiments.document import MODEL, quick_parts, rewritten
from tests.worlds import WORLDS, tables_of

ROOT = Path(__file__).parents[1]
ENGLISH = {"model", "militia", "ago", "far"}  # ids that are also words
SOURCES = sorted((ROOT / "sim").rglob("*.py"))


@pytest.mark.parametrize("world", WORLDS)
def test_no_place_faction_or_state_of_a_world_is_named_in_the_program(world: str) -> None:
    tables = tables_of(world)
    names = {
        str(name)
        for frame, columns in (
            (tables.locations, ("id", "name", "seat")),
            (tables.factions, ("id",)),
            (tables.states, ("id", "name")),
        )
        for column in columns
        for name in frame[column]
        if len(str(name)) > 2 and str(name) not in ENGLISH  # two letters are too common in English
    }
    pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, sorted(names))) + r")(?![\w-])")
    found = {(path.name, match[0]) for path in SOURCES for match in pattern.finditer(path.read_text())}
    assert not found


def test_the_page_about_the_model_tells_what_the_code_does() -> None:
    """Run ``python experiments/document.py`` after a change of the schedule or of a parameter."""
    page = MODEL.read_text()
    assert rewritten(page, quick_parts()) == page
    assert page.count("<!-- generated: ") == len(quick_parts()) + 2  # and history, and a year


def test_random_numbers_are_drawn_nowhere_else() -> None:
    pattern = re.compile(r"np\.random|numpy\.random|import random\b|from random\b|default_rng")
    assert not [path.name for path in SOURCES if pattern.search(path.read_text())]
