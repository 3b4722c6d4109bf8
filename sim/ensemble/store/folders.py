"""Name the folders that results go to: by what they are, and by a digest of all that they depend on."""

from __future__ import annotations

from pathlib import Path

from sim.ensemble.store.provenance import config_digest
from sim.world.catalogue import USUAL_WORLD
from sim.world.scenario import Scenario

DIGEST_LENGTH = 8


def result_folder(scenario: Scenario, experiment: str, digest: str | None = None) -> Path:
    """Return where the results of a scenario go; its name tells the world where that is not the usual one.

    Parameters
    ----------
    scenario
        What is run; its configuration says where all results go.
    experiment
        What is done with it, such as ``run`` or ``sweep``.
    digest
        Of what the results depend on; by default that of an ensemble.
    """
    config = scenario.config
    world = "" if config.world.name == USUAL_WORLD else f"{config.world.name}-"
    name = f"{world}{config.scenario.name}-{(digest or config_digest(scenario))[:DIGEST_LENGTH]}"
    return Path(config.output).expanduser() / experiment / name
