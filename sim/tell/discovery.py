"""Tell in which regions of its inputs an outcome comes about: in sentences, in a table, and as a configuration."""

from __future__ import annotations

import math
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

import yaml

from sim.study.matters.discovery import Discovery, Region
from sim.tell.answer import Answer
from sim.tell.estimate import Estimate, Kind, kind_of
from sim.tell.inputs import copies_in_words, input_meanings, outcome_label, value_text
from sim.tell.section import Column, Section

EVEN = 0.5
WIDTH = 118  # of a comment
NOTES = (
    "In brackets: 95 % intervals (Wilson). Density: share of the box's runs in which it holds; coverage: share of all "
    "runs in which it holds that lie in the box; mass: share of all runs in the box. All come from the half of the "
    "runs that had no part in making the box. Later boxes hold what the earlier ones leave."
)


def discovery_answer(found: Discovery) -> Answer:
    """Return in which regions an outcome comes about."""
    asked = condition(found)
    sections = [boxes_section(found)] if found.regions else []
    return Answer(f"When is it that {asked}?", list(sentences(found)), sections, NOTES)


def condition(found: Discovery) -> str:
    """Return what was looked for, as a clause."""
    label = outcome_label(found.outcome, found.case.scenario)
    if kind_of(found.unit) is Kind.SHARE and EVEN in (found.above, found.below):
        return f"{label} comes about" if found.below != EVEN else f"{label} does not come about"
    side, level = ("below", found.below) if math.isnan(found.above) else ("above", found.above)
    return f"{label} lies {side} {value_text(level)}"


def sentences(found: Discovery) -> Iterator[str]:
    """Yield what was found in sentences, box by box."""
    asked, base = condition(found), Estimate(found.base, kind=Kind.SHARE)
    if not found.regions:
        yield (
            f"No box was found in which {asked} clearly more often than in all runs ({base} of {found.n:,}), on runs "
            "that had no part in making it."
        )
        return
    for number, region in enumerate(found.regions, 1):
        also = "" if number == 1 else "Of the others: "
        yield f"{also}{region_sentence(region, asked)}"
    yield f"Of all runs it is {base}."
    yield from copies_in_words(dict.fromkeys(name for each in found.regions for name in each.limits), found.copies)


def headline(found: Discovery) -> str:
    """Return the first finding in a line, without the limits of its box."""
    if not found.regions:
        return next(sentences(found)).rstrip(".")
    region, base = found.regions[0], Estimate(found.base, kind=Kind.SHARE)
    asked, n = condition(found), len(region.limits)
    inputs = f"{n} input{'' if n == 1 else 's'}"
    density, coverage = Estimate(*region.density, Kind.SHARE), Estimate(region.measure.coverage, kind=Kind.SHARE)
    return (
        f"{asked[0].upper()}{asked[1:]} in {density} of the runs in a box of {inputs}, in {base} of all; the box holds "
        f"{coverage} of those in which it does"
    )


def region_sentence(region: Region, asked: str) -> str:
    """Return in a sentence what a box holds."""
    density = Estimate(*region.density, Kind.SHARE)
    coverage = Estimate(region.measure.coverage, kind=Kind.SHARE)
    sentence = f"{asked} in {density} of runs when {where(region)}; {coverage} of all in which it does"
    return f"{sentence[0].upper()}{sentence[1:]}."


def where(region: Region) -> str:
    """Return the limits of a box in words."""
    *first, last = [f"{name} is {limits_text(*limits)}" for name, limits in region.limits.items()]
    return f"{', '.join(first)} and {last}" if first else last


def limits_text(low: float, high: float) -> str:
    """Return from where to where an input may be."""
    if math.isinf(low):
        return f"at most {value_text(high)}"
    return f"at least {value_text(low)}" if math.isinf(high) else f"from {value_text(low)} to {value_text(high)}"


def boxes_section(found: Discovery) -> Section:
    """Return the table of boxes: a row for each input that one restricts."""
    rows = [(number, region, name) for number, region in enumerate(found.regions, 1) for name in region.limits]
    meanings = input_meanings([name for *_, name in rows], found.case.scenario)
    return Section(
        f"Boxes; n = {found.n:,} runs, half of which had no part in making them",
        [
            Column("box", [str(number) for number, *_ in rows]),
            Column("input", [name for *_, name in rows]),
            Column("is", [limits_text(*region.limits[name]) for _, region, name in rows]),
            Column("density", [Estimate(*region.density, Kind.SHARE) for _, region, _ in rows]),
            Column("coverage", [Estimate(region.measure.coverage, kind=Kind.SHARE) for _, region, _ in rows]),
            Column("mass", [Estimate(region.measure.mass, kind=Kind.SHARE) for _, region, _ in rows]),
            Column("what it is", [meanings[name] for *_, name in rows]),
        ],
    )


def centre_yaml(found: Discovery, number: int) -> str:
    """Return a configuration that runs the centre of a box, numbered from 1: every run has its parameters.

    Fighters and quality of factions are drawn by each run, and stay free.
    """
    region, config = found.regions[number - 1], found.case.scenario.config
    rules: dict[str, Any] = {}
    for key, value in region.settings.items():
        if key.startswith("rules."):
            _, *groups, last = key.split(".")
            at = rules
            for group in groups:
                at = at.setdefault(group, {})
            at[last] = value
    told = config.model_dump(mode="json", include={"scenario", "world", "horizon_days"})
    values = told | {"uncertainty": {"kind": "none"}, "rules": rules}
    lines = [
        "@package _global_",
        *wrap(f"Centre of box {number}: {region_sentence(region, condition(found))}", WIDTH),
        "Kept as conf/experiment/NAME.yaml it is run by: python experiments/run.py experiment=NAME",
    ]
    return "".join(f"# {line}\n" for line in lines) + yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
