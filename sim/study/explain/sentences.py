"""Tell the reasons of an event in sentences: subject, verb, number, unit."""

from __future__ import annotations

from collections.abc import Iterator

from sim.study.explain.events import Event
from sim.study.explain.notes import Value
from sim.study.explain.reasons import Reason

MOST_TOLD = 4  # reasons told in a sentence
LARGE = 100  # from here on the digits after the point say nothing


def because(event: Event) -> list[str]:
    """Return sentences on why an event happened: the chance and the draw, and the numbers that decided."""
    lines = []
    if event.chance is not None and event.draw is not None:
        lines.append(f"The chance was {number(event.chance)} that day; the draw was {number(event.draw)}.")
    if event.because is not None:
        told = "; ".join(_told(event.because))
        if told:
            lines.append(f"It came of {told}.")
    return lines


def at_heart(reason: Reason) -> Reason:
    """Return the reason that has something to say: those that stand for another one are skipped."""
    while len(telling(reason)) == 1 and not reason.of_state:
        reason = telling(reason)[0]
    return reason


def _told(reason: Reason) -> Iterator[str]:
    """Yield the heaviest reasons of an event, each with its number and share."""
    reason = at_heart(reason)
    weighs = reason.kind not in ("condition", "decision")
    if reason.kind in ("value", "rule", "sum"):
        yield f"{reason.label} {number(reason.value)}"
    for part in telling(reason)[:MOST_TOLD]:
        yield f"{part.label} {number(part.value)}" + (f" ({percent(part.share)})" if weighs and part.share < 1 else "")


def telling(reason: Reason) -> list[Reason]:
    """Return the reasons of a number but for the draw, which is told by itself."""
    return [part for part in reason.reasons if part.kind != "draw"]


def percent(share: float) -> str:
    """Return a share in whole percent."""
    return f"{100 * share:.0f} %"


def number(value: Value) -> str:
    """Return a number as people write it."""
    if value is None or isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if float(value) == int(value) or abs(value) >= LARGE:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def tree(reason: Reason, depth: int = 4) -> str:
    """Return a tree of reasons as indented lines with shares."""
    return "\n".join(_lines(reason, depth, ""))


def _lines(reason: Reason, depth: int, indent: str) -> Iterator[str]:
    """Yield a reason and its own."""
    day = "before day 0" if reason.day < 0 else f"day {reason.day}"
    value = "" if reason.value is None else f" {number(reason.value)}"
    yield f"{indent}{percent(reason.share)} {reason.label}{value}, {day}"
    for part in reason.reasons if depth else ():
        yield from _lines(part, depth - 1, f"{indent}  ")
