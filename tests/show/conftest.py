"""What tests of figures share: the style, a world, and a small ensemble of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.ensemble.store.results import Results
from sim.show.kit.theme import styled
from sim.show.report import write_report
from sim.study.compare import compare
from sim.world.scenario import Scenario
from tests.show.cases import hostile, made_case
from tests.show.made import MIXED, made_results
from tests.worlds import scenario_of


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
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of one ensemble in a world with a map."""
    folder = tmp_path_factory.mktemp("report")
    return write_report([made_case(folder, scenario_of("levant_2024"), MIXED)], folder / "new" / "report.html")


@pytest.fixture(scope="session")
def hostile_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of a comparison in a world without a map, all of whose texts are code."""
    folder, scenario = tmp_path_factory.mktemp("hostile"), hostile(scenario_of("liberia_2003"))
    days = {"base": MIXED, "same": MIXED, "better": [None] * len(MIXED)}
    cases = [made_case(folder, scenario, found, name=name) for name, found in days.items()]
    comparison = compare(cases, folder / "compared", "python experiments/compare.py")
    return write_report(cases, folder / "report.html", comparison)
