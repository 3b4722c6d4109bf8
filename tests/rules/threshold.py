"""The rules of morale as the threshold model has them: the slope, which only the linear form reads, is filled in."""

from sim.core.rules import morale
from sim.core.rules.morale import MoraleForm

THRESHOLD, SLOPE = MoraleForm.THRESHOLD.value, 1.0


def bistable_half_width(beta: float) -> float:
    """Return how far the field may lie from 0 with two stable states."""
    return morale.bistable_half_width(beta, THRESHOLD)


def morale_target(mixed_morale: float, field: float, beta: float) -> float:
    """Return the morale towards which a garrison relaxes."""
    return morale.morale_target(mixed_morale, field, beta, THRESHOLD, SLOPE)


def morale_at_rest(field: float, beta: float) -> float:
    """Return the upper fixed point."""
    return morale.morale_at_rest(field, beta, THRESHOLD, SLOPE)
