"""Tell why it happened: one history event by event with its reasons, or what an outcome needs over many histories."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hydra
from omegaconf import DictConfig
from rich.console import Console

from experiments.arguments import plain_values
from experiments.launch import Script, command, load_scenario, main, overrides, told
from experiments.options import ExplainOptions, take_options
from experiments.present import use_plainer_signs
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.store.files import write_text
from sim.ensemble.store.folders import result_folder
from sim.study.cases import Case, open_case
from sim.study.explain.chronicle import Chronicle, check_asked, explain
from sim.study.explain.keep import OUTCOMES, but_for, necessary
from sim.study.explain.sentences import tree
from sim.study.explain.typical import typical_runs
from sim.tell.ensemble import run_ensemble
from sim.world.catalogue import CONF
from sim.world.faults import suggestion
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario

MOST_SHOWN = 12  # causes of one history
DEPTH = 12  # of a tree on the terminal


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="explain")
def job(config: DictConfig) -> None:
    """Explain what one composed configuration asks for."""
    reporter = Reporter(Console(stderr=True))
    use_plainer_signs(sys.stdout)
    with told(reporter):
        values = plain_values(config)
        options, scenario, case = _asked(values)
        seed = scenario.config.ensemble.seed
        folder = result_folder(scenario, "explain")
        if options.runs is not None:
            lines = [f"{each.text}." for each in necessary(scenario, seed, options.runs, options.outcome)]
            folder.mkdir(parents=True, exist_ok=True)
            write_text(folder / f"{options.outcome}.md", "\n".join(f"- {line}" for line in lines) + "\n")
            print("\n".join(lines or [f"no run has a {options.outcome}"]))
        else:
            for run in [options.run] if options.run is not None else _typical(case, scenario, reporter):
                chronicle = explain(scenario, seed, run)
                print("\n".join(_told(chronicle, options)))
                _write(chronicle, folder)
        print(folder.resolve())


def _asked(values: dict[str, Any]) -> tuple[ExplainOptions, Scenario, Case | None]:
    """Return the settings, checked, the scenario, and the ensemble if one is given."""
    options, rest = take_options(values, ExplainOptions)
    case = open_case(Path(options.results).expanduser()) if options.results else None
    scenario = load_scenario(rest) if case is None else case.scenario
    lines = check_asked(scenario, options.question, options.place, options.actor)
    if options.outcome not in OUTCOMES:
        lines.append(f"outcome = {options.outcome!r}: no such outcome; {suggestion(options.outcome, list(OUTCOMES))}")
    if lines:
        raise ConfigError(lines)
    return options, scenario, case


def _typical(case: Case | None, scenario: Scenario, reporter: Reporter) -> Iterator[int]:
    """Yield the numbers of typical runs, and say what each stands for."""
    if case is None:
        again = command(
            "run", [given for given in overrides() if given.partition("=")[0] not in ExplainOptions.model_fields]
        )
        results = run_ensemble(scenario, result_folder(scenario, "run"), again, reporter)
    else:
        results = case.results
    for typical in typical_runs(results, scenario.horizon_days):
        reporter.note(f"run {typical.run} is typical of those that end with {typical.fate}: {typical.share:.0%}")
        yield typical.run


def _told(chronicle: Chronicle, options: ExplainOptions) -> Iterator[str]:
    """Yield what is printed of a history."""
    if options.question is None:
        events = chronicle.about(options.day, options.place, options.actor)
        is_narrowed = (options.day, options.place, options.actor) != (None, None, None)
        yield chronicle.text(events) if is_narrowed else repr(chronicle)
        return
    events = chronicle.about(options.day, options.place, options.actor, options.question)
    if not events:
        yield f"run {chronicle.run}: nothing of the kind happened"
        return
    yield chronicle.text(events[:1])
    yield tree(chronicle.why(events[0]), DEPTH)
    yield from (f"{each.text}." for each in but_for(chronicle, options.outcome)[:MOST_SHOWN])


def _write(chronicle: Chronicle, folder: Path) -> None:
    """Write a chronicle as text and as data."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / f"run-{chronicle.run}.md", f"```\n{chronicle.text()}\n```\n")
    write_text(folder / f"run-{chronicle.run}.json", json.dumps(chronicle.to_dict(), indent=1) + "\n")


SCRIPT = Script("explain", ExplainOptions, _asked, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
