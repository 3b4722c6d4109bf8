"""What the scripts share: checking a command line, running what was checked, and saying in one line what went wrong."""

from __future__ import annotations

import ctypes
import os
import shlex
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from experiments.arguments import Point, Points, resolve, take_apart
from experiments.composition import HELP
from sim.ensemble.estimate.precision import targets_of
from sim.ensemble.run.executors import stopped_by_signals
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import EnsembleError, EnsembleInterruptedError
from sim.ensemble.store.files import BusyError
from sim.ensemble.store.results import ResultsError
from sim.world.catalogue import CONF, choice, scenario_of, well_named
from sim.world.config import ConfigError, RunConfig, known_keys, read_config
from sim.world.frozen import Frozen
from sim.world.scenario import Scenario
from sim.world.settings import read_settings
from sim.world.tables import WorldError

ROOT = Path(__file__).resolve().parent.parent
EXIT_FAILED, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 1, 2, 130
BadInput = (ConfigError, WorldError, ResultsError)

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # glibc's malloc.h
LARGE = 256 * 1024


@dataclass(frozen=True)
class Script:
    """Describe one script.

    Parameters
    ----------
    name
        Of its primary configuration, and of its folder of results.
    options
        Its settings besides those of an ensemble.
    check
        Raises ConfigError, WorldError or ResultsError where composed values cannot be run; returns where results go,
        or what else tells those of one point from those of another.
    job
        Runs one point.
    """

    name: str
    options: type[Frozen]
    check: Callable[[dict[str, Any]], Hashable]
    job: Callable[[Point], None]


def main(script: Script, arguments: list[str]) -> int:
    """Return the exit status of a script: check every point of its command line, then run them.

    Parameters
    ----------
    script
        Which one.
    arguments
        The command line without the script's name.
    """
    _give_memory_back()
    try:
        parts = take_apart(arguments)
        asked = resolve(CONF, script.name, parts, list(known_keys(script.options)))
        if not (parts.asks_help or parts.asks_settings):
            _check(script, asked.points)
    except BadInput as error:
        return _refuse(error)
    if parts.asks_help:
        print(read_settings(CONF / f"{script.name}.yaml", is_composed=True)[HELP])
        return 0
    if parts.asks_settings:
        for point in asked.points:
            print(yaml.safe_dump(point.values, sort_keys=False, allow_unicode=True), end="")
        return 0
    return _run(script.job, asked)


def _check(script: Script, points: Sequence[Point]) -> None:
    """Raise where a point cannot be run, or where two would write over each other."""
    seen: dict[Hashable, Point] = {}
    for point in points:
        other = seen.setdefault(script.check(point.values), point)
        if other is not point:
            differing = " ".join(sorted({*point.settings} ^ {*other.settings}))
            cure = "their results would lie in one folder; run the one that you want, the most runs hold all others"
            raise ConfigError([f"{differing}: two points of a sweep that differ in this alone; {cure}"])


def _run(job: Callable[[Point], None], asked: Points) -> int:
    """Return the exit status of jobs, that of the first one which does not end well."""
    if asked.at_a_time != 1 and len(asked.points) > 1:
        from joblib import Parallel, delayed  # noqa: PLC0415 - an extra

        statuses = Parallel(n_jobs=asked.at_a_time)(delayed(_status)(job, point) for point in asked.points)
        return next(filter(None, statuses), 0)
    return next(filter(None, (_status(job, point) for point in asked.points)), 0)


def _status(job: Callable[[Point], None], point: Point) -> int:
    """Return the exit status of one job."""
    try:
        job(point)
        sys.stdout.flush()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except BrokenPipeError:
        _let_go_of_output()
        return EXIT_FAILED
    return 0


def _refuse(error: ConfigError | WorldError | ResultsError) -> int:
    """Write one line for each fault; return the exit status for bad input."""
    if isinstance(error, ConfigError):
        lines = error.lines
    elif isinstance(error, ResultsError):
        lines = [str(error)]
    else:
        lines = [f"world {error.folder.name}: {fault}" for fault in error.faults]
    for line in dict.fromkeys(lines):
        print(line, file=sys.stderr)
    return EXIT_BAD_INPUT


@contextmanager
def told(reporter: Reporter) -> Iterator[None]:
    """End the program with one line and an exit status where the block cannot go on.

    Parameters
    ----------
    reporter
        Who tells it.
    """
    try:
        with stopped_by_signals():
            yield
    except BadInput as error:
        raise SystemExit(_refuse(error)) from None
    except BusyError as error:
        reporter.note(str(error))
        raise SystemExit(EXIT_FAILED) from None
    except EnsembleError as error:
        reporter.note(str(error))
        is_stop = isinstance(error, EnsembleInterruptedError)
        raise SystemExit(EXIT_INTERRUPTED if is_stop else EXIT_FAILED) from None
    except KeyboardInterrupt:
        reporter.note("stopped; the tables stand, and the same command shows them")
        raise SystemExit(EXIT_INTERRUPTED) from None
    except BrokenPipeError:
        _let_go_of_output()
        raise SystemExit(EXIT_FAILED) from None
    except OSError as error:
        reporter.note(f"{error.filename or 'output'}: cannot be written ({error.strerror or error})")
        raise SystemExit(EXIT_FAILED) from None


def _let_go_of_output() -> None:
    """Forget what is still to be printed: whoever read it has closed it, and Python would complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def load_scenario(values: Mapping[str, Any]) -> Scenario:
    """Return the scenario of composed values, everything in it checked.

    Parameters
    ----------
    values
        Composed values of an ensemble.
    """
    scenario = scenario_of(read_point(values))
    targets_of(scenario)
    return scenario


def with_theory(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return composed values under a theory: rules are as they were composed, but for what it says itself.

    Parameters
    ----------
    values, name
        Composed values of an ensemble, and which of `conf/rules/`.
    """
    rules = values["rules"]
    told = {mechanism: rules[mechanism] | own for mechanism, own in choice("rules", name).items()}
    return {**values, "rules": rules | told}


def read_point(values: Mapping[str, Any]) -> RunConfig:
    """Return the configuration of one point.

    Parameters
    ----------
    values
        Composed values of an ensemble.
    """
    return read_config(well_named(values))


def command(script: str, settings: Sequence[str]) -> str:
    """Return the command line that makes something again.

    Parameters
    ----------
    script, settings
        Name of the script, and what is given to it.
    """
    return shlex.join(["python", f"experiments/{script}.py", *settings])


def _give_memory_back() -> None:
    """Have what is freed go back to the system, or a hundred MB and more of what was read piece by piece would stay.

    Arrow's own pool keeps it, and so does glibc where large arrays come from its heaps, of which each thread has one.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    if set_option := getattr(ctypes.CDLL(None), "mallopt", None):
        set_option(M_MMAP_THRESHOLD, LARGE)
        set_option(M_ARENA_MAX, 2)
