"""Live the histories of an ensemble in a model of somebody's own: a subclass, or one with other agents."""

from __future__ import annotations

import hashlib
import inspect
import marshal
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim.agents.model import SpilloverModel
from sim.core import calls
from sim.core.codes import NOBODY, RunStatus
from sim.core.record import DAILY, EVENTS, FALLS, HOLDERS, TOLLS, Histories, layouts_of
from sim.core.state import EVENT_SLOTS
from sim.world.frozen import ConfigError
from sim.world.scenario import Living, Scenario

HERE = Path(__file__).parent


@dataclass(frozen=True)
class ModelLiving:
    """Live histories as a class of models does; slower than the engine by far.

    Parameters
    ----------
    model
        A subclass of ``SpilloverModel`` that is called with scenario, seed and run.
    agents
        Classes of its agents.
    """

    model: type[SpilloverModel]
    agents: tuple[type, ...] = ()

    @property
    def name(self) -> str:
        """Return what the class is called."""
        return f"{self.model.__module__}.{self.model.__qualname__}"

    @property
    def digest(self) -> str:
        """Return a digest of the files in which it, its agents and their bases stand, and of what lies under them."""
        digest = hashlib.sha256()
        for path in sorted(HERE.glob("*.py")):
            digest.update(path.read_bytes())
        classes = dict.fromkeys(each for part in (self.model, *self.agents) for each in part.__mro__)
        for each in classes:
            if each.__module__.partition(".")[0] not in ("sim", "mesa", "typing") and each is not object:
                digest.update(_source(each))
        return digest.hexdigest()

    def live(self, scenario: Scenario, seed: int, first: int, n_runs: int, n_traced: int) -> Histories:
        """Return what some runs leave behind, each lived day by day."""
        parts = [_lived(self.model(scenario, seed, first + i), is_traced=i < n_traced) for i in range(n_runs)]
        tables = (np.concatenate(rows) for rows in zip(*(part.tables.values() for part in parts), strict=True))
        return Histories(*tables)


def lived_by(scenario: Scenario, model: type[SpilloverModel]) -> Scenario:
    """Return a scenario whose histories a class of models lives, on processes where these can find the class.

    Parameters
    ----------
    scenario
        All else is as it is there.
    model
        The class.

    Raises
    ------
    ConfigError
        If it is no subclass of ``SpilloverModel``.
    """
    given: object = model
    if not (isinstance(given, type) and issubclass(given, SpilloverModel)):
        raise ConfigError([f"model = {model!r}: must be a subclass of SpilloverModel"])
    agents = {type(agent) for agent in model(scenario, scenario.config.ensemble.seed, 0).agents}
    living = ModelLiving(model, tuple(sorted(agents, key=lambda each: (each.__module__, each.__qualname__))))
    config = scenario.config
    if config.executor.kind == "thread" and _is_found(model):
        executor = config.executor.model_copy(update={"kind": "process"})
        config = config.model_copy(update={"executor": executor})
    return replace(scenario, config=config, living=living)


def model_of(living: Living) -> type[SpilloverModel]:
    """Return the class that lives histories; raise ConfigError where it is not here."""
    if isinstance(living, ModelLiving):
        return living.model
    raise ConfigError([f"{living.name}: lives these histories; give it to sim.run(scenario, model=...)"])


def _is_found(model: type) -> bool:
    """Tell whether another process can import a class; what a notebook defines lives in this one alone."""
    return model.__module__ != "__main__" and getattr(sys.modules[model.__module__], model.__qualname__, None) is model


def _source(each: type) -> bytes:
    """Return the source of the file in which a class stands; of a cell that of the class, or what it was made into."""
    module = sys.modules[each.__module__]
    try:
        return inspect.getsource(module if hasattr(module, "__file__") else each).encode()
    except (OSError, TypeError):
        members = sorted(vars(each).items())
        return b"".join(marshal.dumps(member.__code__) for _, member in members if hasattr(member, "__code__"))


def _lived(model: SpilloverModel, *, is_traced: bool) -> Histories:
    """Return what one history leaves behind, as the engine writes it."""
    layouts = layouts_of(model.history.world_record)
    falls, days = [], []
    while model.running:
        model.step()
        falls += _falls(model)
        if is_traced:
            days.append(_day(model))
    row = model.run_row()
    if model.state["n_events"] > EVENT_SLOTS:
        row["status"] = RunStatus.TOO_MANY_EVENTS
    return Histories(
        row,
        np.array(falls, layouts[FALLS]),
        _events(model),
        _tolls(model),
        _holders(model),
        np.concatenate(days) if days else np.zeros(0, layouts[DAILY]),
    )


def _falls(model: SpilloverModel) -> list[tuple[int, int, int, int, int]]:
    """Return the changes of seats of the day that was lived last."""
    state = model.state
    lost = np.flatnonzero(state["lost_by"][: len(model.places)] != NOBODY)
    key = int(state["key"]["run"]), model.day - 1
    return [(*key, int(place), int(state["lost_from"][place]), int(state["holder"][place])) for place in lost]


def _day(model: SpilloverModel) -> np.ndarray:
    """Return the row of the day that was lived last."""
    row = np.zeros(1, layouts_of(model.history.world_record)[DAILY])
    calls.call_write_day(model.history.world_record, model.history.state_record, row)
    row["day"] = model.day - 1  # the calendar has turned since
    return row


def _events(model: SpilloverModel) -> np.ndarray:
    """Return the rare events of a history."""
    state = model.state
    n = min(int(state["n_events"]), EVENT_SLOTS)
    rows = np.zeros(n, layouts_of(model.history.world_record)[EVENTS])
    rows["run"] = int(state["key"]["run"])
    for column in rows.dtype.names[1:]:
        rows[column] = state[f"event_{'place' if column == 'location' else column}"][:n]
    return rows


def _tolls(model: SpilloverModel) -> np.ndarray:
    """Return what a history cost each place; those that it spared have no row."""
    state, n = model.state, len(model.places)
    rows = np.zeros(n, layouts_of(model.history.world_record)[TOLLS])
    rows["run"], rows["location"] = int(state["key"]["run"]), np.arange(n)
    names = {
        "fatalities_combatants": "combatants_killed",
        "fatalities_civilians": "civilians_killed",
        "displaced": "displaced",
        "refugees": "refugees_from",
    }
    cost = np.zeros(n)
    for column, name in names.items():
        rows[column] = state[name][:n]
        cost += rows[column]
    return rows[cost > 0.0]


def _holders(model: SpilloverModel) -> np.ndarray:
    """Return who holds each seat of the contested state in the end."""
    world, state = model.world, model.state
    places = world["contested"][: world["n_contested"]].astype(np.int64)
    rows = np.zeros(len(places), layouts_of(model.history.world_record)[HOLDERS])
    rows["run"], rows["location"], rows["faction"] = int(state["key"]["run"]), places, state["holder"][places]
    return rows
