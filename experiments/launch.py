"""What the scripts share: checking a command line, running it through Hydra, and saying in one line what went wrong."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from hydra.core.hydra_config import HydraConfig

from experiments.arguments import Arguments, resolve, take_apart
from sim.ensemble.estimate.precision import targets_of
from sim.ensemble.run.executors import stopped_by_signals
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import EnsembleError, EnsembleInterruptedError
from sim.ensemble.store.files import BusyError
from sim.ensemble.store.results import ResultsError
from sim.world.catalogue import CONF, scenario_of, well_named
from sim.world.config import ConfigError, RunConfig, known_keys, read_config
from sim.world.frozen import Frozen
from sim.world.scenario import Scenario
from sim.world.tables import WorldError

ROOT = Path(__file__).resolve().parent.parent
EXIT_FAILED, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 1, 2, 130
BadInput = (ConfigError, WorldError, ResultsError)


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
        Raises ConfigError, WorldError or ResultsError where composed values cannot be run.
    job
        What ``hydra.main`` made of its function.
    """

    name: str
    options: type[Frozen]
    check: Callable[[dict[str, Any]], object]
    job: Callable[[], Any]


def main(script: Script, arguments: list[str]) -> int:
    """Return the exit status of a script: check every point of its command line, then have Hydra run them.

    Parameters
    ----------
    script
        Which one.
    arguments
        The command line without the script's name.
    """
    pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps a hundred MB of what it read piece by piece
    try:
        parts = take_apart(arguments)
        points = resolve(CONF, script.name, parts, list(known_keys(script.options)))
        for values in () if parts.is_question else points:
            script.check(values)
    except BadInput as error:
        return _refuse(error)
    return _run_hydra(script.job, parts)


def _run_hydra(job: Callable[[], Any], parts: Arguments) -> int:
    """Return the exit status of Hydra, which reads the command line from ``sys.argv``."""
    before = sys.argv
    with ExitStack() as stack:
        # Hydra insists on a folder for its own notes of a sweep.
        sweep = [f"hydra.sweep.dir={stack.enter_context(TemporaryDirectory())}"] if parts.is_sweep else []
        # Options last: Hydra takes settings for one block.
        sys.argv = [before[0], *parts.overrides, *sweep, *parts.flags]
        try:
            job()
            sys.stdout.flush()
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 0
        except BrokenPipeError:
            _let_go_of_output()
            return EXIT_FAILED
        finally:
            sys.argv = before
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


def read_point(values: Mapping[str, Any]) -> RunConfig:
    """Return the configuration of one point.

    Parameters
    ----------
    values
        Composed values of an ensemble.
    """
    return read_config(well_named(values))


def overrides() -> list[str]:
    """Return the settings of the point that Hydra is running."""
    return list(HydraConfig.get().overrides.task)


def command(script: str, settings: list[str]) -> str:
    """Return the command line that makes something again.

    Parameters
    ----------
    script, settings
        Name of the script, and what is given to it.
    """
    return shlex.join(["python", f"experiments/{script}.py", *settings])
