"""Take times side by side: variants alternate in one process, and medians of what they cost are compared.

Work in one thread is timed by the processor time of this process, which other programs disturb less than the clock.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sim.core.engine import simulate
from sim.world.config import read_config
from sim.world.scenario import Scenario, build_scenario
from sim.world.tables import Tables

Work = Callable[[], object]
DAYS = 120
CHUNK = 20  # runs that a thread lives at a stretch
PASSES = 10  # times that the engine lives a chunk where Mesa does so once


def build(tables: Tables, days: int = DAYS, rules: dict[str, dict[str, float]] | None = None) -> Scenario:
    """Return the default scenario of a world."""
    values = {
        "scenario": {"name": "benchmark", "question": "How fast is it?"},
        "world": {"name": "benchmark"},
        "horizon_days": days,
        "rules": rules or {},
    }
    return build_scenario(tables, read_config(values))


def live(scenario: Scenario, runs: int, first: int = 0) -> None:
    """Live some runs in this thread."""
    simulate(scenario.world, scenario.rules, 1, first, runs)


def live_with_series(scenario: Scenario, runs: int, first: int = 0) -> None:
    """Live some runs in this thread, and keep the day series of all."""
    simulate(scenario.world, scenario.rules, 1, first, runs, runs)


def live_in_threads(
    scenario: Scenario, runs: int, workers: int, one: Callable[[Scenario, int, int], None] = live
) -> None:
    """Live some runs in chunks on a pool of threads; ``one`` lives a chunk."""
    with ThreadPoolExecutor(workers) as pool:
        tasks = [pool.submit(one, scenario, CHUNK, first) for first in range(0, runs, CHUNK)]
        for task in tasks:
            task.result()


def seconds(work: Work, clock: Callable[[], float] = time.process_time) -> float:
    """Return how long a piece of work takes."""
    start = clock()
    work()
    return clock() - start


def over_and_over(work: Work) -> Work:
    """Return work that is done ``PASSES`` times.

    A chunk takes the engine some hundredths of a second: too short to time, and the first of several, as in an
    ensemble, asks for the memory that the next ones find.
    """

    def passes() -> None:
        for _ in range(PASSES):
            work()

    return passes


def ratio(slow: Work, fast: Work, per: float, turns: int, clock: Callable[[], float] = time.process_time) -> float:
    """Return the median of slow/fast over alternated turns; ``per`` is how many times more work ``fast`` does."""
    slow()
    fast()
    return statistics.median([seconds(slow, clock) / seconds(fast, clock) * per for _ in range(turns)])


def exponent(sizes: Sequence[float], times: Sequence[float]) -> float:
    """Return the slope of log time against log size."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def growth(works: Sequence[tuple[int, Work]], turns: int) -> float:
    """Return the exponent of cost, from the medians of alternated turns over all sizes."""
    for _, work in works:
        work()
    rounds = [[seconds(work) for _, work in works] for _ in range(turns)]
    return exponent([size for size, _ in works], [statistics.median(column) for column in zip(*rounds, strict=True)])
