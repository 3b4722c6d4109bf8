"""Say in words what figures of a sweep show: the finding, how many points of how many runs, and where it comes from."""

import numpy as np

from sim.ensemble.estimate.outcomes import PROBABILITY
from sim.show.kit.page import Words
from sim.show.kit.typeset import NO_BREAK
from sim.show.kit.wording import count, footer, listed
from sim.show.sweep.factors import Factor, plain
from sim.show.sweep.view import View
from sim.tell.certainty import SAMPLING_ALONE
from sim.tell.numbers import span

INTERVALS = {
    True: f"95 % Wilson intervals {SAMPLING_ALONE}",
    False: f"95 % normal intervals {SAMPLING_ALONE}",
}


def words_of(view: View, title: str, shown: str, note: str) -> Words:
    """Return what a figure says: its finding, what is shown of which points, and where it comes from.

    Parameters
    ----------
    view
        One outcome of a sweep.
    title
        The finding with its number.
    shown
        What is shown, without a full stop.
    note
        Which interval is given, and other words that the reader needs; without a full stop.
    """
    config = view.scenario.config
    where = f"{config.scenario.name} in {config.world.name}, {_points(view)}{_held(view)}"
    subtitle = f"{shown}. {where}; {note}.".replace(" %", f"{NO_BREAK}%")
    return Words(title, subtitle, _footer(view))


def intervals_of(view: View) -> str:
    """Return the kind of the points' intervals."""
    return INTERVALS[view.measure.unit == PROBABILITY]


def brackets(mark: str, title: str) -> str:
    """Return a mark of intervals, and brackets where a title has them."""
    return f"{mark} and brackets" if "[" in title else mark


def outside(view: View, factors: tuple[Factor, ...]) -> str:
    """Return a clause about the scenario's own values where they were not swept, else nothing."""
    if view.own_inside(factors):
        return ""
    values = listed([factor.at(factor.own) for factor in factors])
    return f"; outside what was swept: the scenario's own {values}"


def finding(view: View) -> str:
    """Return between which estimates the outcome moves, and at which points."""
    measure = view.measure
    estimate, low, high = view.estimates
    if np.ptp(estimate) == 0.0:
        return f"{measure.title}: {constant(view)}"
    least, most = int(estimate.argmin()), int(estimate.argmax())
    if not view.differs:
        one, other = (measure.estimate(estimate[i], low[i], high[i]).alone for i in (least, most))
        among = count(len(estimate), "point")
        return f"{measure.title}: {span(one, other)}{measure.after}, no clear difference among {among}"
    first, last = sorted((least, most)) if len(view.factors) == 1 else (least, most)
    one, other = (measure.estimate(estimate[i], low[i], high[i]).tight for i in (first, last))
    return between(view, (one, view.values_at(first)), (other, view.values_at(last)))


def between(view: View, one: tuple[str, list[float]], other: tuple[str, list[float]]) -> str:
    """Return two numbers of an outcome and where they are found; what is varied is named once.

    Parameters
    ----------
    view
        One outcome of a sweep.
    one, other
        A number in words, and the values of all factors there.
    """
    where = listed([factor.at(value) for factor, value in zip(view.factors, one[1], strict=True)])
    there = listed([plain(value) for value in other[1]])
    measure = view.measure
    return f"{measure.title}: {one[0]}{measure.after} at {where}, {other[0]} at {there}"


def constant(view: View) -> str:
    """Return the number that is the same at all points, and at how many."""
    estimate, low, high = (float(numbers[0]) for numbers in view.estimates)
    widest = float(view.estimates[2].max()) if estimate == 0.0 else high
    lowest = float(view.estimates[1].min()) if estimate > 0.0 else low
    points = "the only point" if len(view.rows) == 1 else f"all {count(len(view.rows), 'point')}"
    number = view.measure.estimate(estimate, lowest, widest).tight
    never = "never happens, " if estimate == 0.0 and view.measure.unit == PROBABILITY else ""
    return f"{never}{number}{view.measure.after} at {points}"


def _points(view: View) -> str:
    """Return how many points of how many runs there are."""
    few, many = int(view.rows["n"].min()), int(view.rows["n"].max())
    runs = count(many, "run") if few == many else f"{few:,} to {count(many, 'run')}"
    left_out = f", {count(view.n_left_out, 'point')} without an estimate left out" if view.n_left_out else ""
    return f"{count(len(view.rows), 'point')} of {runs} each, with the same draws{left_out}"


def _held(view: View) -> str:
    """Return what is held at a value other than the scenario's own."""
    values = {factor: float(view.column(factor)[0]) for factor in view.held}
    others = [factor.at(value) for factor, value in values.items() if value != factor.own]
    return f"; throughout: {', '.join(others)}" if others else ""


def _footer(view: View) -> str:
    """Return the caveat and the provenance of a figure."""
    manifest = view.sweep.manifest
    return footer(view.scenario, manifest, "sweep", str(manifest["config_digest"]))
