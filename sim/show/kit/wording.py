"""Say numbers in words: shares with their interval, counts, and where a figure's numbers come from."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.ensemble.estimate.knowledge import Knowledge
from sim.ensemble.estimate.weights import Bools, Weights
from sim.ensemble.store.results import Results
from sim.show.kit.page import Words
from sim.show.kit.typeset import NO_BREAK
from sim.tell.certainty import SAMPLING_ALONE, weighing
from sim.tell.estimate import Estimate
from sim.tell.lookup import Lookup, share
from sim.tell.numbers import to_figures
from sim.world.scenario import Scenario

CAVEAT = "Simulated under this scenario's assumptions; not a forecast."
DIGEST_LENGTH = 12


def share_of(happened: Bools, weights: Weights | None = None, known: Knowledge | None = None) -> str:
    """Return the share of runs in which something happened, with its interval; see `sim.tell.lookup.share`."""
    return share(happened, weights, known=known).tight


def both_of(happened: Bools, known: Knowledge) -> str:
    """Return the share of runs in which something happened, with its intervals: `80 % [55, 93] ±1`.

    Parameters
    ----------
    happened, known
        In which runs, of at least one, and what is known of them; without more than their number, of sampling alone.
    """
    found = share(happened, known.weights, known=known)
    return f"{found.tight}{NO_BREAK}{found.sampling}" if found.is_known else found.tight


def interval_words(scenario: Scenario) -> str:
    """Return what the intervals of shares are."""
    return f"95 % Wilson intervals {SAMPLING_ALONE}" if scenario.tilt is None else "90 % intervals of knowledge"


def number_words(scenario: Scenario) -> str:
    """Return what the intervals of amounts and days are."""
    if scenario.tilt is None:
        return f"95 % intervals {SAMPLING_ALONE}"
    return "90 % intervals of knowledge, between which one war brings its own number"


def brackets_note(scenario: Scenario) -> str:
    """Return what the brackets of `both_of` are, and what stands behind them."""
    return interval_words(scenario) + ("" if scenario.tilt is None else "; \N{PLUS-MINUS SIGN}: 95 % of sampling")


def reach_of(shares: Sequence[Estimate]) -> str:
    """Return how far the widest interval of shares reaches from its estimate, in points."""
    reach = max(max(share.point - share.bounds[0], share.bounds[1] - share.point) for share in shares)
    return f"{to_figures(100.0 * reach, 2):g}"


def share_alone(happened: Bools, weights: Weights | None = None) -> str:
    """Return the share of `share_of` for where its interval has no room and is told elsewhere."""
    return share(happened, weights).alone


def count(number: int, noun: str) -> str:
    """Return a number and its noun, such as `10,000 runs` or `1 run`."""
    return f"{number:,}{NO_BREAK}{noun}{'' if number == 1 else 's'}"


def listed(items: Sequence[str]) -> str:
    """Return items as words: `7`, `7 and 14`, `7, 14 and 30`.

    Parameters
    ----------
    items
        At least one.
    """
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def day_of(results: Results, scenario: Scenario, place: str) -> str:
    """Return the median day on which a place falls where it does, with its interval; it falls at least once."""
    return f"day {Lookup(results, scenario).find('seat_fall_day_given_fall_q50', place)}".replace(" ", NO_BREAK)


def words(results: Results, scenario: Scenario, title: str, shown: str, note: str) -> Words:
    """Return what a figure says: its finding, what is shown of which runs, and where it comes from.

    Parameters
    ----------
    results, scenario
        The ensemble.
    title
        The finding with its number.
    shown
        What is shown, without a full stop.
    note
        Which interval is given, and other words that the reader needs; without a full stop.
    """
    config = scenario.config
    failed = len(results.runs) - int((results.runs["status"] == "ok").sum())
    runs = count(len(results.runs) - failed, "run")
    left_out = f", {count(failed, 'failed run')} left out" if failed else ""
    where = f"{config.scenario.name} in {config.world.name}, {runs}{left_out}"
    subtitle = f"{shown}. {where}; {note}.".replace(" %", f"{NO_BREAK}%")
    digest = str(results.manifest["config_digest"])
    return Words(title, subtitle, footer(scenario, results.manifest, "config", digest))


def footer(scenario: Scenario, manifest: Mapping[str, Any], of: str, digest: str, caveat: str = CAVEAT) -> str:
    """Return the caveat, what runs weigh if that is asked, and the provenance of a figure.

    Parameters
    ----------
    scenario, manifest
        What was run, and what its results tell about themselves.
    of, digest
        What the figure is of, such as a sweep, and the digest of that.
    caveat
        What the reader must know.
    """
    weighed = weighing(scenario.config)
    parts = (
        *([weighed] if weighed else []),
        f"world {scenario.config.world.name}",
        f"seed {manifest['seed']}",
        f"{of} {digest[:DIGEST_LENGTH]}",
        f"world tables {str(manifest['world_digest'])[:DIGEST_LENGTH]}",
    )
    return f"{caveat}\n" + ", ".join(part.replace(" ", NO_BREAK) for part in parts)
