"""Hold answers about what matters as a notebook has them in hand: tables, a figure, and sentences to look at."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sim.show.figures import DISCOVERY, RARE, SENSITIVITY, TORNADO
from sim.show.kit.plot import Plot
from sim.study.matters import discovery, sensitivity, variants
from sim.study.rare import rare
from sim.tell.discovery import centre_yaml, discovery_answer
from sim.tell.rare import rare_answer
from sim.tell.sensitivity import sensitivity_answer
from sim.tell.summary import plain_text
from sim.tell.tornado import tornado_answer


class Sensitivity(sensitivity.Sensitivity):
    """What drives an outcome: ``table`` has a row for each input, ``pairs`` one for each pair of the first."""

    def plot(self) -> Plot:
        """Draw what each of the first inputs explains."""
        return Plot(SENSITIVITY.of(self).draw())

    def __repr__(self) -> str:
        """Return the answer as text."""
        return plain_text(sensitivity_answer(self).table())

    def _repr_html_(self) -> str:
        """Return the answer as a notebook shows it."""
        return sensitivity_answer(self).html()


class Discovery(discovery.Discovery):
    """Where an outcome comes about: ``regions`` are the boxes, ``boxes`` and ``trajectory`` tables of them."""

    def plot(self) -> Plot:
        """Draw how the first box was found, and what it restricts."""
        return Plot(DISCOVERY.of(self).draw())

    def centre(self, number: int = 1) -> str:
        """Return a configuration that runs the centre of a box, as YAML."""
        return centre_yaml(self, number)

    def __repr__(self) -> str:
        """Return the answer as text."""
        return plain_text(discovery_answer(self).table())

    def _repr_html_(self) -> str:
        """Return the answer as a notebook shows it."""
        return discovery_answer(self).html()


class Rare(rare.Rare):
    """How likely something rare is: ``estimate``, ``low``, ``high``, and the histories in which it came about."""

    def plot(self) -> Plot:
        """Draw how few runs get how far, and what each repeat says."""
        return Plot(RARE.of(self).draw())

    def __repr__(self) -> str:
        """Return the answer as text."""
        return plain_text(rare_answer(self).table())

    def _repr_html_(self) -> str:
        """Return the answer as a notebook shows it."""
        return rare_answer(self).html()


@dataclass(frozen=True, eq=False, repr=False)
class Tornado(variants.Tornado):
    """What levers or parameters change: ``table`` has a row for each variant and outcome.

    Parameters
    ----------
    outcome
        The one that is shown; the rest is as in `sim.study.matters.variants.Tornado`.
    """

    outcome: str

    @property
    def ranking(self) -> pd.DataFrame:
        """Return the rows of the outcome, the largest change first; of another with ``ranked(outcome)``."""
        return self.ranked(self.outcome)

    def plot(self) -> Plot:
        """Draw the largest changes."""
        return Plot(TORNADO.of(self, self.outcome).draw())

    def __repr__(self) -> str:
        """Return the answer as text."""
        return plain_text(tornado_answer(self, self.outcome).table())

    def _repr_html_(self) -> str:
        """Return the answer as a notebook shows it."""
        return tornado_answer(self, self.outcome).html()
