"""The parameters that runs draw are stored beside what they lived, the same in any chunk."""

from pathlib import Path

import numpy as np

from sim.world.uncertainty import NUMBERS, draw_rules, numbers_of
from tests.ensemble.small import run_small, small_scenario, stored_bytes

PRIOR = {"kind": "prior", "twins": 3}


def test_every_run_tells_what_it_drew(tmp_path: Path) -> None:
    draws = run_small(tmp_path, uncertainty=PRIOR).draws
    assert draws["run"].tolist() == list(range(40))
    scenario = small_scenario(uncertainty=PRIOR)
    drawn = numbers_of(draw_rules(scenario.rules, 1, 0, 40), list(NUMBERS))
    np.testing.assert_array_equal(draws[list(NUMBERS)].to_numpy(), drawn)
    assert draws["morale.kap"].nunique() == 40


def test_draws_are_stored_in_any_chunk_alike(tmp_path: Path) -> None:
    for folder, settings in {"a": {"chunk": 7}, "b": {"chunk": 40, "workers": 2}}.items():
        run_small(tmp_path / folder, uncertainty=PRIOR, **settings)
    assert stored_bytes(tmp_path / "a") == stored_bytes(tmp_path / "b")


def test_runs_that_share_their_parameters_store_none(tmp_path: Path) -> None:
    assert len(run_small(tmp_path).draws) == 0
