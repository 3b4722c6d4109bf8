"""Words and tables for people: honest digits, `never`, and every number with its interval and n."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from sim.ensemble.estimate.estimates import estimate_all
from sim.ensemble.estimate.intervals import wilson_interval
from sim.ensemble.estimate.losses import regime_places
from sim.ensemble.run.reporter import Reporter, _duration
from sim.ensemble.store.results import Results
from sim.ensemble.store.schema import names_of
from sim.tell.numbers import (
    amount,
    amounts,
    change,
    changes,
    day,
    percent,
    percents,
    points,
    rounded,
    span,
    spread,
    to_figures,
    whole_percent,
)
from sim.tell.sections import Section, sections
from sim.tell.summary import markdown_table, summary_markdown, summary_table
from sim.world.scenario import Scenario
from tests.ensemble.small import COMMAND, lines_to, quiet_runs, run_small, small_names, small_scenario
from tests.worlds import WORLDS, scenario_of

NAN = float("nan")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run_small(tmp_path_factory.mktemp("results"))


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
    share = percent(k / n, *wilson_interval(k, n)).split(" ")[0]
    assert (share == "0") == (k == 0)
    assert (share == "100") == (k == n)


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
    text = amount(middle, low, high).split(" [")[0].replace(",", "")
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
    assert change(*estimate) == text


def test_differences_below_each_other_have_as_many_decimals() -> None:
    column = [(399.0, 388.0, 410.0), (8.1, 4.4, 12.4), (-0.06, -0.1, 0.02), (0.0, 0.0, 0.0)]
    assert changes(column) == ["+399 [+388, +410]", "+8 [+4, +12]", "<0.5", "0 [0, 0]"]
    assert changes([(2.5, 2.31, 2.69), (-0.7, -1.2, -0.2), (1.0, -3.0, 5.0)]) == [
        "+2.5 [+2.3, +2.7]",
        "−0.7 [−1.2, −0.2]",
        "+1.0 [−3.0, +5.0]",
    ]


def test_estimates_below_each_other_have_as_many_decimals() -> None:
    shares = [(0.12, 0.08, 0.17), (0.034, 0.021, 0.055), (0.0, 0.0, 0.004), (1.0, 0.96, 1.0)]
    assert percents(shares) == ["12 % [8, 17]", "3 % [2, 6]", "0 % [0, <1]", "100 % [96, 100]"]
    assert percents([(0.12, 0.117, 0.123), (0.034, 0.031, 0.037)]) == ["12.0 % [11.7, 12.3]", "3.4 % [3.1, 3.7]"]
    assert percents([(0.414, NAN, NAN), (0.056, NAN, NAN)]) == ["41 %", "6 %"]
    assert amounts([(1_234.0, 1_200.0, 1_270.0), (87.6, 80.1, 95.0)]) == ["1,230 [1,200, 1,270]", "90 [80, 100]"]
    assert percents([]) == amounts([]) == changes([]) == []


@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 3).map(lambda t: (sorted(t)[1], min(t), max(t))), min_size=1))
def test_a_column_of_differences_never_mixes_decimals(column: list[tuple[float, float, float]]) -> None:
    numbers = [number for text in changes(column) for number in re.findall(r"[\d.,]*\d", text.partition("<")[0])]
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
    assert spread(low, high) == text


def test_a_span_leaves_intervals_out() -> None:
    assert span("12 % [11, 13]", "45 % [44, 46]") == "12 % to 45 %"
    assert span("0 [0, 0]", "0 [0, 7]") == "0"


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
    assert day(*estimate) == text


def test_summary_tells_every_seat_with_interval_and_n(results: Results) -> None:
    scenario = small_scenario()
    text = summary_markdown(results, scenario)
    assert "n = 40 runs" in text
    assert f"`{COMMAND}`" in text
    assert "nan" not in text.lower()
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    for seat in regime_places(scenario):
        (row,) = (row for row in rows if f"({seat})" in row)
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 4
        assert all(re.fullmatch(r"[<>]?[\d.]+ % \[.+, .+\]", cell) for cell in cells[1:3])
        assert re.fullmatch(r"never|(\d+|never) \[.+, .+\]", cells[3])


def seats_in_order(results: Results, shares: Mapping[str, Sequence[float]]) -> list[str]:
    """Return the seats in the order of their table, with made up shares of runs in which they fall by the days."""
    made = results.estimates.copy()
    for seat, by_days in shares.items():
        made.loc[(made["quantity"] == "seat_fall_by_day") & (made["entity"] == seat), "estimate"] = by_days
    names = [row[0] for section in sections(replace(results, estimates=made), small_scenario()) for row in section.rows]
    found = [name.rpartition("(")[2].rstrip(")") for name in names]
    return [name for name in found if name in shares]


def test_a_seat_that_is_at_more_risk_by_every_day_comes_first(results: Results) -> None:
    shares = {seat: (rank % 4 / 4.0, rank / 20.0) for rank, seat in enumerate(regime_places(small_scenario()))}
    order = seats_in_order(results, shares)
    assert sorted(order) == sorted(shares)
    for rank, first in enumerate(order):
        for later in order[rank + 1 :]:
            assert shares[later][0] < shares[first][0] or shares[later][1] < shares[first][1], (first, later)


def test_of_seats_that_fall_in_nearly_all_runs_those_that_fall_early_come_first(results: Results) -> None:
    early, late, *others = regime_places(small_scenario())
    shares = {late: (0.09, 1.0), early: (0.97, 0.99), **dict.fromkeys(others, (0.0, 0.0))}
    assert seats_in_order(results, shares)[:2] == [early, late]


def made_results(results: Results, scenario: Scenario, n: int) -> Results:
    """Return results of many runs whose neighbours differ: the further down a list, the further drawn in."""
    names = small_names()
    runs = quiet_runs(names, n)
    for k, state in enumerate(names.neighbours):
        level = (runs["run"] % 100).lt(3 * k + 1).mul(k + 1).add(runs["run"].eq(5).mul(3 - k))
        runs[f"level_max_{state}"] = level.astype("Int32")
        runs[f"refugees_{state}"] = 1000.0 * k * (runs["run"] % 10 + 1)
        runs[f"influence_{state}"] = 0.1 * k
    runs["displaced_peak"] = 1e5 + 1e3 * (runs["run"] % 49)
    estimates = estimate_all(runs, results.falls.iloc[:0], results.tolls.iloc[:0], scenario)
    return replace(results, frames={**results.frames, "runs": runs}, estimates=estimates)


def rows_of(text: str, title: str) -> list[list[str]]:
    """Return the cells below the header of one table of the page."""
    part = text.split(f"## {title}")[1].split("\n\n")[1]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines()[2:]]


def test_spillover_comes_first_with_a_share_for_each_level(results: Results) -> None:
    scenario, names = small_scenario(), small_names()
    made = made_results(results, scenario, 1_000)
    first = sections(made, scenario)[0]
    assert first.title.startswith("Spillover")
    assert first.title.endswith("n = 1,000 runs")
    assert first.header == (
        "neighbour",
        "0 calm",
        "1 alert",
        "2 border incident",
        "3 organised violence",
        "4 civil war",
    )
    assert [row[0].split("(")[1] for row in first.rows] == [f"{state})" for state in reversed(names.neighbours)]
    states = [row[0].split("(")[1].strip(")") for row in first.rows]
    for level, cells in enumerate(zip(*(row[1:] for row in first.rows), strict=True)):
        counts = [int((made.runs[f"level_max_{state}"] == level).sum()) for state in states]
        assert list(cells) == points([(count / 1_000, *wilson_interval(count, 1_000)) for count in counts])


def test_shares_below_each_other_have_as_many_decimals_in_every_table(results: Results) -> None:
    scenario = small_scenario()
    for section in sections(made_results(results, scenario, 100_000), scenario):
        for column in zip(*section.rows, strict=True):
            shares = [cell for cell in column if "%" in cell]
            numbers = [number for cell in shares for number in re.findall(r"(?<![\d.<>])[\d.]+(?!\d)", cell)]
            decimals = {len(number.partition(".")[2]) for number in numbers if number not in ("0", "100")}
            assert len(decimals) <= 1, (section.title, shares)


def test_people_are_told_by_state_those_with_most_first(results: Results) -> None:
    scenario, names = small_scenario(), small_names()
    rows = rows_of(summary_markdown(made_results(results, scenario, 1_000), scenario), "People by day 30")
    assert rows[0] == ["refugees since day 0, in all states", "17,000 [16,000, 17,000]", "3,000 to 27,000"]
    assert [row[0].split("(")[-1] for row in rows[1:3]] == [f"{state})" for state in reversed(names.neighbours[1:])]
    (peak,) = (row for row in rows if row[0] == "displaced in their country, most at once")
    assert peak[1:] == ["124,000 [123,000, 125,000]", "104,000 to 143,000"]
    assert len(rows) == 6


def test_influence_is_a_share_with_the_range_of_runs(results: Results) -> None:
    scenario, names = small_scenario(), small_names()
    rows = rows_of(summary_markdown(made_results(results, scenario, 1_000), scenario), "Influence in")
    assert [row[0].split("(")[-1] for row in rows[:2]] == [f"{state})" for state in reversed(names.neighbours[1:])]
    assert rows[0][1:] == ["20 % [20, 20]", "20 %"]


def test_tables_are_no_wider_than_a_terminal_even_with_all_digits(results: Results) -> None:
    scenario = small_scenario()
    made = made_results(results, scenario, 100_000)
    stream = io.StringIO()
    Console(file=stream, width=120).print(summary_table(made, scenario))
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= 120
    assert not any("…" in line for line in lines)


@pytest.mark.parametrize("world", WORLDS)
def test_every_world_has_its_tables(world: str, results: Results) -> None:
    scenario = scenario_of(world)
    runs = quiet_runs(names_of(scenario.tables), 10)
    told = sections(
        replace(
            results,
            frames={**results.frames, "runs": runs},
            estimates=estimate_all(runs, results.falls.iloc[:0], results.tolls.iloc[:0], scenario),
        ),
        scenario,
    )
    assert [section.title.split()[0] for section in told][:2] == ["Spillover:", "The"]
    names = dict(scenario.tables.states[["id", "name"]].tolist())
    assert [row[0] for row in told[0].rows] == [f"{names[s]} ({s})" for s in scenario.tables.header.neighbours]
    has_extremists = bool(scenario.world[0]["is_extremist"].any())
    assert any(section.title.startswith("Extremist") for section in told) == has_extremists


def test_a_world_without_neighbours_has_no_table_of_them(results: Results) -> None:
    scenario = small_scenario()
    header = scenario.tables.header.model_copy(update={"neighbours": ()})
    alone = replace(scenario, tables=replace(scenario.tables, header=header))
    estimates = results.estimates[~results.estimates["quantity"].str.startswith("level_")]
    titles = [section.title for section in sections(replace(results, estimates=estimates), alone)]
    assert titles[0].startswith("The regime")


def test_a_single_run_and_none_can_be_told(results: Results) -> None:
    scenario = small_scenario()
    for runs in (results.runs.iloc[:1], results.runs.iloc[:0]):
        falls = results.falls.iloc[:0]
        few = replace(
            results,
            frames={**results.frames, "runs": runs, "falls": falls},
            estimates=estimate_all(runs, falls, results.tolls.iloc[:0], scenario),
        )
        assert "nan" not in summary_markdown(few, scenario).lower()


def test_the_terminal_shows_what_the_page_says(results: Results) -> None:
    stream = io.StringIO()
    Console(file=stream, width=120).print(summary_table(results, small_scenario()))
    shown = " ".join(stream.getvalue().split())
    for line in summary_markdown(results, small_scenario()).splitlines():
        if line.startswith("| ") and "---" not in line:
            for cell in line.strip("|").split("|"):
                assert cell.strip() in shown


def test_plain_progress_tells_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sim.ensemble.run.reporter.SECONDS_BETWEEN_LINES", 0.0)
    with lines_to(stream).count("runs", 1_000, 200) as advance:
        advance(100)
        advance(700)
    lines = stream.getvalue().splitlines()
    assert re.fullmatch(r"300 of 1,000 runs, \S+ a second, .+ left", lines[0])
    assert re.fullmatch(r"1,000 of 1,000 runs, \S+ a second", lines[-1])


def test_a_terminal_gets_a_bar() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=100)
    with Reporter(console).count("runs", 10, 0) as advance:
        advance(10)
    assert "10 of 10 runs" in stream.getvalue()


@pytest.mark.parametrize(("seconds", "text"), [(4.4, "4 s"), (65, "1 min 5 s"), (3_600 * 26 + 125, "26 h 2 min")])
def test_durations_have_two_units(seconds: float, text: str) -> None:
    assert _duration(seconds) == text


def test_summary_of_a_folder_is_stored(results: Results) -> None:
    assert (Path(results.folder) / "summary.md").read_text() == summary_markdown(results, small_scenario())


def test_a_name_cannot_break_the_table_of_a_page() -> None:
    table = markdown_table(Section("", ("what", "value"), (("=cmd|' /C calc'!A0", "1"),)))
    assert table.splitlines()[-1] == r"| =cmd\|' /C calc'!A0 | 1 |"
