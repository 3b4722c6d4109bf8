"""Measure the engine: against Mesa, plain Python, NumPy and C; its phases, workers and starts; how cost grows.

Machines are noisy: every comparison alternates its variants side by side and states the median of ratios.

Usage
-----
python experiments/benchmark.py                  all of it, about four minutes
python experiments/benchmark.py --quick          fewer repetitions
python experiments/benchmark.py --runs 100000    besides, time and memory of an ensemble of so many runs
make bench                                       all of it from a fresh checkout
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from experiments.benchmark_c import over_c
from experiments.benchmark_engine import GRIDS, LEVANT, ROOT, STEADY, exponents, large_job, starts, workers
from experiments.benchmark_explain import explaining
from experiments.benchmark_mesa import against_mesa
from experiments.benchmark_muster import over_numpy, states_of
from experiments.benchmark_phases import phase_times
from experiments.benchmark_timing import DAYS, build
from experiments.grid import grid_tables
from sim.core.ahead import compile_ahead
from sim.world.tables import load_tables


@dataclass(frozen=True)
class Figure:
    """What a number means, and what it should come to.

    Parameters
    ----------
    meaning
        Text for the table.
    least, most
        Aim: the number should be at least or at most this.
    missing
        Why there may be no number.
    """

    meaning: str
    least: float | None = None
    most: float | None = None
    missing: str = "not measured"

    @property
    def aim(self) -> str:
        """Return the aim in signs, empty where there is none."""
        if self.least is not None:
            return f"≥ {self.least:g}"
        return "" if self.most is None else f"≤ {self.most:g}"

    def is_missed_by(self, value: float) -> bool:
        """Tell whether a number falls short of the aim, to two digits: the third is noise."""
        value = float(f"{value:.2g}")
        return (self.least is not None and value < self.least) or (self.most is not None and value > self.most)


NO_BATCH_RUN = "this Mesa has no batch_run"
FIGURES = {
    "engine_over_mesa": Figure("engine over the Mesa twin stepped by hand, both keeping day series", least=50),
    "engine_over_mesa_without_collector": Figure("the same without any series"),
    "process_over_mesa": Figure(
        "one process of the engine, a thread a core, over one of the Mesa twin, both keeping day series"
    ),
    "engine_over_batch_run": Figure(
        "engine over Mesa's `batch_run`, compiled rules, both keeping day series", least=100, missing=NO_BATCH_RUN
    ),
    "engine_over_plain_python": Figure(
        "engine over Mesa's `batch_run`, plain Python rules (2 runs a turn)", least=200, missing=NO_BATCH_RUN
    ),
    "phase_over_numpy": Figure("compiled phase `muster` over NumPy vectorised over 1000 runs"),
    "numba_over_c": Figure(
        "time of the compiled phase `muster` over the same in C", most=1.3, missing="no gcc that compiles it"
    ),
    "day_us": Figure("microseconds a day, least of several turns"),
    "begin_run_us": Figure("microseconds to begin a run, least of several turns"),
    "workers_2_over_1": Figure("two worker threads over one", least=1.7),
    "runs_per_second_2_workers": Figure(f"runs a second of {DAYS} days, two worker threads"),
    "seconds_10000_runs_120_days": Figure("seconds for 10,000 runs of 120 days, two worker threads", most=30),
    "compile_cold_s": Figure("seconds, first run of a fresh process, empty cache, all cores compiling", most=40),
    "first_run_warm_s": Figure("seconds, first run of a fresh process, warm cache"),
    "start_warm_s": Figure("seconds, the same from the first import on", most=1),
    "explain_first_s": Figure("seconds to explain a run, the first one of a process, warm cache", most=10),
    "explain_s": Figure("seconds to explain a run, later ones", most=3),
    "explain_over_engine": Figure("explaining a run over living it in the engine"),
    "exponent_runs": Figure("cost ~ runs^x, 50 to 400 runs", most=1.0),
    "exponent_days": Figure("cost ~ days^x, 30 to 240 days", most=1.0),
    "exponent_locations": Figure("cost ~ locations^x, 16 to 225 locations, front at rest", most=1.1),
    "exponent_factions": Figure("cost ~ factions^x, 2 to 16 factions, 64 garrisons in all"),
    "exponent_patrons": Figure("cost ~ patrons^x, 1 to 15 patron states"),
    "large_job_runs": Figure("runs of the main job, with its tables and figures, all cores"),
    "large_job_s": Figure("seconds that it takes"),
    "large_job_peak_mb": Figure("MB of memory at its peak", most=600),
    "large_job_disk_mb": Figure("MB on disk"),
}


def measure(turns: int, runs: int) -> tuple[dict[str, float | None], dict[str, float]]:
    """Return every figure of the benchmark, and the share of each phase in a day."""
    scenario = build(load_tables(LEVANT))
    for each in (scenario, build(grid_tables(GRIDS[-1]), rules=STEADY)):  # small and large records
        compile_ahead(each.world, each.rules)
    found: dict[str, float | None] = {}
    found.update(starts(2 * turns + 1))
    found.update(against_mesa(scenario, 2 * turns + 1))
    states = states_of(scenario, runs=3, days=DAYS, every=15)
    found["phase_over_numpy"] = over_numpy(scenario, states, 2 * turns + 1)
    found["numba_over_c"] = over_c(scenario, states, 2 * turns + 1)
    times, shares = phase_times(scenario, turns)
    found.update(times)
    found.update(workers(scenario, turns, 400))
    found.update(explaining(scenario, turns))
    found.update(exponents(turns))
    if runs:
        found.update(large_job(runs))
    return {name: found[name] for name in FIGURES if name in found}, shares


def rows(figures: dict[str, float | None]) -> list[tuple[str, str, str, str]]:
    """Return the table of figures: name, meaning, value and aim as text."""
    told = []
    for name, value in figures.items():
        figure = FIGURES[name]
        text = figure.missing if value is None else f"{value:.3g}" if value < 1000 else f"{value:,.0f}"  # noqa: PLR2004 - a thousand
        if value is not None and figure.is_missed_by(value):
            text += " (missed)"
        told.append((name, figure.meaning, text, figure.aim))
    return told


def markdown(figures: dict[str, float | None], shares: dict[str, float]) -> str:
    """Return the table and the shares of phases as they stand in docs/performance.md."""
    lines = ["| figure | value | aim |", "|---|---|---|"]
    lines += [f"| {meaning} (`{name}`) | {value} | {aim} |" for name, meaning, value, aim in rows(figures)]
    lines += ["", ", ".join(f"`{name}` {share:.1%}" for name, share in shares.items())]
    return "\n".join(lines) + "\n"


def tables(figures: dict[str, float | None], shares: dict[str, float]) -> list[Table]:
    """Return both tables for a terminal."""
    first = Table(title="Spillover benchmark", caption="medians; ratios measured side by side")
    for header in ("figure", "meaning", "value", "aim"):
        first.add_column(header, justify="right" if header == "value" else "left", no_wrap=header != "meaning")
    for row in rows(figures):
        first.add_row(*row)
    second = Table("phase", "share of a day", title="Where a day's time goes")
    for name, share in shares.items():
        second.add_row(name, f"{share:.1%}")
    return [first, second]


def main() -> None:
    """Measure, print the tables, and write them as JSON and as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--runs", type=int, default=0, metavar="N", help="measure an ensemble of N runs as well")
    asked = parser.parse_args()
    figures, shares = measure(2 if asked.quick else 5, asked.runs)
    for table in tables(figures, shares):
        Console().print(table)
    folder = ROOT / "results" / "benchmark"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmark.json").write_text(json.dumps({**figures, "phase_shares": shares}, indent=2) + "\n")
    (folder / "benchmark.md").write_text(markdown(figures, shares))
    print(folder / "benchmark.json")


if __name__ == "__main__":
    main()
