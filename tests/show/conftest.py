"""What tests of figures share: the style, a world, and a small ensemble of it."""

from collections.abc import Iterator

import pytest

from sim.ensemble.results import Results
from sim.show.theme import styled
from sim.world.scenario import Scenario
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
