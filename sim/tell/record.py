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

from sim.study.score.board import verdict
from sim.tell.estimate import Estimate, Number
from sim.tell.numbers import whole_percent
from sim.tell.score_tables import (
    BEATS,
    HEADLINES,
    LOSES,
    NOTES,
    TITLES,
    as_told,
    board_section,
    rival_title,
    short_title,
    skill,
    skill_text,
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
    """Return how the first families, and the worst, did against the best naive rival, a row each.

    Parameters
    ----------
    is_weighed
        Whether runs weigh by the record, so that what such runs score is told where it is known.
    """
    every = [row for row in board().to_dict("records") if row["rule"] in HEADLINES]
    worst = min(every, key=lambda row: _skill(row, is_weighed=is_weighed)[0])
    rows = [row for row in every if row["family"] in FIRST or row is worst]
    header = ("what was scored", "wars", "best naive rival", "skill, %", "covers")
    return Section.of_rows(
        "Against past wars", header, [_row(row, len(every) * (row is worst), is_weighed=is_weighed) for row in rows]
    )


@cache
def board() -> pd.DataFrame:
    """Return the shipped scores: a row for each family and rule."""
    return pd.read_csv(StringIO(_text()), comment="#")


@cache
def facts() -> dict[str, str]:
    """Return what the shipped scores say of themselves: runs, seed, digests."""
    told = (line.removeprefix("# ") for line in _text().splitlines() if line.startswith("# "))
    return dict(line.split(": ", 1) for line in told)


def pointer(*, is_weighed: bool) -> str:
    """Return in a few lines where the model was right and where wrong before, and where the rest stands.

    Parameters
    ----------
    is_weighed
        As of `first_section`.
    """
    rows = [row for row in board().to_dict("records") if row["rule"] in HEADLINES]
    gains = {short_title(row["family"]): _skill(row, is_weighed=is_weighed) for row in rows}
    verdicts = [verdict(low, high) for _, low, high in gains.values()]
    ranked = sorted((gain, name) for name, (gain, *_) in gains.items())
    worst, best = (f"{name} ({skill_text(gain)})" for gain, name in (ranked[0], ranked[-1]))
    held = sorted((row["coverage"], short_title(row["family"])) for row in rows if not math.isnan(row["coverage"]))
    least, most = (f"{whole_percent(share)} ({name})" for share, name in (held[0], held[-1]))
    return (
        f"Right or wrong before, in {max(row['worlds'] for row in rows)} past wars, each country left out: clearly "
        f"better than the best naive rival in {verdicts.count(BEATS)} of {len(rows)} kinds of outcome, at best {best}; "
        f"clearly worse in {verdicts.count(LOSES) or 'none'}, at worst {worst}. 90 % ranges of raw runs held what "
        f"happened in {least} to {most}. All of it: report=true, or docs/scoreboard.md."
    )


def _skill(row: Mapping[Any, Any], *, is_weighed: bool) -> tuple[float, float, float]:
    """Return the skill of a family with its interval, as runs weigh where they do."""
    return as_told(row if is_weighed else {**row, "tilted_low": math.nan})


def _row(row: Mapping[Any, Any], worst_of: int, *, is_weighed: bool) -> tuple[Cell, ...]:
    """Return the cells of a family, the worst of so many marked."""
    gained: Estimate = skill(*_skill(row, is_weighed=is_weighed))
    title = f"{TITLES[row['family']]} (worst of {worst_of})" if worst_of else TITLES[row["family"]]
    covers = "" if math.isnan(row["coverage"]) else Number(100.0 * row["coverage"], 0, " %")
    return title, int(row["worlds"]), rival_title(row["rival"]), gained, covers


@cache
def _text() -> str:
    """Return the shipped table."""
    return files(__package__).joinpath(FILE).read_text(encoding="utf-8")
