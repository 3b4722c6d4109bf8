"""Rewrite the generated parts of docs/model.md from the code: schedule, parameter tables, the table against history.

Usage
-----
python experiments/document.py               schedule and parameters, at once
python experiments/document.py --history     also runs all worlds (about a minute)
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from sim.core import day
from sim.core.engine import simulate
from sim.core.parameters import describe
from sim.core.rules import MECHANISMS
from sim.ensemble.intervals import wilson_interval
from sim.world.config import read_config
from sim.world.scenario import build_scenario
from sim.world.tables import Tables, load_tables

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "docs" / "model.md"
RUNS = 2000
SEEN_BY_THE_PROTOTYPE = {
    "levant_2024",
    "iraq_2014",
    "ethiopia_2021",
    "yemen_2014",
    "car_2013",
    "vietnam_1975",
}
WHOSE = {"actor": "each state, then each faction", "faction": "each faction", "map": "the map"}


def schedule_table() -> str:
    """Return the schedule as a table."""
    lines = ["| | phase | by | what happens |", "|---|---|---|---|"]
    for number, (name, whose) in enumerate(day.SCHEDULE, start=1):
        what = getattr(day, name).__doc__.strip().splitlines()[0]
        lines.append(f"| {number} | `{name}` | {WHOSE[whose]} | {what} |")
    return "\n".join(lines)


def parameter_table(mechanism: str) -> str:
    """Return one mechanism's parameters as a table."""
    group = MECHANISMS[mechanism]
    defaults = vars(group())
    lines = [
        f"| `rules.{mechanism}.` | symbol | default | plausible | unit | meaning | source |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, p in describe(group).items():
        lines.append(
            f"| `{name}` | {p.symbol} | {defaults[name]:g} | {p.prior[0]:g} to {p.prior[1]:g} | {p.unit} "
            f"| {p.meaning} | {p.source} |"
        )
    return "\n".join(lines)


def observed_end(tables: Tables) -> str:
    """Return what happened, from the observed table."""
    if tables.observed is None:
        return ""
    observed = tables.observed.set_index("name")["value"]
    if not observed.get("regime_falls", 0):
        return "held"
    days = [observed.get(name) for name in ("regime_fall_day", "capital_fall_day")]
    known = [int(d) for d in days if d is not None and not np.isnan(d)]
    return f"fell, day {min(known)}"


def history_row(name: str) -> str:
    """Return the row of one world: what happened, and what the default parameters give."""
    tables = load_tables(ROOT / "conf" / "world" / name)
    frame = {"scenario": {"name": "history", "question": "What does it give?"}, "world": {"name": name}}
    scenario = build_scenario(tables, read_config(frame))
    rows = simulate(scenario.world, scenario.rules, 1, 0, RUNS).runs
    days = rows["collapse_day"]
    fell = int((days >= 0).sum())
    low, high = wilson_interval(fell, RUNS)
    ordered = np.sort(np.where(days < 0, np.iinfo(np.int64).max, days))
    middle = [ordered[int(q * (RUNS - 1))] for q in (0.1, 0.5, 0.9)]
    spread = " / ".join("never" if d == np.iinfo(np.int64).max else str(d) for d in middle)
    mark = " *" if name in SEEN_BY_THE_PROTOTYPE else ""
    return (
        f"| `{name}`{mark} | {scenario.horizon_days} | {observed_end(tables)} | {fell / RUNS:.3f} "
        f"[{low:.3f}, {high:.3f}] | {spread} |"
    )


def history_table() -> str:
    """Return the table of all worlds against history."""
    names = sorted(path.stem for path in (ROOT / "conf" / "world").glob("*.yaml"))
    head = [
        f"{RUNS} runs each, seed 1, 95 % Wilson interval; day of collapse in the 10 / 50 / 90 % run.",
        "",
        "| world | horizon | observed | P(fall) | day of collapse |",
        "|---|---|---|---|---|",
    ]
    return "\n".join(head + [history_row(name) for name in names])


def rewritten(text: str, parts: dict[str, str]) -> str:
    """Return the page with its generated parts replaced."""
    for name, part in parts.items():
        start, end = f"<!-- generated: {name} -->\n", "<!-- end -->"
        before, rest = text.split(start, 1)
        text = before + start + part + "\n" + end + rest.split(end, 1)[1]
    return text


def quick_parts() -> dict[str, str]:
    """Return the parts that need no runs."""
    return {"schedule": schedule_table(), **{name: parameter_table(name) for name in MECHANISMS}}


def main() -> None:
    """Rewrite docs/model.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--history", action="store_true", help="run all worlds for the table against history")
    parts = quick_parts()
    if parser.parse_args().history:
        parts["history"] = history_table()
    MODEL.write_text(rewritten(MODEL.read_text(), parts))
    print(MODEL)


if __name__ == "__main__":
    main()
