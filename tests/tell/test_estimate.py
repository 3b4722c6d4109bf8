"""Numbers as values: as many digits as the interval supports, `never`, and one way to say each kind."""

import math
import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.ensemble.estimate.intervals import wilson_interval
from sim.tell.estimate import LESS, MORE, NO_BREAK, Estimate, Kind, Number, Range, alike, difference, in_full, kind_of
from sim.tell.lookup import mean, median, share
from sim.tell.numbers import rounded, to_figures, whole_percent

NAN = float("nan")
Triple = tuple[float, float, float]


def percent(point: float, low: float, high: float) -> str:
    return str(Estimate(point, low, high, Kind.SHARE))


def amount(point: float, low: float, high: float) -> str:
    return str(Estimate(point, low, high))


def told(rows: Sequence[Triple], kind: Kind) -> list[str]:
    """Return what stands below each other."""
    return [str(estimate) for estimate in alike([Estimate(*row, kind) for row in rows])]


@pytest.mark.parametrize(
    ("k", "n", "text"),
    [
        (4_137, 10_000, "41 % [40, 42]"),
        (9_550, 10_000, "95.5 % [95.1, 95.9]"),
        (0, 40, "0 % [0, 9]"),
        (40, 40, "100 % [91, 100]"),
        (0, 10_000, "0 % [0, 0.04]"),
        (9_999, 10_000, ">99.9 % [99.9, >99.9]"),
        (1, 10_000, "0.01 % [<0.01, 0.06]"),
        (412_345, 1_000_000, "41.2 % [41.1, 41.3]"),
        (999_600, 10_000_000, "10.0 % [9.98, 10.0]"),
    ],
)
def test_percent_has_the_digits_that_its_interval_supports(k: int, n: int, text: str) -> None:
    assert percent(k / n, *wilson_interval(k, n)) == text


@given(n=st.integers(1, 10**7), data=st.data())
def test_percent_never_has_more_than_three_significant_figures(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    for number in re.findall(r"[\d.]+", percent(k / n, *wilson_interval(k, n))):
        assert len(number.replace(".", "").lstrip("0")) <= 3


@given(n=st.integers(1, 10**7), data=st.data())
def test_only_certainty_is_written_as_0_or_100(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    said = share(np.arange(n) < k, kind=Kind.POINTS).told.number
    assert (said == "0") == (k == 0)
    assert (said == "100") == (k == n)


def test_percent_without_bounds_has_none() -> None:
    assert percent(0.414, NAN, NAN) == "41 %"


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        ((412_345.0, 405_000.0, 419_000.0), "410,000 [410,000, 420,000]"),
        ((412_345.0, 412_300.0, 412_390.0), "412,000 [412,000, 412,000]"),
        ((96.4, 92.0, 101.0), "96 [92, 101]"),
        ((0.99999, 0.9999, 1.0), "1.00 [1.00, 1.00]"),
        ((0.314, 0.31, 0.318), "0.314 [0.310, 0.318]"),
        ((3.42, 3.38, 3.45), "3.42 [3.38, 3.45]"),
        ((70.0, 0.0, 210.0), "100 [0, 200]"),
        ((40.0, 0.0, 210.0), "<100 [0, 200]"),
        ((0.0, 0.0, 0.0), "0 [0, 0]"),
        ((5.0, 5.0, 5.0), "5.00 [5.00, 5.00]"),
        ((18_412.0, 17_000.0, NAN), "20,000"),
        ((0.0, 0.0, NAN), "0"),
    ],
)
def test_amount_has_the_digits_that_its_interval_supports(estimate: tuple[float, float, float], text: str) -> None:
    assert amount(*estimate) == text


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e9))
def test_amount_never_has_more_than_three_significant_figures(a: float, b: float, c: float) -> None:
    low, middle, high = sorted((a, b, c))
    for number in re.findall(r"[\d.,]*\d", amount(middle, low, high)):
        digits = number.replace(",", "")
        assert len(digits.replace(".", "").lstrip("0") if "." in digits else digits.rstrip("0")) <= 3


