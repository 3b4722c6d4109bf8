"""Turn the day series of the traced runs into arrays, and draw them as fans: median, middle half, middle 80 %."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.core.record import DAILY
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import Weights, kept, quantiles_of, weights_of
from sim.ensemble.store.results import Results
from sim.show.kit.key import Handles
from sim.show.kit.observed import ObservedAmount
from sim.show.kit.theme import INK, SMALL_PT, SOFT_INK
from sim.show.kit.typeset import MM_PER_INCH, NO_BREAK, spread_apart, text_height
from sim.show.kit.wording import count
from sim.world.scenario import Scenario

Numbers = npt.NDArray[np.float64]
Runs = npt.NDArray[np.int64]
FEW = 10  # falls; below this each one is a mark, since quantiles of so few say little
FEWEST_IN_A_FAN = 20  # runs; below this each one is a line, since a tenth of them is one or two
NOTHING = "none in any run"
FAN = ((0.1, 0.9, 0.2), (0.25, 0.75, 0.28))  # levels and opacity
STILL, SO_FAR = "D", "^"  # marks of what was observed: a number on a day, and one that only grows
MIDDLE = (0.05, 0.95)  # levels outside which what was observed is a miss
LIFT = 1.06  # room above the highest that is drawn
LEADER_MM = 4.0  # from the axes to a label


class Leader(NamedTuple):
    """Hold how the line looks that leads from the end of a curve to its label."""

    colour: str | tuple[float, ...]
    style: str = "-"
    width: float = 1.0


def traced(results: Results) -> str:
    """Return which runs the day series come from, in words."""
    n_traced = len(traced_runs(results))
    return f"day series: the first {count(n_traced, 'run')}" if n_traced > 1 else "day series: one run"


def traced_runs(results: Results) -> Runs:
    """Return the numbers of the runs that left a day series, in order."""
    return results.columns(DAILY, ["run"])["run"].unique()


def weights_traced(results: Results, scenario: Scenario) -> Weights | None:
    """Return what the runs weigh that left a day series, in their order."""
    runs = usable(results.runs)
    return kept(weights_of(runs, scenario), np.isin(runs["run"], traced_runs(results)))


def by_day(results: Results, column: str) -> Numbers:
    """Return a column of the day series as (run, day); the others are not read, which of all runs take much memory.

    Parameters
    ----------
    results, column
        Of which ensemble, and its name.
    """
    daily = results.columns(DAILY, ["run", column])
    values = daily[column].to_numpy(np.float64, na_value=np.nan)
    return values.reshape(daily["run"].nunique(), -1)


def is_outside(seen: float, runs: Numbers, weights: Weights | None = None) -> bool:
    """Tell whether what was observed lies outside the middle 90 % of the runs."""
    known = ~np.isnan(runs)
    low, high = quantiles_of(runs[known], MIDDLE, kept(weights, known))
    return not low <= seen <= high


def misses(outside: Sequence[bool]) -> str:
    """Return the end of a title: how many marks of history lie outside the runs, nothing without marks."""
    marks = f"{sum(outside)} of {count(len(outside), 'mark')} of history"
    return f"; {marks} outside the middle 90{NO_BREAK}% of runs" if outside else ""


def to_horizon(values: Numbers) -> Numbers:
    """Return series whose last day lasts until the horizon, at which the window closes.

    Parameters
    ----------
    values
        (series, day).
    """
    return np.column_stack([values, values[:, -1]])


def highest_drawn(values: Numbers, weights: Weights | None = None) -> float:
    """Return the highest point of a fan.

    Parameters
    ----------
    values
        (run, day).
    weights
        Of the runs.
    """
    top = values if len(values) < FEWEST_IN_A_FAN else quantiles_of(values, [FAN[0][1]], weights)
    return float(top.max()) if top.size else 0.0


def draw_fan(ax: Axes, values: Numbers, colour: str, weights: Weights | None = None) -> None:
    """Draw series as a fan, or each as a line where they are few.

    Parameters
    ----------
    ax
        Axes in days.
    values
        (run, day).
    colour
        Of all parts.
    weights
        Of the runs.
    """
    drawn = to_horizon(values)
    days = np.arange(drawn.shape[1])
    if not np.nan_to_num(drawn).any():
        say_nothing(ax)
        return
    if len(drawn) < FEWEST_IN_A_FAN:
        ax.plot(days, drawn.T, color=colour, linewidth=0.7, alpha=0.7)
        return
    for low, high, opacity in FAN:
        ends = quantiles_of(drawn, (low, high), weights)
        ax.fill_between(days, *ends, color=colour, alpha=opacity, linewidth=0)
    ax.plot(days, *quantiles_of(drawn, (0.5,), weights), color=colour, linewidth=1.6)


def say_nothing(ax: Axes) -> None:
    """Write into an empty panel that there is nothing to show, which a line at 0 would leave to guess."""
    text = ax.text(0.5, 0.5, NOTHING, transform=ax.transAxes, fontsize=SMALL_PT, color=SOFT_INK)
    text.set(ha="center", va="center")


def fan_handles(n_runs: int, colour: str) -> Handles:
    """Return the marks of a fan by their meaning.

    Parameters
    ----------
    n_runs
        How many series the fan stands for.
    colour
        Of the fan.
    """
    if n_runs < FEWEST_IN_A_FAN:
        return {"one run": Line2D([], [], color=colour, linewidth=0.7)}
    outer, inner = FAN[0][2], FAN[0][2] + FAN[1][2]
    return {
        "median": Line2D([], [], color=colour, linewidth=1.6),
        "middle 50 %": Patch(color=colour, alpha=inner, linewidth=0),
        "middle 80 % of runs": Patch(color=colour, alpha=outer, linewidth=0),
    }


def label_ends(
    ax: Axes, ends: Sequence[tuple[float, float]], labels: Sequence[str], leaders: Sequence[Leader], gap_mm: float = 0.6
) -> None:
    """Write at the end of each line what it is, clear of the others and of what stands below the axes.

    Parameters
    ----------
    ax
        Axes whose limits are set, from 0 upwards.
    ends
        Where each line ends.
    labels, leaders
        What to write, and how a line leads there.
    gap_mm
        Between two labels.
    """
    box, (left, right), top = ax.get_window_extent(), ax.get_xlim(), ax.get_ylim()[1]
    width_mm, height_mm = (size / ax.figure.dpi * MM_PER_INCH for size in (box.width, box.height))
    tallest = max(text_height(label, SMALL_PT) for label in labels)
    wanted = np.array([height for _, height in ends]) / top * height_mm
    places = spread_apart(np.maximum(wanted, tallest / 2.0), tallest + gap_mm, height_mm)
    beside = right + LEADER_MM / width_mm * (right - left)
    for end, label, leader, place in zip(ends, labels, leaders, places, strict=True):
        arrow = {"arrowstyle": "-", "color": leader.colour, "linestyle": leader.style, "linewidth": leader.width}
        arrow |= {"shrinkA": 0, "shrinkB": 1, "relpos": (0.0, 0.5)}
        where = (beside, float(place) / height_mm * top)
        text = ax.annotate(label, end, where, textcoords="data", va="center", fontsize=SMALL_PT, arrowprops=arrow)
        text.set_annotation_clip(False)


def draw_observed(ax: Axes, amounts: list[ObservedAmount], mark: str) -> None:
    """Mark what was observed, hollow, with its range.

    Parameters
    ----------
    ax
        Axes in days.
    amounts
        What was observed.
    mark
        `STILL` or `SO_FAR`.
    """
    for seen in amounts:
        ax.plot([seen.day] * 2, [seen.low, seen.high], color=INK, linewidth=0.9, clip_on=False, zorder=4)
        ax.add_line(observed_mark([seen.day], [seen.amount], mark))


def observed_mark(days: Sequence[float], amounts: Sequence[float], mark: str) -> Line2D:
    """Return the hollow mark of what was observed."""
    line = Line2D(days, amounts, linewidth=0, marker=mark, markersize=4.5, clip_on=False, zorder=5)
    line.set(markerfacecolor="white", markeredgecolor=INK, markeredgewidth=0.9)
    return line
