"""Say the largest difference that is clear in words, or that there is none."""

from collections.abc import Iterable, Mapping

from sim.show.compare.differences import Difference
from sim.show.compare.words import others_of, unchanged
from sim.show.kit.typeset import NO_BREAK
from sim.study.compare import Comparison
from sim.tell.labels import outcome_labels


def finding(
    comparison: Comparison,
    differences: Iterable[Difference],
    what: str,
    more: str = "",
    bases: Mapping[str, str] | None = None,
) -> str:
    """Return the largest clear difference, such as `Loss of A: 43 % in the base, +12 [+11, +13] points with B`.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    differences
        Among which to look; the first of equals counts.
    what
        What no scenario changes where no difference is clear.
    more
        What else to say where one is.
    bases
        Means of the base by outcome, as the figure tells them; without, with the fewest digits.
    """
    others = others_of(comparison)
    nobody = f"{others[0]} does not" if len(others) == 1 else "These scenarios do not"
    if unchanged(comparison) == others:
        return f"{nobody} change {what}: every run is as in {comparison.cases[0].name}"
    clear = [difference for difference in differences if difference.is_clear]
    if not clear:
        return f"{nobody} clearly change {what}: no interval of a difference excludes 0"
    largest = max(clear, key=lambda difference: abs(difference.value))
    label = outcome_labels(comparison.cases[0].scenario)[largest.outcome]
    base = f"{(bases or {}).get(largest.outcome, largest.base_text)} in the base".replace(" %", f"{NO_BREAK}%")
    return f"{label[0].upper()}{label[1:]}: {base}, {largest.text} with {largest.scenario}{more}"