@given(st.floats(1e-3, 1e9), st.floats(0.0, 1.0), st.floats(1.0, 10.0))
def test_amount_is_off_by_less_than_its_interval_is_wide(middle: float, below: float, above: float) -> None:
    low, high = middle * below, middle * above
    text = Estimate(middle, low, high).told.number.replace(",", "")
    if not text.startswith("<"):
        assert abs(float(text) - middle) <= max(high - low, 0.005 * middle) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        ((12.14, 10.83, 13.38), "+12.1 [+10.8, +13.4]"),
        ((-93_214.0, -117_000.0, -69_000.0), "−93,000 [−117,000, −69,000]"),
        ((0.0, -0.9, 0.9), "0 [−0.9, +0.9]"),
        ((0.0, 0.0, 0.0), "0 [0, 0]"),
        ((3.25, 3.25, 3.25), "+3.25 [+3.25, +3.25]"),
        ((5.4, NAN, NAN), "+5"),
    ],
)
def test_a_difference_has_one_digit_more_than_its_interval_supports(
    estimate: tuple[float, float, float], text: str
) -> None:
    assert str(Estimate(*estimate, Kind.CHANGE)) == text


def test_differences_below_each_other_have_as_many_decimals() -> None:
    column = [(399.0, 388.0, 410.0), (8.1, 4.4, 12.4), (-0.06, -0.1, 0.02), (0.0, 0.0, 0.0)]
    assert told(column, Kind.CHANGE) == ["+399 [+388, +410]", "+8 [+4, +12]", "<0.5", "0 [0, 0]"]
    assert told([(2.5, 2.31, 2.69), (-0.7, -1.2, -0.2), (1.0, -3.0, 5.0)], Kind.CHANGE) == [
        "+2.5 [+2.3, +2.7]",
        "−0.7 [−1.2, −0.2]",
        "+1.0 [−3.0, +5.0]",
    ]


def test_estimates_below_each_other_have_as_many_decimals() -> None:
    shares = [(0.12, 0.08, 0.17), (0.034, 0.021, 0.055), (0.0, 0.0, 0.004), (1.0, 0.96, 1.0)]
    assert told(shares, Kind.SHARE) == ["12 % [8, 17]", "3 % [2, 6]", "0 % [0, <1]", "100 % [96, 100]"]
    close = [(0.12, 0.117, 0.123), (0.034, 0.031, 0.037)]
    assert told(close, Kind.SHARE) == ["12.0 % [11.7, 12.3]", "3.4 % [3.1, 3.7]"]
    assert told([(0.414, NAN, NAN), (0.056, NAN, NAN)], Kind.SHARE) == ["41 %", "6 %"]
    amounts = [(1_234.0, 1_200.0, 1_270.0), (87.6, 80.1, 95.0)]
    assert told(amounts, Kind.AMOUNT) == ["1,230 [1,200, 1,270]", "90 [80, 100]"]
    assert alike([]) == []


@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 3).map(lambda t: (sorted(t)[1], min(t), max(t))), min_size=1))
def test_a_column_of_differences_never_mixes_decimals(column: list[Triple]) -> None:
    numbers = [
        number for text in told(column, Kind.CHANGE) for number in re.findall(r"[\d.,]*\d", text.partition("<")[0])
    ]
    assert len({len(number.partition(".")[2]) for number in numbers if number != "0"}) <= 1


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(7.5, 0, 8), (22.5, 0, 23), (-2.5, 0, -3), (28.499999999999996, 0, 29), (0.285, 2, 0.29), (45_000.0, -4, 50_000)],
)
def test_a_half_is_rounded_away_from_0(value: float, decimals: int, shown: float) -> None:
    assert rounded(value, decimals) == shown


@given(st.floats(-1e9, 1e9), st.integers(-6, 6))
def test_a_rounded_number_is_half_a_step_off_at_most(value: float, decimals: int) -> None:
    off = abs(rounded(value, decimals) - value)
    assert off <= 0.5 * 10.0**-decimals + 1e-11 * abs(value)
    assert rounded(-value, decimals) == -rounded(value, decimals)


