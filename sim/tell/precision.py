"""Say how precisely estimates are known while runs are added until they are as precise as asked."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.ensemble.estimate.precision import Target, likely_runs, worst_runs
from sim.tell.numbers import to_figures

SHOWN = 4  # looks that are told one by one


def look_line(targets: Sequence[Target], plan: Sequence[int], runs: int) -> str:
    """Return in words how precise estimates are after some runs, and what is likely still to come.

    Parameters
    ----------
    targets
        What is asked, and known by now.
    plan, runs
        Numbers of runs at which one looks, and that of this look; none before the first.
    """
    if not runs:
        return _beforehand(targets, plan)
    so_far = f"{runs:,} runs: {', '.join(map(_reached, targets))}"
    if all(target.is_met for target in targets):
        return so_far
    if runs == plan[-1]:
        return f"{so_far}; ensemble.max_runs ends it here"
    return f"{so_far}; about {_round(likely_runs(targets))} runs are likely to be needed"


def _beforehand(targets: Sequence[Target], plan: Sequence[int]) -> str:
    """Return in words what is asked, when one looks, and what it is likely to cost."""
    asked = ", ".join(f"{target.outcome.name} to ±{target.half_width:g}" for target in targets)
    shown = [f"{runs:,}" for runs in plan]
    if len(shown) > SHOWN:
        shown = [*shown[: SHOWN - 1], "...", shown[-1]]
    worst = worst_runs(targets, len(plan))
    cost = f"; for a probability of 50 %, the worst case, about {_round(worst)} runs" if worst else ""
    return f"{asked}: looking after {', '.join(shown)} runs{cost}"


def _reached(target: Target) -> str:
    """Return how precisely one outcome is known."""
    asked = "" if target.is_met else f" (asked: {target.half_width:g})"
    return f"{target.outcome.name} ±{to_figures(target.reached, 3):g}{asked}"


def _round(runs: float) -> str:
    """Return a number of runs in words, to two figures."""
    return f"{to_figures(runs, 2):,.0f}" if math.isfinite(runs) else "many more"
