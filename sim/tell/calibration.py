"""Sum a calibration up in tables: where the mix beats and loses, what each kept share gives, what was learnt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Group, RenderableType

from sim.ensemble.run.reporter import Reporter
from sim.study.calibrate import calibrate as calibrating
from sim.study.calibrate.calibrate import Calibration, Effort
from sim.study.calibrate.identification import NOT_LEARNT
from sim.study.calibrate.scoring import LOSS, PRIOR, RECALIBRATED
from sim.study.score.board import MODEL, TILTED
from sim.tell.estimate import Estimate, Kind, Number, setting
from sim.tell.numbers import to_figures, whole_percent
from sim.tell.score_tables import DECIMALS, rival_title, rule_title, skill
from sim.tell.section import Cell, Column, Section
from sim.tell.summary import markdown_code, markdown_section, markdown_text, terminal_table
from sim.world.scenario import Scenario

NOTES = (
    "Smaller scores are better; each world is scored by a mix that has not seen its fold. Skill: 1 - score / that of "
    "the best rival, with its 90 % interval over resampled worlds. Brackets beside scores of kept shares: one standard "
    "error over worlds either way."
)
BESIDE = {TILTED: "tilted", RECALIBRATED: "recalibrated", PRIOR: "all vectors"}
CURVE = ("loss", "fall", "seat_falls", "killed", "displaced", "arrivals", "incident")
FIGURES = 3  # of a parameter
MOST_TOLD = 12  # parameters that a terminal tells


def calibration_table(calibration: Calibration) -> RenderableType:
    """Return what a finished calibration tells as tables for a terminal."""
    first = Section(*_cut(learnt(calibration), MOST_TOLD))
    kept = terminal_table(kept_section(calibration.curve), is_upright=True)
    return Group(terminal_table(mixes_section(calibration.board)), kept, terminal_table(first), NOTES)


def calibration_markdown(calibration: Calibration) -> str:
    """Return a page about a finished calibration."""
    told = calibration.manifest
    effort = told["effort"]
    made = (
        f"{told['vectors_tried']:,} vectors of {len(told['parameters'])} parameters ({effort['design']}), "
        f"{effort['runs']} runs each to choose and {effort['fresh']} to score, in {len(told['worlds'])} worlds, "
        f"one {effort['folds']} left out at a time; seed {told['seed']}. {told['vectors_failed']:,} vectors failed."
    )
    command = f"Made by {markdown_code(told['command'])}."
    return (
        "\n\n".join(
            [
                "# Calibration",
                markdown_text(made),
                *map(markdown_section, calibration_sections(calibration)),
                NOTES,
                command,
            ]
        )
        + "\n"
    )


def calibration_sections(calibration: Calibration) -> tuple[Section, ...]:
    """Return all tables."""
    return mixes_section(calibration.board), kept_section(calibration.curve), learnt(calibration)


def calibrate(
    scenarios: Sequence[Scenario], effort: Effort, folder: Path, command: str, reporter: Reporter | None = None
) -> Calibration:
    """Return a calibration; see `sim.study.calibrate.calibrate.calibrate`.

    Parameters
    ----------
    scenarios, effort, folder, command, reporter
        As there.
    """
    return calibrating.calibrate(scenarios, effort, folder, command, calibration_markdown, reporter)


def mixes_section(board: pd.DataFrame) -> Section:
    """Return each family's score, left out, beside that of its best rival: a row for each family and rule.

    Parameters
    ----------
    board
        As of a `Calibration`.
    """
    scores = board.set_index(["mix", "family", "rule"])["score"]
    beside_it = {mix: head for mix, head in BESIDE.items() if (board["mix"] == mix).any()}
    rows: list[Sequence[Cell]] = []
    for row in board[board["mix"] == MODEL].to_dict("records"):
        family, rule = str(row["family"]), str(row["rule"])
        others = (scores.get((mix, family, rule)) for mix in beside_it)
        beside: Sequence[Cell] = ("none", "", "", "")
        if isinstance(row["rival"], str):
            gained = skill(row["skill"], row["skill_low"], row["skill_high"])
            beside = rival_title(row["rival"]), _score(row["rival_score"]), gained, str(row["verdict"])
        rows.append((rule_title(family, rule), int(row["n"]), *map(_score, (row["score"], *others)), *beside))
    header = ("what is scored", "items", "mix", *beside_it.values(), "best rival", "its score", "skill, %")
    return Section.of_rows("Left out: the mix beside its best rival", (*header, "verdict"), rows)


def kept_section(curve: pd.DataFrame) -> Section:
    """Return what each kept share of the vectors gives, left out.

    Parameters
    ----------
    curve
        As of a `Calibration`.
    """
    by_share = curve.set_index(["share", "family"])
    rows: list[Sequence[Cell]] = []
    for share in curve["share"].unique():
        part = by_share.loc[share]
        scores = [_give_or_take(part["score"][name], part["error"][name]) for name in CURVE]
        mark = " (chosen)" if part["is_chosen"][LOSS] else ""
        rows.append((f"{whole_percent(share)}{mark}", *scores, int(part["folds"][LOSS])))
    header = ("kept", *(name.replace("_", " ") for name in CURVE), "folds that choose it")
    return Section.of_rows("Left out: what each kept share of the vectors gives", header, rows)


def learnt(calibration: Calibration) -> Section:
    """Return what was learnt about each parameter, those learnt best first."""
    rows = [
        (
            row["parameter"],
            *(setting(to_figures(row[name], FIGURES)) for name in ("low", "high", "q05", "median", "q95")),
            Number(row["width"], 2),
            "" if row["is_learnt"] else "not learnt",
            Estimate(row["rank_correlation"], kind=Kind.CHANGE, decimals=2),
        )
        for row in calibration.identification.to_dict("records")
    ]
    header = ("parameter", "sought from", "to", "posterior, 5 %", "median", "95 %", "width", "", "rank corr. with loss")
    title = f"What history says about each parameter (not learnt: width above {NOT_LEARNT:g} of the design's)"
    return Section.of_rows(title, header, rows)


def _cut(section: Section, n: int) -> tuple[str, list[Column]]:
    """Return the title and the first rows of a table."""
    return section.title, [Column(column.head, column.cells[:n]) for column in section.columns]


def _give_or_take(value: float, error: float) -> Estimate:
    """Return a score with its standard error either way."""
    return Estimate(value, value - error, value + error, decimals=DECIMALS)


def _score(value: float | None) -> Cell:
    """Return a score, nothing where there is none."""
    return "" if value is None or pd.isna(value) else Number(value, DECIMALS + 1)
