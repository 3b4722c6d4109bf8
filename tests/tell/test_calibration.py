"""What a calibration tells: numbers that know how to say themselves."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd

from sim.study.calibrate.calibrate import Calibration
from sim.study.calibrate.identification import identification
from sim.tell.calibration import CURVE, kept_section, learnt


def test_each_kept_share_tells_its_scores_with_an_error_either_way() -> None:
    rows = [
        {"share": share, "family": family, "score": 1.0 + share, "error": 0.25, "folds": 3, "is_chosen": share == 1.0}
        for share in (1.0, 0.5)
        for family in CURVE
    ]
    section = kept_section(pd.DataFrame(rows))
    assert section.rows[0] == ("100 % (chosen)", *["2.00 [1.75, 2.25]"] * len(CURVE), "3")
    assert section.rows[1] == ("50 %", *["1.50 [1.25, 1.75]"] * len(CURVE), "3")
    assert all(column.is_number for column in section.columns[1:])


def test_what_was_learnt_is_told_in_numbers_negative_ones_too() -> None:
    ranges = {"morale.margin_base": (-1.6, 0.6), "attrition.rate": (0.00032, 0.0007)}
    low, high = np.array(list(ranges.values())).T
    vectors = low + (high - low) * np.linspace(0.0, 1.0, 101)[:, None]
    weights = np.where(np.arange(101) < 11, 1.0, 0.0)  # the lowest tenth is kept
    found = identification(ranges, vectors, weights, losses=vectors[:, 0] - low[0])
    section = learnt(cast("Calibration", SimpleNamespace(identification=found)))
    told = {row[0]: row[1:] for row in section.rows}
    assert told["morale.margin_base"] == ("-1.6", "0.6", "-1.59", "-1.49", "-1.39", "0.11", "", "+1.00")
    assert told["attrition.rate"] == ("0.00032", "0.0007", "0.000322", "0.000339", "0.000356", "0.11", "", "+1.00")