def test_significant_figures_count_from_the_first() -> None:
    assert [to_figures(value, 2) for value in (4_250.0, 0.0125, 9.96, -0.965, 0.0)] == [4_300, 0.013, 10, -0.97, 0]
    assert to_figures(float("inf"), 2) == float("inf")


def test_shares_without_an_interval_are_whole() -> None:
    assert [whole_percent(share) for share in (0.075, 0.225, 1.0)] == ["8 %", "23 %", "100 %"]


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        ((20.0, 10.0, 30.0), (4_000.0, 3_000.0, 5_000.0), "20 to 4,000"),
        ((1.04, 1.03, 1.05), (2.3, 2.2, 2.4), "1.0 to 2.3"),
        ((0.175, 0.174, 0.176), (0.4, 0.3, 0.5), "0.2 to 0.4"),
        ((0.0, 0.0, 0.0), (2.3, 2.2, 2.4), "0 to 2.3"),
        ((0.0, 0.0, 0.0), (3.0, 3.0, 3.0), "0 to 3"),
        ((0.0, 0.0, 0.0), (0.0, 0.0, 7.0), "0"),
    ],
)
def test_a_range_of_runs_has_as_many_decimals_at_both_ends(
    low: tuple[float, float, float], high: tuple[float, float, float], text: str
) -> None:
    assert Range(Estimate(*low), Estimate(*high)).told.number == text


@pytest.mark.parametrize(
    ("point", "known", "text"),
    [
        (0.34, (0.0, 2.0), "0.34 [0, 2]"),
        (2.81, (2.0, 4.0), "2.8 [2, 4]"),
        (7.61, (1.0, 19.0), "7.6 [1, 19]"),
        (0.96, (0.31, 2.26), "0.96 [0.31, 2.3]"),
    ],
)
def test_ends_that_are_whole_numbers_of_one_war_are_told_whole(
    point: float, known: tuple[float, float], text: str
) -> None:
    assert str(Estimate(point, point - 0.04, point + 0.04, known=known)) == text


def test_a_range_of_shares_leaves_intervals_out() -> None:
    low, high = alike([Estimate(0.12, 0.11, 0.13, Kind.SHARE), Estimate(0.45, 0.44, 0.46, Kind.SHARE)])
    assert Range(low, high).told.number == "12 % to 45 %"
    assert Range(low, low).told.number == "12 %"
    wide = (0.0, 0.91, 0.0, 0.02), (0.0901, 0.23, 0.09, 0.02), (0.003, 0.009, 0.001, 0.002)
    for (first, last, *widths), text in zip(wide, ("0 % to 91 %", "9 % to 23 %", "0.3 % to 0.9 %"), strict=True):
        ends = (
            Estimate(at, at - width, at + width, Kind.SHARE) for at, width in zip((first, last), widths, strict=True)
        )
        assert Range(*ends).told.number == text
    assert Range(low, Estimate(NAN, n=0, kind=Kind.SHARE)).told.number == "no runs"


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        ((9.0, 8.0, 10.0, 40), "9 [8, 10]"),
        ((9.0, 8.0, NAN, 40), "9 [8, never]"),
        ((NAN, 8.0, NAN, 40), "never [8, never]"),
        ((NAN, NAN, NAN, 40), "never"),
        ((NAN, NAN, NAN, 0), "no runs"),
    ],
)
def test_a_day_that_does_not_come_is_never(estimate: tuple[float, float, float, int], text: str) -> None:
    point, low, high, n = estimate
    assert str(Estimate(point, low, high, Kind.DAY, n)) == text


def test_a_number_and_its_interval_are_told_apart_or_together() -> None:
    found = Estimate(0.41, 0.4, 0.42, Kind.SHARE)
    assert found.told == ("41 %", "[40, 42]")
    assert found.alone == f"41{NO_BREAK}%"
    assert found.tight == f"41{NO_BREAK}%{NO_BREAK}[40,{NO_BREAK}42]"
    assert str(Estimate(0.41, 0.4, 0.42, Kind.POINTS)) == "41 [40, 42]"


