"""Monte Carlo of regime collapse and regional spillover.

What a notebook needs is here; each name is imported when it is first used, so that workers start fast::

    import sim

    scenario = sim.load_scenario("iraq_hardens", {"ensemble.runs": 1000})
    ensemble = sim.run(scenario)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.agents.actors import FactionAgent, StateAgent
    from sim.agents.model import SpilloverModel
    from sim.api import calibrate, compare, load_scenario, open_results, plot_model, results, run, score, sweep
    from sim.objects import Comparison, Ensemble, Sweep

_HOMES = {
    **dict.fromkeys(("Comparison", "Ensemble", "Sweep"), "sim.objects"),
    **dict.fromkeys(
        ("calibrate", "compare", "load_scenario", "open_results", "plot_model", "results", "run", "score", "sweep"),
        "sim.api",
    ),
    "SpilloverModel": "sim.agents.model",
    **dict.fromkeys(("FactionAgent", "StateAgent"), "sim.agents.actors"),
}
__all__ = [
    "Comparison",
    "Ensemble",
    "FactionAgent",
    "SpilloverModel",
    "StateAgent",
    "Sweep",
    "calibrate",
    "compare",
    "load_scenario",
    "open_results",
    "plot_model",
    "results",
    "run",
    "score",
    "sweep",
]


def __getattr__(name: str) -> Any:
    """Import a name from where it lives when it is first used."""
    if name not in _HOMES:
        message = f"module 'sim' has no attribute '{name}'"
        raise AttributeError(message)
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the names that a notebook needs."""
    return __all__
