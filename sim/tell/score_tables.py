"""Tell in tables and sentences how a model scores: the board of families, what is left out, whether a variant helps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType

from sim.study.score.board import verdict
from sim.study.score.families import FAMILIES
from sim.study.score.folder import Scored
from sim.study.score.versus import HELPS, HURTS, Versus
from sim.tell.estimate import Estimate, Kind, Number
from sim.tell.numbers import rounded
from sim.tell.section import Cell, Section
from sim.tell.summary import markdown_code, markdown_section, terminal_table

TITLES = {family.name: family.title for family in FAMILIES}
SHORT = {"collapse_log_day": "day of a collapse", "split": "split of refugees", "level": "highest level"}
RULES = {
    "brier": "Brier",
    "log_loss": "log loss",
    "crps": "CRPS",
    "rps": "ranked probability",
    "variation": "total variation",
}
SKILL = ("skill", "skill_low", "skill_high")
BEATS, TIES, LOSES = "beats", "ties", "loses"
NOTES = (
    "Smaller scores are better; amounts are scored as log10(1 + x), days as shares of the horizon. Skill: 1 - score / "
    "that of the rival, with its 90 % interval over resampled worlds; ▲ ▼ where that excludes 0. A rival knows day 0 "
    "and the other countries' wars alone; it is the best of its kind on the project's worlds. Covers: how often the "
    "90 % interval holds what happened. Tilted: runs weigh as far as other countries' falls let their "
    "share of falls be trusted, log odds of the chance = a + b log odds of the share + c (gap of judged morale - 0.3)."
)
GAIN_NOTES = (
    "Smaller scores are better. Gain: 1 - variant / base over the same items, with its 90 % interval over resampled "
    "worlds; ▲ ▼ where that excludes 0."
)
DECIMALS = 2  # of a score
LOWEST = -999.0  # percent: what is told of a skill is no lower
HEADLINES = ("crps", "brier", "rps", "variation")  # a rule for each family


def rule_title(family: str, rule: str) -> str:
    """Return what is scored and how, the latter where one number is scored in two ways."""
    is_chance = rule in ("brier", "log_loss")
    return f"{TITLES[family]} ({RULES[rule]})" if is_chance else TITLES[family]


def short_title(family: str) -> str:
    """Return what is scored in a few words, such as `seat day`."""
    return SHORT.get(family, family.replace("fall_by_", "fall by day ").replace("_", " "))


def rival_title(name: str) -> str:
    """Return what a rival is called."""
    return name.replace("_", " ")


def skill(value: float, low: float, high: float) -> Estimate:
    """Return a skill in percent, no lower than a reader needs, with a mark where its interval excludes 0."""
    point, below, above = (max(100.0 * number, LOWEST) for number in (value, low, high))  # a NaN stays one
    return Estimate(point, below, above, Kind.MARKED, decimals=0)


def board_section(board: pd.DataFrame) -> Section:
    """Return the board: a row for each family and rule.

    Parameters
    ----------
    board
        See `sim.study.score.board.board`.
    """
    header = ("what is scored", "items", "worlds", "model", "best rival", "its score", "skill, %", "verdict", "covers")
    return Section.of_rows("Against history and the best rival", header, [_row(row) for row in _records(board)])


def tilted_section(board: pd.DataFrame) -> Section:
    """Return what weighed runs score beside raw ones, of the families of the war.

    Parameters
    ----------
    board
        See `sim.study.score.board.board`.
    """
    rows = [_tilted(row) for row in _records(board) if pd.notna(row.get("tilted"))]
    header = ("what is scored", "raw", "tilted", "best rival", "its score", "skill of tilted, %")
    return Section.of_rows("Runs weighed as other countries' falls teach", header, rows)


def _tilted(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Return the cells of a family and a rule of weighed runs."""
    beside: tuple[Cell, ...] = ("none", "", "")
    if isinstance(row["rival"], str):
        gained = skill(*(row[f"tilted_{part}"] for part in ("skill", "low", "high")))
        beside = rival_title(row["rival"]), Number(row["rival_score"], DECIMALS), gained
    raw, weighed = (Number(row[name], DECIMALS) for name in ("score", "tilted"))
    return rule_title(row["family"], row["rule"]), raw, weighed, *beside


