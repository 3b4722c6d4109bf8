"""Say numbers in words: shares with their interval, counts, and where a figure's numbers come from."""

from collections.abc import Sequence

from sim.ensemble.intervals import wilson_interval
from sim.ensemble.results import Results
from sim.show.page import NO_BREAK, Words
from sim.world.scenario import Scenario

CAVEAT = "Simulated under this scenario's assumptions; not a forecast."
DIGEST_LENGTH = 12
FINER = (0.5, 0.05)  # half-widths of an interval, in points, below which one decimal more is shown
MOST_DECIMALS = 3
TWO_DIGITS = 10.0  # percent; from here on one decimal makes three significant figures


def percent(share: float, low: float, high: float) -> str:
    """Return a share with its interval, such as `41 % [40, 42]`, no more exact than the interval allows.

    Parameters
    ----------
    share, low, high
        The estimate and its interval, in [0, 1].
    """
    half_width = 50.0 * (high - low)
    decimals = sum(half_width < limit for limit in FINER)
    while decimals < MOST_DECIMALS and 0.0 < share < 1.0 and _points(share, decimals) in ("0", "100"):
        decimals += 1  # only what never, or always, happened reads so
    text = [_points(value, decimals) for value in (share, low, high)]
    return f"{text[0]} % [{text[1]}, {text[2]}]".replace(" ", NO_BREAK)


def share_of(happened: int, n_runs: int) -> str:
    """Return the share of runs in which something happened, with its 95 % Wilson interval.

    Parameters
    ----------
    happened, n_runs
        Numbers of runs; of at least one.
    """
    low, high = wilson_interval(happened, n_runs)
    return percent(happened / n_runs, low, high)


def share_alone(happened: int, n_runs: int) -> str:
    """Return the share of `share_of` for where its interval has no room and is told elsewhere.

    Parameters
    ----------
    happened, n_runs
        Numbers of runs; of at least one.
    """
    return share_of(happened, n_runs).split(f"{NO_BREAK}[", maxsplit=1)[0]


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


def day_of(results: Results, place: str) -> str:
    """Return the median day on which a place falls where it does, with its 95 % interval.

    Parameters
    ----------
    results
        An ensemble in which the place falls at least once.
    place
        Id of a location that the regime's side holds on day 0.
    """
    rows = results.estimates
    row = rows[(rows["quantity"] == "seat_fall_day_given_fall_q50") & (rows["entity"] == place)].iloc[0]
    return f"day {row['estimate']:.0f} [{row['low']:.0f}, {row['high']:.0f}]".replace(" ", NO_BREAK)


def words(results: Results, scenario: Scenario, *, title: str, shown: str, note: str) -> Words:
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
    return Words(title, f"{shown}. {where}; {note}.", _footer(results, scenario))


def _footer(results: Results, scenario: Scenario) -> str:
    """Return the caveat and the provenance of a figure."""
    manifest = results.manifest
    parts = (
        f"world {scenario.config.world.name}",
        f"seed {manifest['seed']}",
        f"config {str(manifest['config_digest'])[:DIGEST_LENGTH]}",
        f"world tables {str(manifest['world_digest'])[:DIGEST_LENGTH]}",
    )
    return f"{CAVEAT}\n" + ", ".join(part.replace(" ", NO_BREAK) for part in parts)


def _points(share: float, decimals: int) -> str:
    """Return a share in percent with no more than three significant figures."""
    points = 100.0 * share
    text = f"{points:.{decimals if points < TWO_DIGITS else min(decimals, 1)}f}"
    if decimals and text == "100.0" and share < 1.0:
        return "99.9"
    return {0.0: "0", 100.0: "100"}.get(float(text), text)
