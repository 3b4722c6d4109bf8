"""Sum a calibration up in tables: where the mix beats and loses, what each kept share gives, what was learnt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Group, RenderableType

from sim.ensemble.run.reporter import Reporter
from sim.study.calibrate import calibrate as calibrating
from sim.study.calibrate.calibrate import Calibration, Effort
from sim.study.calibrate.identification import NOT_LEARNT
from sim.study.calibrate.scoring import LOSS, PRIOR, RECALIBRATED
from sim.study.score.board import MODEL
from sim.tell.section import Cell, Column, Section
from sim.tell.summary import markdown_code, markdown_section, markdown_text, terminal_table
from sim.world.scenario import Scenario

NOTES = (
    "Smaller scores are better; each world is scored by a mix that has not seen its fold. Skill: 1 - score / that of "
    "the best rival, with its 90 % interval over resampled worlds. Errors: standard errors over worlds."
)
CURVE = ("loss", "fall", "seat_falls", "killed", "displaced", "arrivals", "incident")
MOST_TOLD = 12  # parameters that a terminal tells


def calibration_table(calibration: Calibration) -> RenderableType:
    """Return what a finished calibration tells as tables for a terminal."""
    first = Section(*_cut(learnt(calibration), MOST_TOLD))
    return Group(*map(terminal_table, (scoreboard(calibration), kept(calibration), first)), NOTES)


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
    return scoreboard(calibration), kept(calibration), learnt(calibration)


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


def scoreboard(calibration: Calibration) -> Section:
    """Return each family's score, left out, beside that of its best rival."""
    by_mix = {mix: rows.set_index(["family", "rule"]) for mix, rows in calibration.board.groupby("mix")}
    own = by_mix[MODEL]
    rows: list[Sequence[Cell]] = []
    for key, row in own.iterrows():
        others = (by_mix[mix]["score"].get(key) for mix in (RECALIBRATED, PRIOR))
        rivals = (str(row["rival"]), _score(row["rival_score"])) if isinstance(row.get("rival"), str) else ("", "")
        skill = (
            f"{_percent(row['skill'])} [{_percent(row['skill_low'])}, {_percent(row['skill_high'])}]"
            if rivals[0]
            else ""
        )
        verdict = str(row["verdict"]) if rivals[0] else ""
        family, rule = key if isinstance(key, tuple) else (key, "")
        scores = (_score(row["score"]), *map(_score, others), *rivals, skill, verdict)
        rows.append((str(family).replace("_", " "), str(rule).replace("_", " "), int(row["n"]), *scores))
    header = (
        "family",
        "rule",
        "n",
        "mix",
        "recalibrated",
        "all vectors",
        "best rival",
        "its score",
        "skill",
        "verdict",
    )
    return Section.of_rows("Left out: the mix beside its best rival", header, rows)


def kept(calibration: Calibration) -> Section:
    """Return what each kept share of the vectors gives, left out."""
    curve = calibration.curve.set_index(["share", "family"])
    rows: list[Sequence[Cell]] = []
    for share in calibration.curve["share"].unique():
        part = curve.loc[share]
        errors = [f"{part['score'][name]:.3f} ± {part['error'][name]:.3f}" for name in CURVE]
        mark = " (chosen)" if part["is_chosen"][LOSS] else ""
        rows.append((f"{share:.0%}{mark}", *errors, int(part["folds"][LOSS])))
    header = ("kept", *(name.replace("_", " ") for name in CURVE), "folds that choose it")
    return Section.of_rows("Left out: what each kept share of the vectors gives", header, rows)


def learnt(calibration: Calibration) -> Section:
    """Return what was learnt about each parameter, those learnt best first."""
    rows = [
        (
            row["parameter"],
            f"{row['low']:.3g} to {row['high']:.3g}",
            f"{row['median']:.3g} [{row['q05']:.3g}, {row['q95']:.3g}]",
            f"{row['width']:.2f}",
            "" if row["is_learnt"] else "not learnt",
            f"{row['rank_correlation']:+.2f}",
        )
        for row in calibration.identification.to_dict("records")
    ]
    header = ("parameter", "sought in", "posterior, 90 %", "width", "", "rank correlation with the loss")
    title = f"What history says about each parameter (not learnt: width above {NOT_LEARNT:g} of the design's)"
    return Section.of_rows(title, header, rows)


def _cut(section: Section, n: int) -> tuple[str, list[Column]]:
    """Return the title and the first rows of a table."""
    return section.title, [Column(column.head, column.cells[:n]) for column in section.columns]


def _score(value: float | None) -> str:
    """Return a score, nothing where there is none."""
    return "" if value is None or pd.isna(value) else f"{value:.3f}"


def _percent(value: float) -> str:
    """Return a skill in percent."""
    return "?" if math.isnan(value) else f"{value:+.0%}"
