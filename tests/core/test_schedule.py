"""The schedule stands once: the engine's day is made from it, and what is compiled together follows from who calls."""

import os
import traceback

import numpy as np
import pytest

from sim.core import branches, calls, day, engine, jit
from sim.core.day import SCHEDULE, text_of

COMPILED = os.environ.get("NUMBA_DISABLE_JIT") != "1"


def test_a_day_passes_the_phases_in_order_and_each_by_all_whose_it_is() -> None:
    passed: list[tuple[str, int]] = []

    def breathe(_world: object, _rules: object, _state: object, who: int) -> None:
        passed.append(("breathe", who))

    def shine(_world: object, _rules: object, _state: object) -> None:
        passed.append(("shine", 0))

    names = {"breathe": breathe, "shine": shine}
    world = np.rec.array((2, 1), dtype=[("n_states", int), ("n_factions", int)])[()]
    exec(text_of([(shine, "map"), (breathe, "actor"), (shine, "map"), (breathe, "faction")]), names)
    names["live_day"](world, None, None)  # type: ignore[operator]
    each = [("breathe", 0), ("breathe", 1), ("breathe", 2)]
    assert passed == [("shine", 0), *each, ("shine", 0), ("breathe", 0)]


def test_a_fault_in_a_made_function_shows_its_line() -> None:
    divide = jit.from_text("divide", "def divide(a, b):\n    return a // b  # by nothing", {})
    plain = getattr(divide, "py_func", divide)
    with pytest.raises(ZeroDivisionError) as caught:
        plain(1, 0)
    assert "return a // b  # by nothing" in "".join(traceback.format_exception(caught.value))


def test_every_phase_has_its_own_name_and_can_be_called_from_python() -> None:
    names = [phase.__name__ for phase, _ in SCHEDULE]
    assert list(calls.PHASES) == names
    assert len(set(names)) == len(names)


@pytest.mark.skipif(not COMPILED, reason="nothing is compiled")
def test_what_has_one_caller_is_merged_and_what_is_scheduled_or_shared_is_not() -> None:
    jit.merge_what_is_called_once()
    merged = {each.__name__ for each in jit._functions if each.targetoptions.get("inline") == "always"}
    assert "reach_neighbour" in merged  # only `spill_over` calls it
    assert not merged & {phase.__name__ for phase, _ in SCHEDULE}
    assert not merged & {"station", "logistic", "begin_run"}  # several call them
    turns = {phase.__name__ for phase, whose in SCHEDULE if whose != "map"}
    inlined = {phase.__name__ for phase, _ in SCHEDULE if phase.targetoptions.get("forceinline")}
    assert inlined == turns


@pytest.mark.skipif(not COMPILED, reason="nothing is compiled")
def test_nothing_is_compiled_that_nobody_calls() -> None:
    """Follow the calls from what Python calls: a rule or phase that is not reached is dead."""
    found = {engine.live_runs, *calls.PHASES.values(), day.next_day, calls.call_write_day}
    found |= {calls.call_begin_run, calls.call_live_day, calls.call_next_day, calls.call_write_run}
    found |= {branches.call_turn, branches.live_branches, branches.climb}
    found |= {branches.first_waits, branches.wait_of_branch}
    todo = list(found)
    while todo:
        function = todo.pop().py_func
        named = {function.__globals__.get(name) for name in function.__code__.co_names}
        new = {each for each in named if isinstance(each, jit.Dispatcher)} - found
        found |= new
        todo += new
    unreached = {each.__name__ for each in set(jit._functions) - found if each.__module__.startswith("sim.core")}
    assert unreached == {"uniforms_of_runs"}  # draws uncertain parameters, before any run
