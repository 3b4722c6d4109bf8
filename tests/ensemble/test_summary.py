"""Words and tables for people: honest digits, `never`, and every number with its interval and n."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from sim.ensemble.intervals import wilson_interval
from sim.ensemble.losses import regime_places
from sim.ensemble.reporter import Reporter, _duration
from sim.ensemble.results import Results
from sim.ensemble.summary import summary_markdown, summary_table
from sim.ensemble.wording import day, percent
from tests.ensemble.small import COMMAND, lines_to, run_small, small_scenario

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


def test_seats_most_at_risk_come_first(results: Results) -> None:
    rows = results.estimates[results.estimates["quantity"] == "seat_fall_by_day"]
    last = rows[rows["day"] == 30].set_index("entity")["estimate"]
    text = summary_markdown(results, small_scenario())
    order = re.findall(r"\| [^|]*\((\S+)\) \|", text)
    assert list(last[order]) == sorted(last, reverse=True)


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
    monkeypatch.setattr("sim.ensemble.reporter.SECONDS_BETWEEN_LINES", 0.0)
    with lines_to(stream).count(1_000, 200) as advance:
        advance(100)
        advance(700)
    lines = stream.getvalue().splitlines()
    assert re.fullmatch(r"300 of 1,000 runs, \S+ a second, .+ left", lines[0])
    assert re.fullmatch(r"1,000 of 1,000 runs, \S+ a second", lines[-1])


def test_a_terminal_gets_a_bar() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=100)
    with Reporter(console).count(10, 0) as advance:
        advance(10)
    assert "10 of 10 runs" in stream.getvalue()


@pytest.mark.parametrize(("seconds", "text"), [(4.4, "4 s"), (65, "1 min 5 s"), (3_600 * 26 + 125, "26 h 2 min")])
def test_durations_have_two_units(seconds: float, text: str) -> None:
    assert _duration(seconds) == text


def test_summary_of_a_folder_is_stored(results: Results) -> None:
    assert (Path(results.folder) / "summary.md").read_text() == summary_markdown(results, small_scenario())
