"""Settings that all tests share."""

import fcntl

import pytest
from hypothesis import settings

from sim.core.ahead import compile_ahead
from sim.core.jit import FOLDER
from tests.worlds import scenario_of

# The first call of a compiled rule compiles it; no deadline for one example can allow for that.
settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")

SMALL_WORLD, LARGE_WORLD = "liberia_2003", "drc_1998"  # the model is compiled for each of two sizes
NEED_THE_MODEL = {"agents", "core", "ensemble", "experiments", "patterns", "show", "study"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that hold a slow test: as the last, one would keep a single core busy."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Compile the model on all cores before the first test that needs it, which would do it on one.

    Where tests are spread over processes, the first of them does it and the others wait for it.
    """
    folders = {part for item in session.items for part in item.path.parts}
    if folders & NEED_THE_MODEL and not session.config.option.collectonly:
        is_asked = any(LARGE_WORLD in item.name for item in session.items)
        with (FOLDER / "tests.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for name in (SMALL_WORLD, LARGE_WORLD)[: 1 + is_asked]:
                scenario = scenario_of(name)
                compile_ahead(scenario.world, scenario.rules)
