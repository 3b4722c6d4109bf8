"""Tell in which region of the uncertain inputs something comes about: boxes, scored on other runs than made them."""

from __future__ import annotations

import sys
from collections.abc import Hashable
from contextlib import ExitStack
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, command, main, told
from experiments.options import DiscoverOptions, take_options
from experiments.present import Showing
from experiments.sensitivity import answer_folder, asked_case, asked_folder
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import held
from sim.ensemble.store.files import write_text
from sim.show.figures import DISCOVERY
from sim.study.matters.discovery import discover
from sim.study.matters.kept import digest_of, manifest_of, store_discovery
from sim.tell.discovery import centre_yaml, discovery_answer

NAME = "discover"


def job(point: Point) -> None:
    """Look for boxes as one point says."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter), ExitStack() as stack:
        options, values = take_options(point.values, DiscoverOptions)
        case = asked_case(options.results, values, point.settings, reporter, stack)
        found = discover(case, options.outcome, options.above, options.below, options.step)
        asked = [found.outcome, options.above, options.below, options.step]
        digest = digest_of([NAME, case.results.manifest["config_digest"], found.n, *asked])
        folder = answer_folder(case, values, NAME, digest)
        stack.enter_context(held(folder))
        again = command(NAME, point.settings)
        manifest = manifest_of(NAME, case.scenario, found.n, digest, again)
        store_discovery(found, folder, manifest)
        answer = discovery_answer(found)
        write_text(folder / "summary.md", answer.markdown(again))
        for number in range(1, len(found.regions) + 1):
            write_text(folder / f"box_{number}.yaml", centre_yaml(found, number))
        showing = Showing(folder, manifest, reporter)
        showing.tables(answer.table)
        if options.figures:
            showing.figures(lambda: [DISCOVERY.of(found)])
        showing.end()


def check(values: dict[str, Any]) -> Hashable:
    """Return what composed values ask, and of which ensemble; raise where they cannot be answered."""
    options, rest = take_options(values, DiscoverOptions)
    return options, asked_folder(options.results, rest)


SCRIPT = Script(NAME, DiscoverOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