def tilt_section(tilts: pd.DataFrame) -> Section:
    """Return how far the share of runs with a collapse may be trusted: from all worlds, and with each fold left out.

    Parameters
    ----------
    tilts
        See `sim.study.score.tilt.tilt_table`.
    """
    rows: list[tuple[Cell, ...]] = [
        (
            f"without {row['fold']}" if row["fold"] else "all",
            *(f"{row[name]:+.2f} ± {row[f'{name}_error']:.2f}" for name in ("intercept", "slope", "gap", "delay")),
            int(row["worlds"]),
        )
        for row in _records(tilts)
    ]
    return Section.of_rows(
        "How far the share of falls may be trusted", ("learnt from", "a", "b", "c", "k", "worlds"), rows
    )


def _row(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Return the cells of a family and a rule."""
    has_rival = isinstance(row["rival"], str)
    beside: tuple[Cell, ...] = ("none", "", "", "")
    if has_rival:
        gained = skill(row["skill"], row["skill_low"], row["skill_high"])
        beside = rival_title(row["rival"]), Number(row["rival_score"], DECIMALS), gained, row["verdict"] or "one world"
    covers = row.get("coverage", math.nan)
    return (
        *(rule_title(row["family"], row["rule"]), int(row["n"]), int(row["worlds"]), Number(row["score"], DECIMALS)),
        *beside,
        "" if pd.isna(covers) else Number(100.0 * covers, 0, " %"),
    )


def left_out_section(left_out: pd.DataFrame) -> Section:
    """Return what is known and not scored, with the reasons."""
    rows = left_out[["world", "row", "reason"]].itertuples(index=False)
    return Section.of_rows("What is left out of scores", ("world", "row", "reason"), [tuple(row) for row in rows])


def standing(board: pd.DataFrame) -> dict[str, list[str]]:
    """Return what the model beats, ties with and loses to the best rival in, each with its skill.

    Runs weigh as they are told wherever weights are learnt: as other countries' falls teach.

    Parameters
    ----------
    board
        A row for each family and rule; of two rules for chances, the Brier score counts.
    """
    found: dict[str, list[str]] = {BEATS: [], TIES: [], LOSES: []}
    for row in _records(board):
        gained, low, high = as_told(row)
        told = verdict(low, high)
        if row["rule"] in HEADLINES and told in found:
            found[told].append(f"{short_title(row['family'])} ({skill_text(gained)})")
    return found


def as_told(row: Mapping[Any, Any]) -> tuple[float, float, float]:
    """Return a skill with its interval: of runs as they weigh where weights are learnt, else of all alike.

    Parameters
    ----------
    row
        Of the board.
    """
    kind = "tilted" if pd.notna(row.get("tilted_low")) else ""
    skill_of, low, high = (f"{kind}_{part}" for part in ("skill", "low", "high")) if kind else SKILL
    return row[skill_of], row[low], row[high]


def skill_text(value: float) -> str:
    """Return a skill without its interval, such as `+44 %`."""
    shown = rounded(100.0 * value)
    return f"{'+' if shown > 0 else '−' if shown < 0 else ''}{abs(shown):,.0f} %"


def standing_lines(board: pd.DataFrame) -> list[str]:
    """Return lines that say where the model stands, and where it would lose with runs that all count alike."""
    found, raw = standing(board), standing(board.drop(columns="tilted_low", errors="ignore"))
    words = {BEATS: "It beats the best naive rival in", TIES: "It ties in", LOSES: "It loses in"}
    lines = [f"{words[key]}: {', '.join(found[key]) or 'nothing'}." for key in words]
    lost = [name for name in raw[LOSES] if name not in found[LOSES]]
    return [*lines, *([f"Without the weights of runs it would lose in: {', '.join(lost)}."] if lost else [])]


def scored_of(scored: Scored) -> str:
    """Return which worlds were scored, of how many runs."""
    runs = sorted({world["runs"] for world in scored.manifest["worlds"]})
    few = f"{runs[0]:,}" if len(runs) == 1 else f"{runs[0]:,} to {runs[-1]:,}"
    names = list(scored.worlds)
    which = names[0] if len(names) == 1 else f"{len(names)} worlds"
    seen = sum(world.get("is_seen", False) for world in scored.worlds.values())
    taught = f"; the posterior has learnt from {seen} of them, which is no score left out" if seen else ""
    return f"{which}, {few} runs each, scenario {scored.manifest['scenario']}, seed {scored.manifest['seed']}{taught}"


def sections(scored: Scored) -> list[Section]:
    """Return what scores tell as tables."""
    left_out = scored.scores.left_out
    found = scored.scores
    told = [board_section(found.board), tilted_section(found.board), tilt_section(found.tilts)]
    return [*told, *([left_out_section(left_out)] if len(left_out) else [])]


def score_table(scored: Scored) -> RenderableType:
    """Return scores as tables for a terminal."""
    found = scored.scores
    shown = board_section(found.board), tilted_section(found.board), tilt_section(found.tilts.head(1))
    left_out = found.left_out
    told = f"{len(left_out)} rows of the record are left out; left_out.parquet tells why. " if len(left_out) else ""
    lines = standing_lines(found.board) if len(scored.worlds) > 1 else []
    tables = map(terminal_table, shown)
    return Group(f"Scores of {scored_of(scored)}.", *tables, *lines, "", f"{told}{NOTES}")


def score_markdown(scored: Scored) -> str:
    """Return scores as a page."""
    lines = standing_lines(scored.scores.board) if len(scored.worlds) > 1 else []
    made = f"Made by {markdown_code(scored.manifest['command'])}; `manifest.json` tells the rest."
    blocks = ["# Scoreboard", f"Scores of {scored_of(scored)}.", *lines, *map(markdown_section, sections(scored))]
    return "\n\n".join([*blocks, NOTES, made]) + "\n"


def gain_section(found: Versus) -> Section:
    """Return whether a variant helps: a row for each family and rule."""
    header = ("what is scored", "items", "worlds", "base", "variant", "gain, %", "worlds better / worse", "verdict")
    rows = [
        (
            *(rule_title(row["family"], row["rule"]), int(row["n"]), int(row["worlds"])),
            *(Number(row[name], DECIMALS + 1) for name in ("base", "variant")),
            "" if pd.isna(row["gain"]) else skill(row["gain"], row["gain_low"], row["gain_high"]),
            *(f"{row['worlds_better']} / {row['worlds_worse']}", row["verdict"]),
        )
        for row in _records(found.table)
    ]
    return Section.of_rows(f"{found.names[1]} against {found.names[0]}", header, rows)


def gain_line(table: pd.DataFrame) -> str:
    """Return in a sentence where a variant helps and where it hurts."""
    found = {told: _families(table, told) for told in (HELPS, HURTS)}
    parts = [f"{told} in {', '.join(names)}" for told, names in found.items() if names]
    return f"The variant {' and '.join(parts) or 'makes no difference that these worlds can tell'}."


def versus_table(found: Versus) -> RenderableType:
    """Return a comparison of scores as tables for a terminal."""
    return Group(terminal_table(gain_section(found)), gain_line(found.table), "", GAIN_NOTES)


def versus_markdown(found: Versus) -> str:
    """Return a comparison of scores as a page."""
    made = f"Made by {markdown_code(found.manifest['command'])}."
    return "\n\n".join([markdown_section(gain_section(found)), gain_line(found.table), GAIN_NOTES, made]) + "\n"


def _families(table: pd.DataFrame, verdict: str) -> Sequence[str]:
    """Return the families with a verdict, each once."""
    rows = table[(table["verdict"] == verdict) & table["rule"].isin(HEADLINES)]
    return [f"{TITLES[row['family']]} ({skill_text(row['gain'])})" for row in _records(rows)]


def _records(table: pd.DataFrame) -> Iterable[dict[str, Any]]:
    """Return the rows of a table."""
    return table.to_dict("records")  # type: ignore[return-value]  # the names of columns are texts
