"""Say how far a chance of a collapse may be trusted: what the runs say, and what a record as good as ours supports."""

from __future__ import annotations

import math

from sim.ensemble.estimate.estimates import COLLAPSE_RAW, COLLAPSE_SUPPORTED
from sim.ensemble.estimate.knowledge import FEWEST_REPEATS, VARIANCE, repeats, vectors_of
from sim.ensemble.estimate.rows import columns_of_runs
from sim.ensemble.store.results import Results
from sim.tell.estimate import Estimate
from sim.tell.lookup import Lookup
from sim.world.config import RunConfig
from sim.world.scenario import Scenario

RAW = "raw: every run counts alike"
KNOWN = (
    "In brackets: 90 % intervals of knowledge, of a chance by what the record and uncertain parameters leave open, of "
    "a mean or a median between which numbers one war will bring its own; how many runs were made adds little."
)
SAMPLING_ALONE = "of sampling alone (what is not known about the war is not in them)"
"""What is said of intervals that tell no more than how many runs were made, wherever they stand."""

OVER_SAME_RUNS = f"95 % intervals over the same runs, {SAMPLING_ALONE}"
OF_DIFFERENCES = f" Those of differences are {OVER_SAME_RUNS}."
SAMPLED = (
    f"In brackets: 95 % intervals {SAMPLING_ALONE}, Wilson for shares of runs, order statistics for median days, "
    "normal for means."
)
ENOUGH_PAIRS = 200  # whose intraclass correlation has a standard error of .07 or less
STRUCTURE = "which is a statement about the structure of the model under these inputs, not a certainty"


def certainty(results: Results, scenario: Scenario) -> str:
    """Return in a sentence or two how far the chance of a collapse may be trusted; nothing where that is not known.

    Parameters
    ----------
    results, scenario
        An ensemble.
    """
    lookup, tilt = Lookup(results, scenario), scenario.tilt
    if not lookup.n_usable:
        return ""
    share = lookup.find("collapse_by_day" if tilt is None else COLLAPSE_RAW)
    is_structure, by = share.point in (0.0, 1.0), f"by day {lookup.horizon}"
    runs = ("no run sees a collapse" if share.point == 0.0 else "every run sees a collapse") if is_structure else ""
    if tilt is None:
        raw = "" if scenario.config.weights else f"Shares are {RAW}."
        told = f"{runs[0].upper()}{runs[1:]} {by}, {STRUCTURE}." if runs else ""
        return " ".join(filter(None, (told, raw)))
    supported, rough = lookup.find(COLLAPSE_SUPPORTED), _roughly(results, scenario)
    if runs:
        return (
            f"{runs[0].upper()}{runs[1:]} {by}, {STRUCTURE}; a record as good as ours supports {supported} "
            f"(sampling {supported.sampling}). All runs weigh the same.{rough}"
        )
    balance = "" if math.isnan(scenario.morale_gap) else " at this balance of morale"
    return (
        f"P(the regime collapses {by}): raw {share.alone}, told {supported} (sampling {supported.sampling}), since "
        f"runs weigh as other wars{balance} teach: a record as good as ours supports {supported.alone}. They do so in "
        f"all numbers.{rough}"
    )


def _roughly(results: Results, scenario: Scenario) -> str:
    """Return in a sentence that few runs tell badly what parameters leave open; nothing where they tell it well."""
    if scenario.config.uncertainty.kind == "none":
        return ""
    runs = columns_of_runs(results, ())
    vectors, twins = vectors_of(runs, scenario), results.estimates[results.estimates["quantity"] == VARIANCE]["n"]
    pairs = 0 if vectors is None else repeats(vectors)
    if pairs < FEWEST_REPEATS:
        pairs = int(twins.max()) if len(twins) else 0
    if not pairs:
        return " What uncertain parameters leave open is not in the intervals: hardly two runs share theirs."
    rough = f" What uncertain parameters leave open is a rough guess from {pairs} pairs of runs that share theirs."
    return rough if pairs < ENOUGH_PAIRS else ""


def chance_of_collapse(lookup: Lookup, scenario: Scenario) -> Estimate:
    """Return how likely the regime collapses by the horizon: what the record supports, if that is asked."""
    return lookup.find("collapse_by_day" if scenario.tilt is None else COLLAPSE_SUPPORTED)


def intervals_note(scenario: Scenario) -> str:
    """Return what the intervals are that numbers of an ensemble are told with."""
    return SAMPLED if scenario.tilt is None else KNOWN


def weighing(config: RunConfig) -> str:
    """Return in few words what runs weigh; nothing where nobody asked for anything else than that all are alike."""
    tilt = config.tilt
    if tilt is None:
        return "" if config.weights else RAW
    return f"runs weighed by the record (a {tilt.intercept:g}, b {tilt.slope:g}, c {tilt.gap:g}, k {tilt.delay:g})"


def weighing_note(config: RunConfig) -> str:
    """Return `weighing` as a sentence of a note, with a space before it."""
    words = weighing(config)
    return f" {words[0].upper()}{words[1:]}." if words else ""
