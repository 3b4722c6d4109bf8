"""Tell why it happened: one history event by event with its reasons, or what an outcome needs over many histories."""

from __future__ import annotations

import json
import sys
from collections.abc import Hashable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, command, load_scenario, main, told
from experiments.options import ExplainOptions, take_options
from experiments.present import use_plainer_signs
from sim.core.codes import Outcome
from sim.ensemble.run.branches import Lineage, Turn
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import held
from sim.ensemble.store.files import locked_for_reading, write_text
from sim.ensemble.store.folders import result_folder
from sim.show.figures import TIMELINE
from sim.show.kit.page import save
from sim.show.report import write_chronicle
from sim.study.cases import Case, open_case
from sim.study.explain.chronicle import Chronicle, check_asked, explain
from sim.study.explain.keep import OUTCOMES, but_for, necessary
from sim.study.explain.sentences import tree
from sim.study.explain.typical import typical_runs
from sim.tell.ensemble import run_ensemble
from sim.tell.labels import ENDS
from sim.tell.numbers import whole_percent
from sim.world.faults import suggestion
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from sim.world.text import place

MOST_SHOWN = 12  # causes
OF_ONE = ("run", "question", "day", "place", "actor")  # what is asked of one history, and of no ensemble
DEPTH = 12  # of a tree on the terminal


def job(point: Point) -> None:
    """Explain what one point asks for."""
    reporter = Reporter(Console(stderr=True))
    use_plainer_signs(sys.stdout)
    with told(reporter), ExitStack() as stack:
        options, scenario, case = _asked(point.values)
        folder = result_folder(scenario, "explain")
        stack.enter_context(held(folder))
        if case is not None:
            stack.enter_context(locked_for_reading(case.results.folder))
        if options.runs is not None:
            _tell_many(scenario, options, folder)
        else:
            runs = _typical(case, scenario, point.settings, reporter) if options.run is None else [options.run]
            for run in runs:
                chronicle = explain(scenario, scenario.config.ensemble.seed, run, _turns(options, scenario))
                print("\n".join(_told(chronicle, options)))
                _write(chronicle, folder, options)
        print(folder.resolve())


def _tell_many(scenario: Scenario, options: ExplainOptions, folder: Path) -> None:
    """Tell what an outcome needs over many histories."""
    found = necessary(scenario, scenario.config.ensemble.seed, options.runs or 0, options.outcome)
    lines = [f"{each.text}." for each in found] or [f"no run has the {options.outcome}"]
    write_text(folder / f"{options.outcome}.md", "".join(f"- {line}\n" for line in lines))
    print("\n".join(lines[:MOST_SHOWN]))


def _asked(values: dict[str, Any]) -> tuple[ExplainOptions, Scenario, Case | None]:
    """Return the settings, checked, the scenario, and the ensemble if one is given."""
    options, rest = take_options(values, ExplainOptions)
    case = open_case(place(options.results)) if options.results else None
    scenario = load_scenario(rest) if case is None else case.scenario
    lines = check_asked(scenario, options.question, options.place, options.actor)
    if options.outcome not in OUTCOMES:
        lines.append(f"outcome = {options.outcome!r}: no such outcome; {suggestion(options.outcome, list(OUTCOMES))}")
    if options.turns is not None and options.run is None:
        lines.append(f"turns = {options.turns}: names branches of one run; give run=N as well")
    if options.runs is not None:
        given = {name: getattr(options, name) for name in OF_ONE}
        alone = [f"{name} = {value}" for name, value in given.items() if value is not None]
        lines += [f"runs = {options.runs}: tells of many histories, {each} of one; give one of them" for each in alone]
    if options.day is not None and options.day >= scenario.horizon_days:
        lines.append(f"day = {options.day}: must be below {scenario.horizon_days}, the days of a run")
    if scenario.living is not None:
        cure = "a branch is told without results, by its run and its turns, such as run=37 turns=12:5"
        lines.append(f"{scenario.living.name}: no chronicle can watch these histories; {cure}")
    if lines:
        raise ConfigError(lines)
    _turns(options, scenario)
    return options, scenario, case


def _turns(options: ExplainOptions, scenario: Scenario) -> tuple[Turn, ...]:
    """Return which branches the history took; raise ConfigError where that cannot be read."""
    if options.turns is None:
        return ()
    return Lineage.read(f"{options.run}@{options.turns}").within(scenario.horizon_days).turns


def _typical(case: Case | None, scenario: Scenario, settings: Sequence[str], reporter: Reporter) -> Iterator[int]:
    """Yield the numbers of typical runs, and say what each stands for."""
    if case is None:
        again = command(
            "run", [given for given in settings if given.partition("=")[0] not in ExplainOptions.model_fields]
        )
        results = run_ensemble(scenario, result_folder(scenario, "run"), again, reporter)
    else:
        results = case.results
    for typical in typical_runs(results, scenario):
        fate, share = ENDS[Outcome[typical.fate.upper()]], whole_percent(typical.share)
        reporter.note(f"run {typical.run} is typical of {share} of the runs: {fate}")
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
        yield f"run {chronicle.run} has no {options.question} to explain"
        return
    yield chronicle.text(events[:1])
    yield tree(chronicle.why(events[0]), DEPTH)
    yield from (f"{each.text}." for each in but_for(chronicle, options.outcome)[:MOST_SHOWN])


def _write(chronicle: Chronicle, folder: Path, options: ExplainOptions) -> None:
    """Write a chronicle as text and as data, and as a page and a figure where they are asked for."""
    name = f"run-{chronicle.lineage}".replace(":", "-")
    write_text(folder / f"{name}.md", f"```\n{chronicle.text()}\n```\n")
    write_text(folder / f"{name}.json", json.dumps(chronicle.to_dict(), indent=1) + "\n")
    if options.page:
        write_chronicle(chronicle, folder / f"{name}.html")
    if options.figures:
        save(TIMELINE.of(chronicle).draw(), folder / name)


def check(values: dict[str, Any]) -> Hashable:
    """Return what composed values ask about and where that goes; raise where they cannot be answered."""
    options, scenario, _ = _asked(values)
    return result_folder(scenario, "explain"), options


SCRIPT = Script("explain", ExplainOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