def test_a_difference_is_marked_where_its_interval_excludes_0() -> None:
    marked = [(12.0, 2.0, 22.0), (-17.0, -29.0, -5.0), (10.0, -30.0, 50.0)]
    assert told(marked, Kind.MARKED) == [f"{MORE} +12 [+2, +22]", f"{LESS} −17 [−29, −5]", "+10 [−30, +50]"]


def test_differences_of_shares_are_in_points_and_of_amounts_in_their_unit() -> None:
    assert str(difference(0.12, 0.1, 0.14, "probability")) == "+12.0 [+10.0, +14.0]"
    assert str(difference(0.12, 0.1, 0.14, "factions")) == "+0.120 [+0.100, +0.140]"
    assert [kind_of(unit) for unit in ("share", "day", "persons")] == [Kind.SHARE, Kind.DAY, Kind.AMOUNT]


def test_what_is_counted_is_whole_where_it_is_certain() -> None:
    assert str(Estimate(3.0, 3.0, 3.0, Kind.COUNT)) == "3"
    assert str(Estimate(0.22, 0.17, 0.27, Kind.COUNT)) == "0.2 [0.2, 0.3]"


def test_settings_have_all_their_decimals_and_those_of_a_column_as_many() -> None:
    assert [number.told.number for number in in_full([2.0, 3.25, 1e-6])] == ["2.000000", "3.250000", "0.000001"]
    assert [number.told.number for number in in_full([120.0, 1e7])] == ["120", "10,000,000"]
    assert Number(45.678, 1, " %").told.number == "45.7 %"


def test_estimates_of_runs_are_values_with_their_n() -> None:
    values = np.arange(1.0, 101.0)
    assert share(np.arange(4) < 3) == Estimate(0.75, *wilson_interval(3, 4), Kind.SHARE, 4)
    assert (mean(values).point, median(values).point) == (50.5, 50.0)
    assert mean(np.array([0.0, 0.0, 1.0])).low == 0.0  # an amount is never below
    assert math.isnan(mean(np.array([2.0])).low)
    assert str(median(values[:3])) == "2"  # three runs bound nothing


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.803, 0.795, 0.811, Kind.SHARE, known=(0.551, 0.934)), "80 % [55, 93]"),
        (Estimate(0.004, 0.003, 0.006, Kind.SHARE, known=(0.002, 0.011)), "0.4 % [0.2, 1.1]"),
        (Estimate(0.004, 0.003, 0.006, Kind.POINTS, known=(0.002, 0.011)), "0.4 [0.2, 1.1]"),
        (Estimate(0.0, 0.0, 0.002, Kind.SHARE, known=(0.0, 0.02)), "0 % [0, 2]"),
        (Estimate(8_432.0, 8_310.0, 8_560.0, known=(1_934.0, 20_345.0)), "8,400 [1,900, 20,000]"),
        (Estimate(80_212.0, 75_000.0, 86_000.0, known=(23.0, 351_222.0)), "80,000 [23, 350,000]"),
        (Estimate(0.481, 0.47, 0.49, known=(0.1333, 0.8911)), "0.48 [0.13, 0.89]"),
        (Estimate(45.0, 43.0, 47.0, Kind.DAY, known=(15.0, NAN)), "45 [15, never]"),
    ],
)
def test_what_is_known_is_told_before_how_many_runs_there_were(estimate: Estimate, text: str) -> None:
    assert str(estimate) == text
    assert estimate.bounds == estimate.known
    assert str(estimate.of_sampling) != text


def test_how_far_sampling_reaches_is_told_in_one_figure() -> None:
    assert Estimate(0.803, 0.795, 0.811, Kind.SHARE, known=(0.551, 0.934)).sampling == "±0.8"
    assert Estimate(0.8, 0.7, 0.93, Kind.SHARE).sampling == "±10"
    assert Estimate(0.8, kind=Kind.SHARE).sampling == ""


def test_shares_whose_knowledge_is_told_below_each_other_are_whole() -> None:
    shares = [Estimate(p, p, p, Kind.SHARE, known=(p / 2.0, 2.0 * p)) for p in (0.34, 0.004)]
    assert list(map(str, alike(shares))) == ["34 % [17, 68]", "<1 % [<1, 1]"]
