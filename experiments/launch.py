"""What the scripts share: checking a command line, running one point of it, and saying what came of it."""

from __future__ import annotations

import dataclasses
import os
import shlex
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig
from rich.console import Console

from experiments.arguments import plain_values, resolve, take_apart
from sim.core.rules import Rules
from sim.ensemble.manifest import write_manifest
from sim.ensemble.provenance import config_digest
from sim.ensemble.reporter import Reporter
from sim.ensemble.results import Results
from sim.ensemble.rows import usable
from sim.ensemble.runner import run_ensemble
from sim.ensemble.summary import summary_table
from sim.ensemble.work import EnsembleError, EnsembleInterruptedError
from sim.show.figures import draw_all, left_out
from sim.world.config import ConfigError, RunConfig, read_config
from sim.world.scenario import Scenario, build_scenario, idle_levers
from sim.world.tables import WorldError, load_tables

ROOT = Path(__file__).resolve().parent.parent
CONF = ROOT / "conf"
EXIT_FAILED, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 1, 2, 130
DIGEST_LENGTH = 8
WIDTH = 120  # of tables that no terminal limits


def main(job: Callable[[], Any], config_name: str, arguments: list[str]) -> int:
    """Return the exit status of a script: check every point of its command line, then have Hydra run them.

    Parameters
    ----------
    job
        What ``hydra.main`` made of the script's function.
    config_name
        Primary configuration of the script.
    arguments
        The command line without the script's name.
    """
    rules = dataclasses.asdict(Rules())
    ConfigStore.instance().store(group="rules", name="default", node=rules)
    try:
        parts = take_apart(arguments)
        for values in resolve(CONF, config_name, parts):
            if not parts.is_question:
                load_scenario(read_point(values))
    except (ConfigError, WorldError) as error:
        return _refuse(error)
    # Hydra insists on a folder for its own notes of a sweep.
    with tempfile.TemporaryDirectory() as scratch:
        sweep = [f"hydra.sweep.dir={scratch}"] if parts.is_sweep else []
        # Options last: Hydra takes settings for one block.
        return _run_hydra(job, [*parts.overrides, *sweep, *parts.flags])


def _run_hydra(job: Callable[[], Any], arguments: list[str]) -> int:
    """Return the exit status of Hydra, which reads the command line from ``sys.argv``."""
    before = sys.argv
    sys.argv = [before[0], *arguments]
    try:
        job()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    finally:
        sys.argv = before
    return 0


def _refuse(error: ConfigError | WorldError) -> int:
    """Write one line for each fault; return the exit status for bad input."""
    if isinstance(error, ConfigError):
        lines = error.lines
    else:
        lines = [f"world {error.folder.name}: {fault}" for fault in error.faults]
    for line in dict.fromkeys(lines):
        print(line, file=sys.stderr)
    return EXIT_BAD_INPUT


def read_point(values: dict[str, Any]) -> RunConfig:
    """Return the configuration of one point; a world given by its path is called by the name of its folder.

    Parameters
    ----------
    values
        Composed values.
    """
    world = values.get("world")
    if isinstance(world, dict) and isinstance(world.get("path"), str):
        name = Path(world["path"]).resolve().name
        values = values | {"world": world | {"name": "".join(map(_plain, name)).lstrip("_.-") or "world"}}
    return read_config(values)


def _plain(character: str) -> str:
    """Return a character as it may stand in the name of a folder."""
    return character if character.isascii() and (character.isalnum() or character in "_.-") else "_"


def load_scenario(config: RunConfig) -> Scenario:
    """Return the scenario of a configuration, its world's tables loaded and checked.

    Parameters
    ----------
    config
        Which world, by name or path, and what is asked of it.
    """
    path = config.world.path
    folder = Path(path).expanduser() if path else CONF / "world" / config.world.name
    return build_scenario(load_tables(folder), config)


def result_folder(scenario: Scenario, experiment: str) -> Path:
    """Return where the results of a scenario go; its name tells the world where that is not the usual one.

    Parameters
    ----------
    scenario
        What is run.
    experiment
        Name of the script.
    """
    config = scenario.config
    usual = yaml.safe_load((CONF / f"{experiment}.yaml").read_text(encoding="utf-8"))["defaults"]
    world = "" if {"world": config.world.name} in usual else f"{config.world.name}-"
    name = f"{world}{config.scenario.name}-{config_digest(scenario)[:DIGEST_LENGTH]}"
    return Path(config.output).expanduser() / experiment / name


def run_point(config: DictConfig) -> None:
    """Run one point of a command line and say what came of it; end the program where it cannot go on.

    Parameters
    ----------
    config
        What Hydra composed.
    """
    reporter = Reporter(Console(stderr=True))
    try:
        scenario = load_scenario(read_point(plain_values(config)))
        for note in idle_levers(scenario):
            reporter.note(f"note: {note}")
        results = run_ensemble(scenario, result_folder(scenario, "run"), _command(), reporter)
        _show(results, scenario, reporter)
    except (ConfigError, WorldError) as error:
        raise SystemExit(_refuse(error)) from None
    except EnsembleError as error:
        reporter.note(str(error))
        is_stop = isinstance(error, EnsembleInterruptedError)
        raise SystemExit(EXIT_INTERRUPTED if is_stop else EXIT_FAILED) from None
    except KeyboardInterrupt:
        reporter.note("stopped; the tables stand, and the same command shows them")
        raise SystemExit(EXIT_INTERRUPTED) from None
    except BrokenPipeError:  # whoever read our output has closed it; Python would complain once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(EXIT_FAILED) from None
    except OSError as error:
        reporter.note(f"{error.filename or 'output'}: cannot be written ({error.strerror or error})")
        raise SystemExit(EXIT_FAILED) from None


def _command() -> str:
    """Return the command that makes this point again, whatever sweep it belongs to."""
    script = Path(sys.argv[0]).resolve()
    name = script.relative_to(ROOT) if script.is_relative_to(ROOT) else Path(script.name)
    return shlex.join(["python", name.as_posix(), *HydraConfig.get().overrides.task])


def _show(results: Results, scenario: Scenario, reporter: Reporter) -> None:
    """Print the summary, draw the figures, and print the folder as the last line."""
    terminal = Console()
    Console(width=None if terminal.is_terminal else WIDTH).print(summary_table(results, scenario))
    n_failed = len(results.runs) - len(usable(results.runs))
    if n_failed:
        first = results.runs[results.runs["status"] != "ok"].iloc[0]
        reporter.note(f"{n_failed} of {len(results.runs)} runs failed; run {first['run']}: {first['error']}")
    if n_failed < len(results.runs):
        _draw(results, scenario, reporter)
    print(results.folder.resolve())
    if n_failed == len(results.runs):
        raise SystemExit(EXIT_FAILED)


def _draw(results: Results, scenario: Scenario, reporter: Reporter) -> None:
    """Draw the figures, unless an earlier call of the command has drawn them all."""
    drawn = results.manifest.get("figures") or []
    if drawn and all((results.folder / name).is_file() for name in drawn):
        return
    reporter.note("drawing figures")
    paths = draw_all(results, scenario)
    for line in left_out(results, scenario):
        reporter.note(line)
    results.manifest["figures"] = [path.relative_to(results.folder).as_posix() for path in paths]
    write_manifest(results.folder, results.manifest)
