"""Two ensembles of the Levant with default parameters, which most patterns share."""

import pytest

from tests.patterns.ensembles import LEVANT, Ensemble, ensemble_of
from tests.worlds import scenario_of


@pytest.fixture(scope="session")
def offensive() -> Ensemble:
    """Return 600 runs over the world's 120 days."""
    return ensemble_of(scenario_of(LEVANT), 600, 600)


@pytest.fixture(scope="session")
def year() -> Ensemble:
    """Return 300 runs over a year."""
    return ensemble_of(scenario_of(LEVANT, days=365), 300, 300)
