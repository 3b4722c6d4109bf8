"""Make up cases for reports: ensembles with known numbers, and texts that would like to be code."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.ensemble.store.manifest import describe
from sim.study.cases import Case
from sim.world.scenario import Scenario
from tests.show.made import Day, made_results
from tests.worlds import changed

COMMAND = "python experiments/run.py scenario=made"
HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)> $_$^{x}"


def made_case(
    folder: Path, scenario: Scenario, days: Sequence[Day], *, name: str = "made", quiet: bool = False
) -> Case:
    """Return a case in which the regime collapses on given days, with a manifest like that of real runs."""
    results = made_results(folder, scenario, days, quiet=quiet)
    return Case(name, dataclasses.replace(results, manifest=describe(scenario, COMMAND, 1)), scenario)


def hostile(scenario: Scenario) -> Scenario:
    """Return a scenario whose every text is code."""
    tables, asked = scenario.tables, scenario.config.scenario.model_copy(update={"question": HOSTILE})
    text = [(name, object) for name in ("key", "what", "url")]
    worse = dataclasses.replace(
        tables,
        header=tables.header.model_copy(update={"title": HOSTILE, "note": HOSTILE}),
        locations=changed(tables.locations, name=HOSTILE, source=HOSTILE),
        states=changed(tables.states, name=HOSTILE),
        factions=changed(tables.factions, name=HOSTILE),
        sources=np.array([(HOSTILE, HOSTILE, "javascript:alert(1)")], text),
    )
    config = scenario.config.model_copy(update={"scenario": asked})
    return dataclasses.replace(scenario, tables=worse, config=config)
