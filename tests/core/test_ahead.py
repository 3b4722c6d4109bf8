import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.core import ahead
from sim.core.engine import live_runs
from sim.core.jit import CACHE, callees
from sim.core.state import SMALL

pytestmark = pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled")
ROOT = Path(__file__).resolve().parents[2]
FIRST_RUN = """
from pathlib import Path
from sim.core.ahead import compile_ahead
from sim.core.engine import live_runs, simulate
from sim.core.jit import CACHE, callees
from sim.world.config import read_config
from sim.world.scenario import build_scenario
from sim.world.tables import load_tables
frame = {"scenario": {"name": "first", "question": "How soon?"}, "world": {"name": "liberia_2003"}}
scenario = build_scenario(load_tables(Path("conf/world/liberia_2003")), read_config(frame))
compile_ahead(scenario.world, scenario.rules)
print(len(live_runs.stats.cache_misses), *(len(f.overloads) for f in callees(live_runs)))
"""

LINEAR_ALGEBRA = """
import sys
import numba
import numpy as np
print("scipy.linalg" in sys.modules)
product = numba.njit(lambda a, b: a @ b)
print(np.array_equal(product(np.eye(2), np.ones((2, 3))), np.ones((2, 3))), "scipy.linalg" in sys.modules)
"""


def without_the_loop_of_runs(_: str, names: list[str]) -> list[str]:
    """Return what is not copied: the function that calls all phases, and the note that everything is compiled."""
    return [name for name in names if "live_runs" in name or name.endswith(".compiled")]


@pytest.mark.slow
def test_what_is_compiled_ahead_is_what_the_first_run_asks_for(tmp_path):
    def start():
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", FIRST_RUN], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        )
        return [int(word) for word in done.stdout.split()]

    # The phases are compiled already; one that is guessed wrong would be compiled once more and have two signatures.
    shutil.copytree(ahead.FOLDER, tmp_path / CACHE / ahead.FOLDER.name, ignore=without_the_loop_of_runs)
    n_phases = len(list(callees(live_runs)))
    assert start() == [1] + [1] * n_phases  # one signature each: no guess was wrong
    assert start() == [0] + [0] * n_phases  # nothing is looked at
    assert [path.name for path in tmp_path.glob("spillover/*")] == [ahead.FOLDER.name]  # nothing is left behind


def test_linear_algebra_is_loaded_only_where_somebody_compiles_it():
    line = [sys.executable, "-c", FIRST_RUN + LINEAR_ALGEBRA]
    done = subprocess.run(line, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[1:] == ["False", "True True"]


def test_the_model_compiles_without_a_helper(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "missing"))
    monkeypatch.setattr(ahead, "usable_cores", lambda: 2)
    with pytest.raises(FileNotFoundError):
        ahead.compile_together(SMALL.name)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    ahead.compile_together(SMALL.name)


def test_entries_of_two_caches_of_one_function_do_not_mix(monkeypatch, tmp_path):
    own, other = tmp_path / "own", tmp_path / "other"
    monkeypatch.setattr(ahead, "FOLDER", own)
    for folder, names in ((own, ["f.nbi", "f.1.nbc"]), (other, ["f.nbi", "f.1.nbc", "f.2.nbc", "g.nbi", "g.1.nbc"])):
        folder.mkdir()
        for name in names:
            (folder / name).write_text(folder.name)
    ahead.copy_missing([other])
    held = {path.name: path.read_text() for path in own.iterdir()}
    assert held == {"f.nbi": "own", "f.1.nbc": "own", "g.nbi": "other", "g.1.nbc": "other"}


def test_code_that_nobody_has_used_for_months_is_removed(monkeypatch, tmp_path):
    now = 1_000_000_000
    ages = {"own": 400, "fresh": 1, "used": 400, "old": 91}
    for name, days in ages.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "f.nbc").touch()
        os.utime(tmp_path / name, (0, now - days * 86400))
    (tmp_path / "used" / "small.compiled").touch()
    os.utime(tmp_path / "used" / "small.compiled", (0, now - 2 * 86400))
    os.utime(tmp_path / "used", (0, now - 400 * 86400))
    (tmp_path / "a file").touch()
    monkeypatch.setattr(ahead, "FOLDER", tmp_path / "own")
    monkeypatch.setattr(ahead.time, "time", lambda: now)
    ahead.forget_old_code()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a file", "fresh", "own", "used"]
