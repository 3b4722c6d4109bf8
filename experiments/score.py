"""Score worlds against history and rivals, or theories or score folders beside each other; prints the folder last."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, command, load_scenario, main, told, with_theory
from experiments.options import ScoreOptions, take_options
from experiments.present import Showing
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import held
from sim.ensemble.store.files import locked_for_reading, write_text
from sim.ensemble.store.folders import result_folder
from sim.ensemble.store.provenance import config_digest
from sim.ensemble.store.results import Results
from sim.show.figures import of_scores, of_versus
from sim.show.report import write_scoreboard
from sim.study.score.folder import (
    Scored,
    check_scorable,
    developed_worlds,
    open_scores,
    provenance,
    score_worlds,
    store_scores,
)
from sim.study.score.score import live
from sim.study.score.theories import Theories, store_theories, theories, told_by
from sim.study.score.versus import Versus, check_alike, store_versus, versus
from sim.tell.ensemble import run_ensemble
from sim.tell.score_tables import score_markdown, score_table, versus_markdown, versus_table
from sim.tell.theories import theories_answer
from sim.world.catalogue import USUAL_WORLD, choice, choices
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from sim.world.text import place

OWN = ("worlds=", "theories=", "compare=", "figures=", "world=", "world.path=")  # what the worlds do not share
PAGE = "scoreboard"
USUAL, EVERY = "default", "all"  # of the theories


def job(point: Point) -> None:
    """Score what one point names."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter):
        options, values = take_options(point.values, ScoreOptions)
        again = command("score", point.settings)
        if options.compare:
            found = versus(*_opened(options), place(str(values["output"])), again)
            with held(found.folder):
                _show_versus(found, reporter, with_figures=options.figures)
        elif options.theories:
            worth = _theories(options, values, point.settings, reporter)
            with held(worth.folder):
                _show_theories(worth, reporter)
        else:
            scored = score_worlds(_scenarios(options, values), partial(_lived, point.settings, reporter), again)
            with held(scored.folder):
                _show(scored, reporter, with_figures=options.figures)


def _show(scored: Scored, reporter: Reporter, *, with_figures: bool) -> None:
    """Store scores, print them, draw their figures, write their page, and print the folder as the last line."""
    store_scores(scored)
    write_text(scored.folder / f"{PAGE}.md", score_markdown(scored))
    showing, page = Showing(scored.folder, scored.manifest, reporter), scored.folder / f"{PAGE}.html"
    showing.tables(lambda: score_table(scored))
    if with_figures:
        is_new = not scored.manifest["figures"] or not page.is_file()
        showing.figures(lambda: of_scores(scored))
        if is_new:
            showing.report(lambda: write_scoreboard(scored, page))
    showing.end()


def _show_versus(found: Versus, reporter: Reporter, *, with_figures: bool) -> None:
    """Store what a variant gains, print it, draw it, and print the folder as the last line."""
    store_versus(found)
    write_text(found.folder / "summary.md", versus_markdown(found))
    showing = Showing(found.folder, found.manifest, reporter)
    showing.tables(lambda: versus_table(found))
    if with_figures:
        showing.figures(lambda: of_versus(found))
    showing.end()


def _theories(options: ScoreOptions, values: dict[str, Any], settings: Sequence[str], reporter: Reporter) -> Theories:
    """Return what rival theories of the same worlds are worth, running them or reading what is stored already."""
    told, worlds = {}, []
    made_from: list[str] = []
    for name in _names(options):
        reporter.note(f"{name}:")
        rules = [] if name == USUAL else [f"rules={name}"]
        scenarios = _scenarios(options, with_theory(values, name))
        worlds = live(scenarios, partial(_lived, [*settings, *rules], reporter))
        told[name] = told_by(worlds)
        made_from += [config_digest(scenario) for scenario in scenarios]
    known = provenance(developed_worlds())
    output, again = place(str(values["output"])), command("score", settings)
    return theories(told, worlds, output, [*made_from, known["scoring"], known["records"]], again)


def _show_theories(found: Theories, reporter: Reporter) -> None:
    """Store what theories are worth, print it, and print the folder as the last line."""
    store_theories(found)
    write_text(found.folder / "summary.md", theories_answer(found.table).markdown(found.manifest["command"]))
    showing = Showing(found.folder, found.manifest, reporter)
    showing.tables(lambda: theories_answer(found.table).table())
    showing.end()


def _names(options: ScoreOptions) -> tuple[str, ...]:
    """Return which theories are scored, the first the usual one; `all` stands for every one that there is."""
    names = (USUAL, *choices("rules")) if options.theories == (EVERY,) else options.theories
    if len(set(names)) < max(len(names), 2):
        raise ConfigError([f"theories: name at least two, each once, the first is the base; or [{EVERY}]"])
    return names


def _lived(settings: Sequence[str], reporter: Reporter, scenario: Scenario) -> Results:
    """Return the ensemble of a world, run or read where it is stored already."""
    config, path = scenario.config, scenario.config.world.path
    reporter.note(f"{config.world.name}:")
    shared = [given for given in settings if not given.startswith(OWN)]
    ours = {
        "scenario": config.scenario.name,
        "ensemble.runs": config.ensemble.runs,
        "ensemble.traces": config.ensemble.traces,
    }
    asked = [f"{key}={value}" for key, value in ours.items() if not any(s.startswith(f"{key}=") for s in shared)]
    where = f"world.path={path}" if path else f"world={config.world.name}"
    return run_ensemble(scenario, result_folder(scenario, "run"), command("run", [where, *asked, *shared]), reporter)


def _scenarios(options: ScoreOptions, values: dict[str, Any]) -> list[Scenario]:
    """Return what is scored, a scenario for each world."""
    is_one = values["world"] != choice("world", USUAL_WORLD)
    if is_one and options.worlds:
        raise ConfigError(["worlds: names the worlds already; leave out world and world.path"])
    if is_one:
        return [load_scenario(values)]
    return [load_scenario({**values, "world": _world(name)}) for name in options.worlds or choices("world")]


def _world(name: str) -> dict[str, Any]:
    """Return the settings of a world that is named, or whose folder is."""
    return {"name": "world", "path": name} if "/" in name else choice("world", name)


def _opened(options: ScoreOptions) -> tuple[Scored, Scored]:
    """Return the two score folders that are compared, the base first."""
    if len(options.compare) != 2:  # noqa: PLR2004 - a pair
        raise ConfigError(["compare: name two folders that score.py printed, the base first"])
    base, variant = (_open(place(folder)) for folder in options.compare)
    check_alike(base, variant)
    return base, variant


def _open(folder: Path) -> Scored:
    """Return stored scores, while nobody writes into their folder."""
    with locked_for_reading(folder):
        return open_scores(folder)


def check(values: dict[str, Any]) -> Hashable:
    """Return what composed values are scored by; raise where they cannot be."""
    options, rest = take_options(values, ScoreOptions)
    if options.compare:
        return tuple(scored.folder for scored in _opened(options))
    if options.theories:
        scenarios = [one for name in _names(options) for one in _scenarios(options, with_theory(rest, name))]
        check_scorable(scenarios[: len(scenarios) // len(_names(options))])
        return tuple(result_folder(scenario, "run") for scenario in scenarios)
    scenarios = _scenarios(options, rest)
    check_scorable(scenarios)
    return tuple((result_folder(scenario, "run"), scenario.config.ensemble.runs) for scenario in scenarios)


SCRIPT = Script("score", ScoreOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
