"""What tests of figures share: the style, a world, and a small ensemble of it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, sync_playwright

from sim.core.engine import simulate
from sim.ensemble.store.results import Results
from sim.show.kit.theme import styled
from sim.show.report import write_chronicle, write_report
from sim.study.compare import compare
from sim.study.explain.chronicle import Chronicle, explain
from sim.study.explain.typical import Typical
from sim.world.scenario import Scenario
from tests.show.browser import start
from tests.show.cases import hostile, made_case
from tests.show.made import MIXED, made_results
from tests.worlds import SEED, scenario_of


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser; tests that ask for it are skipped where none is installed."""
    with sync_playwright() as playwright:
        found = start(playwright)
        yield found
        found.close()


@pytest.fixture
def style() -> Iterator[None]:
    with styled():
        yield


@pytest.fixture(scope="module")
def levant() -> Scenario:
    return scenario_of("levant_2024")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, levant: Scenario) -> Results:
    return made_results(tmp_path_factory.mktemp("mixed"), levant, MIXED, failed=2)


@pytest.fixture(scope="session")
def chronicle() -> Chronicle:
    """Return the first history of a world with a map in which the leader flees and places fall later."""
    scenario = scenario_of("levant_2024", days=60)
    runs = simulate(scenario.world, scenario.rules, SEED, 0, 200).runs
    is_such = (runs["flight_day"] >= 0) & (runs["capital_fall_day"] > runs["flight_day"])
    return explain(scenario, SEED, int(np.flatnonzero(is_such)[0]))


@pytest.fixture(scope="session")
def hostile_chronicle() -> Chronicle:
    """Return a history in a world without a map, all of whose texts are code."""
    return explain(hostile(scenario_of("liberia_2003", days=50)), SEED, 0)


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory, chronicle: Chronicle) -> Path:
    """Return the page of one history."""
    return write_chronicle(chronicle, tmp_path_factory.mktemp("history") / "new" / "run.html")


@pytest.fixture(scope="session")
def hostile_history(tmp_path_factory: pytest.TempPathFactory, hostile_chronicle: Chronicle) -> Path:
    """Return the page of a history, all of whose texts are code."""
    return write_chronicle(hostile_chronicle, tmp_path_factory.mktemp("history") / "run.html")


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory, chronicle: Chronicle) -> Path:
    """Return the report of one ensemble in a world with a map, which tells a history."""
    folder = tmp_path_factory.mktemp("report")
    case = made_case(folder, scenario_of("levant_2024"), MIXED)
    told = [(Typical(chronicle.run, chronicle.outcome, 0.5), chronicle)]
    return write_report([case], folder / "new" / "report.html", histories=told)


@pytest.fixture(scope="session")
def hostile_report(tmp_path_factory: pytest.TempPathFactory, hostile_chronicle: Chronicle) -> Path:
    """Return the report of a comparison in a world without a map, all of whose texts are code."""
    folder, scenario = tmp_path_factory.mktemp("hostile"), hostile(scenario_of("liberia_2003"))
    days = {"base": MIXED, "same": MIXED, "better": [None] * len(MIXED)}
    cases = [made_case(folder, scenario, found, name=name) for name, found in days.items()]
    comparison = compare(cases, folder / "compared", "python experiments/compare.py")
    told = [(Typical(hostile_chronicle.run, hostile_chronicle.outcome, 1.0), hostile_chronicle)]
    return write_report(cases, folder / "report.html", comparison, told)
