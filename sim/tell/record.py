"""Tell how good the model's record is, from the scores of all worlds that are shipped with the package.

They are those of `docs/scoreboard.csv`, which who is sent a page does not have.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import StringIO
from typing import Any

import pandas as pd

from sim.tell.estimate import Estimate, Number
from sim.tell.score_tables import (
    HEADLINES,
    NOTES,
    TITLES,
    board_section,
    rival_title,
    skill,
    standing_lines,
    tilted_section,
)
from sim.tell.section import Cell, Section

FILE = "record.csv"
FIRST = ("fall", "collapse_log_day", "seat_day", "killed", "arrivals", "level")
"""Families of a brief's numbers, or close to them."""


def lines() -> list[str]:
    """Return three lines that say what the model beats, ties with and loses to the best naive rival in."""
    return standing_lines(board())


def sections() -> list[Section]:
    """Return the scoreboard as tables: runs that count alike, and runs weighed by the record."""
    return [board_section(board()), tilted_section(board())]


def note() -> str:
    """Return what the tables come from, and how they are to be read."""
    told = facts()
    return f"{int(told['runs']):,} runs of each war, seed {told['seed']}, rulebook {told['rulebook']}. {NOTES}"


def first_section(*, is_weighed: bool) -> Section:
    """Return how the first families did against the best naive rival, a row each.

    Parameters
    ----------
    is_weighed
        Whether runs weigh by the record, so that what such runs score is told where it is known.
    """
    rows = [row for row in board().to_dict("records") if row["family"] in FIRST and row["rule"] in HEADLINES]
    header = ("what was scored", "wars", "best naive rival", "skill, %", "covers")
    return Section.of_rows("Against past wars", header, [_row(row, is_weighed=is_weighed) for row in rows])


@cache
def board() -> pd.DataFrame:
    """Return the shipped scores: a row for each family and rule."""
    return pd.read_csv(StringIO(_text()), comment="#")


@cache
def facts() -> dict[str, str]:
    """Return what the shipped scores say of themselves: runs, seed, digests."""
    told = (line.removeprefix("# ") for line in _text().splitlines() if line.startswith("# "))
    return dict(line.split(": ", 1) for line in told)


def _row(row: Mapping[Any, Any], *, is_weighed: bool) -> tuple[Cell, ...]:
    """Return the cells of a family."""
    which = "tilted" if is_weighed and not math.isnan(row["tilted_skill"]) else "skill"
    gained: Estimate = skill(
        row["tilted_skill"] if which == "tilted" else row["skill"], row[f"{which}_low"], row[f"{which}_high"]
    )
    covers = "" if math.isnan(row["coverage"]) else Number(100.0 * row["coverage"], 0, " %")
    return TITLES[row["family"]], int(row["worlds"]), rival_title(row["rival"]), gained, covers


@cache
def _text() -> str:
    """Return the shipped table."""
    return files(__package__).joinpath(FILE).read_text(encoding="utf-8")
