"""Say in words what figures of a comparison show: the finding, of which scenarios and runs, where they come from."""

from collections.abc import Collection, Iterable, Mapping

from sim.ensemble.estimate.rows import usable
from sim.show.compare.differences import TINY, Difference
from sim.show.kit.page import Words
from sim.show.kit.typeset import NO_BREAK
from sim.show.kit.wording import count, footer, listed
from sim.study.compare import Comparison
from sim.tell.labels import outcome_labels

FEW = 4  # scenarios, the base among them, that a reader takes in as they come
CAVEAT = "Simulated under these scenarios' assumptions; not a forecast."


def words_of(comparison: Comparison, title: str, shown: str, note: str) -> Words:
    """Return what a figure says: its finding, what is shown of which scenarios, and where it comes from.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    title
        The finding with its number.
    shown
        What is shown, without a full stop.
    note
        Which interval is given, and other words that the reader needs; without a full stop.
    """
    where = f"{_who(comparison)} in {comparison.cases[0].scenario.config.world.name}, {_runs(comparison)}"
    subtitle = f"{shown}. {where}{_unchanged(comparison)}; {note}.".replace(" %", f"{NO_BREAK}%")
    return Words(title, subtitle, _footer(comparison))


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
    if {*others} <= {*unchanged(comparison)}:
        return f"{nobody} change {what}: every run is as in {comparison.cases[0].name}"
    clear = [difference for difference in differences if difference.is_clear]
    if not clear:
        return f"{nobody} clearly change {what}: no interval of a difference excludes 0"
    largest = max(clear, key=lambda difference: abs(difference.value))
    label = outcome_labels(comparison.cases[0].scenario)[largest.outcome]
    base = f"{(bases or {}).get(largest.outcome, largest.base_text)} in the base".replace(" %", f"{NO_BREAK}%")
    return f"{label[0].upper()}{label[1:]}: {base}, {largest.text} with {largest.scenario}{more}"


def others_of(comparison: Comparison) -> list[str]:
    """Return the names of the scenarios but the base."""
    return [case.name for case in comparison.cases[1:]]


def acting(comparison: Comparison, differences: Iterable[Difference]) -> list[str]:
    """Return the scenarios that a figure shows: of many only those that change something in it, in their order."""
    others, moved = others_of(comparison), {found.scenario for found in differences if abs(found.value) >= TINY}
    return [name for name in others if name in moved] or others if len(comparison.cases) > FEW else others


def idle_note(comparison: Comparison, shown: Collection[str]) -> str:
    """Return which scenarios a figure leaves out since they change nothing in it, to stand behind a note."""
    idle = [name for name in others_of(comparison) if name not in shown]
    return f"; not shown, since hardly anything here differs: {listed(idle)}" if idle else ""


def unchanged(comparison: Comparison) -> list[str]:
    """Return the names of the scenarios in which every run is as in the base."""
    changed = comparison.table.groupby("scenario", sort=False)["share_changed"].max()
    base = comparison.cases[0].name
    return [str(name) for name, share in changed.items() if share == 0.0 and name != base]


def _who(comparison: Comparison) -> str:
    """Return who is compared."""
    base, *others = [case.name for case in comparison.cases]
    return f"{others[0] if len(others) == 1 else f'{len(others)} scenarios'} against {base}"


def _runs(comparison: Comparison) -> str:
    """Return how many runs the scenarios have and share, and how many failed."""
    every = [len(case.results.runs) for case in comparison.cases]
    counted = [len(usable(case.results.runs)) for case in comparison.cases]
    few, many, common = min(counted), max(counted), int(comparison.table["n"].min())
    text = f"{count(many, 'run')} each" if few == many else f"{few:,} to {count(many, 'run')}"
    text += "" if few == many == common else f", {common:,} in common"
    failed = sum(every) - sum(counted)
    return f"{text}, {count(failed, 'failed run')} left out" if failed else text


def _unchanged(comparison: Comparison) -> str:
    """Return which scenarios change nothing in any run."""
    same = unchanged(comparison)
    hidden = "" if {*same} <= {*others_of(comparison)} else ", not shown"
    return f"; no run differs in {listed(same)}{hidden}" if same else ""


def _footer(comparison: Comparison) -> str:
    """Return the caveat and the provenance of a figure."""
    base, digest = comparison.cases[0], str(comparison.manifest["config_digest"])
    return footer(base.scenario, base.results.manifest, "comparison", digest, CAVEAT)
