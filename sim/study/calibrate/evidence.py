"""Hold what every vector of parameters did in every world, item by item, beside what happened there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.study.score.facts import Facts, read_facts
from sim.study.score.families import FAMILIES, Family, Lived, scored
from sim.study.score.folds import Folds, fold_of
from sim.study.score.forecast import Kind, scaled
from sim.study.score.record import Observation, read_record
from sim.world.tables import Tables

Floats = npt.NDArray[np.float64]
Values = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
_FAMILIES = {family.name: family for family in FAMILIES}


@dataclass(frozen=True)
class Item:
    """Name one number that is scored, and where it stands among those that a run leaves.

    Parameters
    ----------
    name, seen
        Of what family it is, and what happened.
    columns
        Of the run's numbers; more than one for a split.
    """

    name: str
    seen: Observation
    columns: slice

    @property
    def family(self) -> Family:
        """Return its family; an item travels to other processes, where functions without a name cannot go."""
        return _FAMILIES[self.name]

    @property
    def observed(self) -> float:
        """Return what happened on the scale of the score."""
        return scaled(self.family.kind, self.seen.value)


@dataclass(frozen=True, eq=False)
class Case:
    """Hold one world: what is asked of it, and what its runs answer.

    Parameters
    ----------
    name, fold, facts
        The world, what it is left out with, and what rivals know of it.
    items
        What is scored.
    chosen, fresh
        Numbers of the runs by which vectors are chosen, and of those by which mixes are scored: a vector, a run, a
        column; on the scale of the score.
    sound
        Of which vectors no run failed; the numbers of the others are 0, and nobody may use them.
    """

    name: str
    fold: str
    facts: Facts
    items: tuple[Item, ...]
    chosen: Floats
    fresh: Floats
    sound: Bools


def items_of(tables: Tables) -> tuple[Item, ...]:
    """Return what is scored in a world, in the order in which runs leave it."""
    record, items, at = read_record(tables), [], 0
    for family in FAMILIES:
        for seen in scored(family, record):
            width = len(seen.parts) or 1
            items.append(Item(family.name, seen, slice(at, at + width)))
            at += width
    return tuple(items)


def width_of(items: Sequence[Item]) -> int:
    """Return how many numbers of a run are kept."""
    return items[-1].columns.stop if items else 0


def answers(items: Sequence[Item], lived: Lived) -> Values:
    """Return the numbers that runs leave, a row a run."""
    columns = [item.family.values(lived, item.seen.item) for item in items]
    return np.column_stack(columns).astype(np.float32)


def case_of(name: str, tables: Tables, folds: Folds, chosen: Values, fresh: Values) -> Case:
    """Return a world with what its runs left behind, in its own units.

    Parameters
    ----------
    name, tables
        The world.
    folds
        What is left out at a time.
    chosen, fresh
        See `Case`.
    """
    items, facts = items_of(tables), read_facts(tables)
    sound = np.array([np.isfinite(c).all() and np.isfinite(f).all() for c, f in zip(chosen, fresh, strict=True)])
    own, other = (np.where(sound[:, None, None], _on_scale(items, values), 0.0) for values in (chosen, fresh))
    return Case(name, fold_of(name, facts, folds), facts, items, own, other, sound)


def _on_scale(items: Sequence[Item], values: Values) -> Floats:
    """Return numbers on the scale of the score: amounts as logarithms."""
    scaled_values = values.astype(np.float64)
    for item in items:
        if item.family.kind is Kind.AMOUNT:
            scaled_values[:, :, item.columns] = np.log10(1.0 + scaled_values[:, :, item.columns])
    return scaled_values
