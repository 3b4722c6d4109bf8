"""Tell how often intervals of knowledge held what happened: amounts and days by their ranges, chances by groups."""

from __future__ import annotations

import pandas as pd

from sim.study.score.families import FAMILIES
from sim.tell.estimate import Estimate, Kind, Number
from sim.tell.section import Column, Section

TITLES = {family.name: family.title for family in FAMILIES}
PER_CENT, FACTOR_DECIMALS = 100.0, 1


def coverage_section(coverage: pd.DataFrame) -> Section:
    """Return how often ranges of 90 % held what happened.

    Parameters
    ----------
    coverage
        See `sim.study.score.coverage.coverage`.
    """
    return Section(
        "How often ranges of 90 % held what happened",
        [
            Column("what is told", [TITLES[name] for name in coverage["family"]]),
            Column("items", coverage["n"].astype(int).tolist()),
            Column("wars", coverage["worlds"].astype(int).tolist()),
            Column("within the range of runs", _percent(coverage["held"])),
            Column("told wider by", [Number(factor, FACTOR_DECIMALS) for factor in coverage["factor"]]),
            Column("within what is told, left out", _percent(coverage["held_left_out"])),
        ],
    )


def reliability_section(groups: pd.DataFrame) -> Section:
    """Return what was told of chances in groups of wars, beside the share of each that went yes.

    Parameters
    ----------
    groups
        See `sim.study.score.coverage.reliability`.
    """
    told = zip(groups["told"], groups["low"], groups["high"], strict=True)
    seen = zip(groups["happened"], groups["from"], groups["to"], strict=True)
    return Section(
        "Chances in thirds, from the smallest to the largest",
        [
            Column("what is told", [TITLES[name] for name in groups["family"]]),
            Column("items", groups["n"].astype(int).tolist()),
            Column("told, mean, with 90 % of knowledge", [_share(*three) for three in told]),
            Column("happened, with 95 % Wilson", [_share(*three) for three in seen]),
            Column("within what is told", ["yes" if held else "no" for held in groups["is_within"]]),
            Column("may be, as so few tell", ["yes" if may else "no" for may in groups["may_be"]]),
        ],
    )


def _percent(shares: pd.Series) -> list[Number]:
    """Return shares in percent."""
    return [Number(PER_CENT * share, 0, " %") for share in shares]


def _share(point: float, low: float, high: float) -> Estimate:
    """Return a share with an interval, in whole percent."""
    return Estimate(point, low, high, Kind.SHARE, decimals=0)
