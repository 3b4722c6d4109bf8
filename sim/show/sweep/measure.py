"""Say the numbers of an outcome in words, and choose the scale on which they are drawn."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

from sim.ensemble.estimate.outcomes import PROBABILITY, outcomes_of
from sim.ensemble.store.schema import names_of
from sim.show.kit.panels import MANY, Scale
from sim.show.kit.typeset import NO_BREAK
from sim.show.sweep.factors import roughly
from sim.tell.estimate import Estimate, Kind, alike, difference, kind_of
from sim.tell.labels import outcome_labels
from sim.tell.numbers import whole_percent
from sim.world.scenario import Scenario

LEAST_TOP = 0.1  # of a scale of shares: rare is to look rare
STEPS = (1, 2, 2.5, 5, 10)
NAMELESS = (PROBABILITY, "share", "index")  # units that are not said after a number
MOST_LEVELS = 6
LEAST_WIDTH = 0.01  # that is told by its number
PER_CENT, THOUSAND = 100.0, 1000.0


@dataclass(frozen=True)
class Measure:
    """Hold how an outcome is told.

    Parameters
    ----------
    outcome
        Its name in tables.
    label
        What it is.
    unit
        Of its mean.
    """

    outcome: str
    label: str
    unit: str

    @property
    def title(self) -> str:
        """Return the label as a sentence begins."""
        return self.label[0].upper() + self.label[1:]

    @property
    def kind(self) -> str:
        """Return what each point tells about the runs."""
        return "Share of runs" if self.unit == PROBABILITY else "Mean over runs"

    @property
    def is_share(self) -> bool:
        """Tell whether it is told in percent."""
        return kind_of(self.unit) is Kind.SHARE

    @property
    def after(self) -> str:
        """Return what follows its last number in a sentence."""
        return " of runs" if self.unit == PROBABILITY else "" if self.unit in NAMELESS else f" {self.unit}"

    def estimate(self, point: float, low: float, high: float, factor: float = 1.0) -> Estimate:
        """Return an estimate with its interval as a value, in a unit that is so many of its own."""
        kind = Kind.SHARE if self.is_share else Kind.AMOUNT
        return Estimate(point / factor, max(low, 0.0) / factor, high / factor, kind)  # NaN is no less than 0

    def on_scale(self, highest: float, column: Iterable[tuple[float, float, float]]) -> list[Estimate]:
        """Return a column of estimates with their intervals, in the unit of the `scale` that holds a number."""
        factor = self._in_one(highest)
        return alike([self.estimate(*row, factor) for row in column])

    def _in_one(self, highest: float) -> float:
        """Return how many are one on the scale that holds a number."""
        return THOUSAND if not self.is_share and highest >= MANY else 1.0

    def gap(self, value: float, low: float, high: float) -> Estimate:
        """Return a difference with its interval as a value, in `gap_unit`."""
        return difference(value, low, high, self.unit)

    def about(self, value: float) -> str:
        """Return a number that is no estimate, to two figures."""
        text = whole_percent(value) if self.is_share else roughly(value)
        return text.replace(" ", NO_BREAK)

    def width(self, value: float) -> str:
        """Return how far two numbers are apart, to two figures, with the unit."""
        factor = PER_CENT if self.is_share else 1.0
        number = roughly(factor * value) if factor * value >= LEAST_WIDTH else f"less than {LEAST_WIDTH}"
        return f"{number} {self.gap_unit}".rstrip().replace(" ", NO_BREAK)

    @property
    def gap_unit(self) -> str:
        """Return the unit of `gap` and `width`."""
        return "percentage points" if self.is_share else "" if self.unit in NAMELESS else self.unit

    def scale(self, highest: float, lowest: float = 0.0) -> Scale:
        """Return a scale in round steps between two numbers or a little wider; `named` tells its unit.

        Parameters
        ----------
        highest, lowest
            The largest and the smallest number that is drawn, >= 0.
        """
        top = min(highest, 1.0) if self.is_share else highest or 1.0  # bounds of means may lie beyond
        top = max(top, LEAST_TOP) if self.is_share and lowest == 0.0 else top
        ticks = MaxNLocator(nbins=5, steps=list(STEPS)).tick_values(lowest, top)
        used = [float(tick) for tick in ticks if tick >= 0.0]
        return Scale(used, [self.tick(highest)(tick) for tick in used])

    def named(self, highest: float) -> str:
        """Return the label with the unit of `scale`."""
        if self.is_share:
            return f"{self.title}, %{self.after}"
        unit = "" if self.unit in NAMELESS else f" {self.unit}"
        thousands = " thousand" if self._in_one(highest) > 1.0 else ""
        return f"{self.title}, mean" + (f",{thousands}{unit}" if thousands or unit else "")

    def tick(self, highest: float) -> Callable[[float], str]:
        """Return what writes a number on the scale that holds another."""
        if self.is_share:
            return lambda value: f"{PER_CENT * value:.3g} %"
        factor = self._in_one(highest)
        return lambda value: f"{value / factor:,g}"


def measure_of(outcome: str, scenario: Scenario, *, horizon_varies: bool) -> Measure:
    """Return how an outcome is told.

    Parameters
    ----------
    outcome
        Its name.
    scenario
        Around which a sweep varies.
    horizon_varies
        Whether runs end on different days, which their labels then do not name.
    """
    unit = outcomes_of(names_of(scenario.tables), scenario.horizon_days)[outcome].unit
    label = outcome_labels(scenario)[outcome]
    if horizon_varies and "_by_" not in outcome:
        label = label.replace(f" by day {scenario.horizon_days}", " by the last day")
    return Measure(outcome, label, unit)


def round_levels(lowest: float, highest: float, finest: float) -> list[float]:
    """Return up to six round numbers between two, no nearer to each other than differences can be told.

    Parameters
    ----------
    lowest, highest
        Between which to look.
    finest
        The smallest step.
    """
    if not lowest < highest:
        return []
    least = max((highest - lowest) / MOST_LEVELS, finest)
    power = 10.0 ** math.floor(math.log10(least))
    step = next(power * digit for digit in STEPS if power * digit >= least)
    levels = step * np.arange(math.floor(lowest / step) + 1, math.ceil(highest / step))
    return [float(level) for level in levels if lowest < level < highest]  # rounding may put one on an end
