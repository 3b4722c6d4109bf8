"""Draw the figures of a sweep."""

from collections.abc import Sequence
from pathlib import Path

from sim.study.sweep import Sweep
from sim.world.scenario import Scenario


def draw_sweep_files(sweep: Sweep, outcomes: Sequence[str], scenario: Scenario) -> list[Path]:
    """Draw nothing yet."""
    return []
