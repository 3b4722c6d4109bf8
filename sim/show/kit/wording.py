"""Say numbers in words: shares with their interval, counts, and where a figure's numbers come from."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.ensemble.estimate.intervals import mean_interval, quantile_ranks, wilson_interval
from sim.ensemble.store.results import Results
from sim.show.kit.page import Words
from sim.show.kit.typeset import NO_BREAK
from sim.tell.numbers import amount, day, percent
from sim.world.scenario import Scenario

CAVEAT = "Simulated under this scenario's assumptions; not a forecast."
DIGEST_LENGTH = 12


def share_of(happened: int, n_runs: int) -> str:
    """Return the share of runs in which something happened, with its 95 % Wilson interval.

    Parameters
    ----------
    happened, n_runs
        Numbers of runs; of at least one.
    """
    low, high = wilson_interval(happened, n_runs)
    return percent(happened / n_runs, low, high).replace(" ", NO_BREAK)


def share_alone(happened: int, n_runs: int) -> str:
    """Return the share of `share_of` for where its interval has no room and is told elsewhere.

    Parameters
    ----------
    happened, n_runs
        Numbers of runs; of at least one.
    """
    return share_of(happened, n_runs).split(f"{NO_BREAK}[", maxsplit=1)[0]


def mean_of(values: npt.NDArray[np.float64]) -> str:
    """Return the mean of an amount over runs, with its 95 % interval.

    Parameters
    ----------
    values
        (run,), at least one, all at least 0.
    """
    mean, low, high = mean_interval(values)
    return amount(mean, low if math.isnan(low) else max(low, 0.0), high).replace(" ", NO_BREAK)


def median_of(values: npt.NDArray[np.float64]) -> str:
    """Return the median of an amount over runs, with its 95 % interval by order statistics.

    Parameters
    ----------
    values
        (run,), at least one, all at least 0.
    """
    return amount(*_median(values)).replace(" ", NO_BREAK)


def mean_share(values: npt.NDArray[np.float64]) -> str:
    """Return `mean_of` shares, in percent."""
    mean, low, high = mean_interval(values)
    return percent(mean, low if math.isnan(low) else max(low, 0.0), high).replace(" ", NO_BREAK)


def median_share(values: npt.NDArray[np.float64]) -> str:
    """Return `median_of` shares, in percent."""
    return percent(*_median(values)).replace(" ", NO_BREAK)


def _median(values: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """Return a median with its interval, NaN for a bound that so few runs do not give."""
    rank, low, high = quantile_ranks(len(values), 0.5)
    ordered = np.concatenate([[math.nan], np.sort(values), [math.nan]])
    return float(ordered[rank]), float(ordered[low]), float(ordered[high])


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
    words_of_day = day(float(row["estimate"]), float(row["low"]), float(row["high"]), int(row["n"]))
    return f"day {words_of_day}".replace(" ", NO_BREAK)


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
    subtitle = f"{shown}. {where}; {note}.".replace(" %", f"{NO_BREAK}%")
    digest = str(results.manifest["config_digest"])
    return Words(title, subtitle, footer(scenario, results.manifest, "config", digest))


def footer(scenario: Scenario, manifest: Mapping[str, Any], of: str, digest: str, caveat: str = CAVEAT) -> str:
    """Return the caveat and the provenance of a figure.

    Parameters
    ----------
    scenario, manifest
        What was run, and what its results tell about themselves.
    of, digest
        What the figure is of, such as a sweep, and the digest of that.
    caveat
        What the reader must know.
    """
    parts = (
        f"world {scenario.config.world.name}",
        f"seed {manifest['seed']}",
        f"{of} {digest[:DIGEST_LENGTH]}",
        f"world tables {str(manifest['world_digest'])[:DIGEST_LENGTH]}",
    )
    return f"{caveat}\n" + ", ".join(part.replace(" ", NO_BREAK) for part in parts)
