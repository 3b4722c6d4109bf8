"""Give each scenario of a comparison one look, the same in every figure: the base in ink, the others in colour."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle

from sim.show.kit.theme import BLUE, GREEN, INK, ORANGE, PURPLE, SKY, VERMILLION

COLOURS = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY)
STYLES = ("--", "-.", ":")
MARKERS = ("s", "^", "D", "v", "P", "X", "h", "p", "*")  # no arrows: these point beyond a scale


@dataclass(frozen=True)
class Look:
    """Hold how a scenario looks; lines and marks differ so that they can be told apart in grey.

    Parameters
    ----------
    colour, style, marker
        Of its line and its mark.
    """

    colour: str
    style: str
    marker: str


def looks_of(names: Iterable[str]) -> dict[str, Look]:
    """Return the look of each scenario.

    Parameters
    ----------
    names
        Of the scenarios, the base first.
    """
    base, *others = names
    looks = zip(cycle(COLOURS), cycle(STYLES), cycle(MARKERS), strict=False)
    return {base: Look(INK, "-", "o")} | {name: Look(*look) for name, look in zip(others, looks, strict=False)}
