"""Objects and settings as Python has them: copied, sent between processes, given as values of any library."""

import copy
import multiprocessing
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.ensemble.store.provenance import config_digest
from sim.ensemble.store.results import ResultsError
from sim.world.config import RunConfig, known_keys
from sim.world.frozen import ConfigError
from sim.world.settings import nested, plain
from tests.worlds import CONF

SMALL = {"ensemble.runs": 20, "ensemble.traces": 2, "horizon_days": 20}
WORLD = "liberia_2003"
Values = dict[str, Any]


def small(**settings: Any) -> Any:
    """Return a small scenario."""
    return sim.load_scenario("as_recorded", SMALL | settings, WORLD)


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return one of each object that a notebook has in hand."""
    output = tmp_path_factory.mktemp("citizens")
    base, other = (
        sim.run(sim.load_scenario(name, SMALL | {"output": output}, WORLD)) for name in ("as_recorded", "mediation")
    )
    model = base.replay(3)
    for _ in range(5):
        model.step()
    return {
        "scenario": base.scenario,
        "ensemble": base,
        "model": model,
        "comparison": sim.compare(base, other),
        "sweep": sim.sweep(base.scenario, {"rules.morale.beta": np.linspace(4, 9, 2)}),
        "config": base.scenario.config,
        "fault of settings": ConfigError(["a", "b"]),
    }


SAYS: dict[str, Callable[[Any], object]] = {  # what an object says of itself, to be said by its copy
    "scenario": config_digest,
    "ensemble": lambda ensemble: (ensemble.runs.to_csv(), ensemble.falls.to_csv(), repr(ensemble)),
    "model": lambda model: (model.day, model.falls, model.history.state_record.tobytes()),
    "comparison": lambda comparison: (comparison.table.to_csv(), repr(comparison)),
    "sweep": lambda sweep: (sweep.table.to_csv(), repr(sweep)),
    "config": RunConfig.model_dump_json,
    "fault of settings": lambda fault: (fault.lines, str(fault)),
}
COPIES: dict[str, Callable[[Any], Any]] = {
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("name", SAYS)
def test_a_copy_says_what_the_original_says(name: str, way: str, objects: dict[str, Any]) -> None:
    copied = COPIES[way](objects[name])
    assert type(copied) is type(objects[name])
    assert SAYS[name](copied) == SAYS[name](objects[name])


@pytest.mark.parametrize("way", ["deepcopy", "pickle"])
def test_a_copied_history_lives_days_of_its_own_and_ends_alike(way: str, objects: dict[str, Any]) -> None:
    original = objects["model"]
    before = original.history.state_record.tobytes()
    branch = COPIES[way](original)
    branch.step()
    assert (original.day, branch.day) == (5, 6)
    assert original.history.state_record.tobytes() == before
    branch.run_to_horizon()
    assert {agent.model for agent in branch.agents} == {branch}
    whole = sim.SpilloverModel(original.inputs, 1, 3)
    whole.run_to_horizon()
    assert branch.run_row().tobytes() == whole.run_row().tobytes()
    assert branch.falls == whole.falls
    assert branch.history.state_record.dtype is whole.history.state_record.dtype  # an equal one makes every call slow
    assert branch.history.rules_record.dtype is whole.history.rules_record.dtype


def test_scenarios_travel_to_worker_processes(objects: dict[str, Any]) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(config_digest, [objects["scenario"]]) == [config_digest(objects["scenario"])]


def leaves(values: Values, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the settings in nested values, by dotted keys."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def foreign(value: Any) -> list[Any]:
    """Return a plain value as other libraries have it."""
    if isinstance(value, bool):
        return [np.bool_(value), pd.Series([value]).iloc[0], np.array(value)]
    if isinstance(value, int):
        return [np.int64(value), np.uint64(value), pd.Series([value]).iloc[0], np.array(value)]
    if isinstance(value, float):
        return [np.float64(value), pd.Series([value]).iloc[0], np.array(value)]
    return [np.str_(value), pd.Series([value]).iloc[0], *([Path(value)] if "/" in value else [])]


def every_setting() -> Values:
    """Return a value of each setting that has one."""
    found = dict(leaves(small().config.model_dump(exclude={"scenario", "world"})))
    return {key: value for key, value in found.items() if value is not None} | {
        "horizon_days": 20,
        "output": "some/where",
    }


def test_every_setting_takes_values_of_other_libraries() -> None:
    settings = every_setting()
    assert settings.keys() > {
        key
        for key in set(known_keys()) - {"rules.spillover.weight", "rules.spillover.incident_rate"}  # groups of keys
        if key.startswith(("rules.", "channels.")) and key.count(".") >= 2
    }
    want = small(**settings)
    for number in range(4):
        given = {key: foreign(value)[number % len(foreign(value))] for key, value in settings.items()}
        got = small(**given)
        assert got.config == want.config
        assert config_digest(got) == config_digest(want)
        assert got.world.tobytes() == want.world.tobytes()
        assert got.rules.tobytes() == want.rules.tobytes()


def test_every_setting_may_be_given_alone_or_in_its_group() -> None:
    settings = every_setting()
    want = small(**settings).config
    halves = dict(list(settings.items())[::2]), dict(list(settings.items())[1::2])
    for dotted, grouped in (halves, halves[::-1]):
        groups = nested(grouped)
        before = copy.deepcopy(groups)
        for together in (dotted | groups, groups | dotted):
            assert small(**together).config == want
        assert groups == before


@pytest.mark.parametrize(
    "settings", [{"ensemble.seed": 3, "ensemble": {"seed": 4}}, {"ensemble": {"seed": 4}, "ensemble.seed": 3}]
)
def test_a_setting_that_is_given_twice_is_refused(settings: Values) -> None:
    with pytest.raises(ConfigError, match=r"ensemble\.seed: is given twice"):
        sim.load_scenario(settings=settings)


VALUES: dict[str, Any] = {
    "list": [4, 6],
    "tuple": (4.0, 6.0),
    "range": range(4, 7, 2),
    "array": np.array([4, 6]),
    "linspace": np.linspace(4, 6, 2),
    "series": pd.Series([4.0, 6.0], index=[7, 8]),
    "index": pd.Index([4, 6]),
    "scalars": [np.int64(4), np.float32(6)],
}


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_a_sweep_takes_values_however_they_are_held(values: Any, tmp_path: Path) -> None:
    swept = sim.sweep(small(output=tmp_path), {"rules.morale.beta": values})
    assert sorted(set(swept.table["rules.morale.beta"])) == [4.0, 6.0]
    (folder,) = (tmp_path / "sweep").iterdir()
    assert swept.folder == folder
    assert plain(values) == [4, 6]


BAD_FACTORS: dict[str, tuple[Any, str]] = {
    "truth values": ({"channels.kin": [True, False]}, "run each by itself, with run.py -m channels.kin=true,false"),
    "names": ({"scenario": ["mediation", "iraq_open"]}, "run.py -m scenario=mediation,iraq_open"),
    "seeds": ({"ensemble.seed": range(2)}, "run.py -m ensemble.seed=0,1"),
    "one number": ({"rules.morale.beta": 4}, "must be a list of numbers, such as [4, 9]"),
    "text": ({"rules.morale.beta": "4"}, "must be a list of numbers"),
    "truth value among numbers": ({"rules.morale.beta": [4, True]}, "rules.morale.beta.1 = True: must be a number"),
    "no number": ({"rules.morale.beta": [4, float("nan")]}, "rules.morale.beta.1 = nan: must be a number"),
    "half a day": ({"horizon_days": [20, 20.5]}, "horizon_days.1 = 20.5: must be a whole number"),
    "value twice": ({"rules.morale.beta": np.array([4, 4])}, "rules.morale.beta.1 = 4: stands twice"),
    "groups": ({"rules.morale": {"beta": [4, 5]}}, "write the whole key, such as rules.morale.beta"),
    "no mapping": ([4, 5], "sweep.factors = [4, 5]: must be values by key"),
}


@pytest.mark.parametrize(("factors", "cure"), BAD_FACTORS.values(), ids=BAD_FACTORS)
def test_what_cannot_be_swept_is_told_with_what_to_do(factors: Any, cure: str) -> None:
    with pytest.raises(ConfigError) as refused:
        sim.sweep(small(), factors)
    assert cure in refused.value.lines[0]


def test_wrong_arguments_are_told_with_what_to_do(objects: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="design = lhs: must be one of product, zip, latin_hypercube, sobol"):
        sim.sweep(objects["scenario"], {"rules.morale.beta": [4, 9]}, "lhs")
    with pytest.raises(ConfigError, match=r"each by itself: sim\.compare\(a, b\)"):
        sim.compare([objects["ensemble"], objects["ensemble"]])  # type: ignore[arg-type]  # as somebody would
    folder = objects["ensemble"].folder
    with pytest.raises(ResultsError, match=rf"is a file, not a folder; name its folder, {folder}"):
        sim.open_results(folder / "runs.parquet")
    monkeypatch.setenv("HOME", str(folder.parent))
    assert sim.open_results(f"~/{folder.name}").runs.equals(objects["ensemble"].runs)
    assert objects["ensemble"].write_report("~/report.html") == folder.parent / "report.html"


def test_a_world_and_a_scenario_may_be_given_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    want = small()
    (tmp_path / "worlds").symlink_to(CONF / "world")
    (tmp_path / "mine.yaml").write_bytes((CONF / "scenario" / "as_recorded.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    for scenario in ("mine.yaml", "./mine.yaml", Path("mine.yaml"), tmp_path / "mine.yaml"):
        for world in ("worlds/liberia_2003", f"{tmp_path}/worlds/liberia_2003/", Path("worlds/liberia_2003")):
            assert config_digest(sim.load_scenario(scenario, SMALL, world)) == config_digest(want)
    settings = {"scenario.path": Path("mine.yaml"), "world.path": "worlds/liberia_2003"}
    assert config_digest(sim.load_scenario(settings=SMALL | settings)) == config_digest(want)
    with pytest.raises(ConfigError, match=r"yours\.yaml: is no file; give a YAML file"):
        sim.load_scenario("yours.yaml")
    with pytest.raises(ConfigError, match="scenario = 5: give a name, a path, or a mapping"):
        sim.load_scenario(5)  # type: ignore[arg-type]  # as somebody would
