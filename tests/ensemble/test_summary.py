"""Words and tables for people: honest digits, `never`, and every number with its interval and n."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from sim.ensemble.estimate.estimates import estimate_all
from sim.ensemble.estimate.losses import regime_places
from sim.ensemble.run.reporter import Reporter, _duration
from sim.ensemble.store.results import Results
from sim.ensemble.store.schema import names_of
from sim.tell.estimate import Kind, alike
from sim.tell.lookup import share
from sim.tell.section import Section
from sim.tell.sections import causes, highest_levels
from sim.tell.summary import (
    markdown_code,
    markdown_table,
    markdown_text,
    summary_markdown,
    summary_sections,
    summary_table,
)
from sim.world.scenario import Scenario
from tests.ensemble.small import COMMAND, WORLD, lines_to, quiet_runs, run_small, small_names, small_scenario
from tests.worlds import NEUTRAL, WORLDS, changed, scenario_of


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run_small(tmp_path_factory.mktemp("results"))


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
    names = [
        row[0]
        for section in summary_sections(replace(results, estimates=made), small_scenario())
        for row in section.rows
    ]
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
        for rung, event in enumerate(("alert", "death", "many_deaths"), start=1):
            runs[f"{event}_day_{state}"] = runs["run"].mul(0).where(level >= rung).astype("Int32")
        runs[f"incidents_{state}"], runs[f"incidents_caused_{state}"] = 2 * level, 1 * level
        runs[f"fatalities_{state}"], runs[f"fatalities_caused_{state}"] = 20.0 * level, 5.0 * level
        runs[f"arrived_{state}"] = 1000.0 * k * (runs["run"] % 10 + 1)
        runs[f"refugees_{state}"] = runs[f"arrived_{state}"] - 200.0 * k
        runs[f"returned_new_{state}"], runs[f"returned_old_{state}"] = 200.0 * k, 90_000.0 * k
        runs[f"influence_{state}"] = 0.1 * k
    runs["displaced_peak"] = 1e5 + 1e3 * (runs["run"] % 49)
    estimates = estimate_all(runs, results.falls.iloc[:0], results.tolls.iloc[:0], scenario)
    return replace(results, frames={**results.frames, "runs": runs}, estimates=estimates)


def rows_of(text: str, title: str) -> list[list[str]]:
    """Return the cells below the header of one table of the page."""
    part = text.split(f"## {title}")[1].split("\n\n")[1]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines()[2:]]


def test_spillover_comes_first_with_what_reaches_each_neighbour(results: Results) -> None:
    scenario = small_scenario(tilt=NEUTRAL)
    made = made_results(results, scenario, 1_000)
    first, second, third, *_ = summary_sections(made, scenario)
    assert first.title.startswith("Spillover")
    assert first.title.endswith("n = 1,000 runs")
    assert first.header == (
        *("neighbour", "an alert, %", "a death, %", "more than 25 deaths, %"),
        *("killed there, median", "killed there, 10–90 % of runs"),
    )
    states = [row[0].split("(")[1].strip(")") for row in first.rows]
    assert sorted(states) == sorted(small_names().neighbours)
    for rank, event in enumerate(("alert", "death", "many_deaths"), start=1):
        counts = [int(made.runs[f"{event}_day_{state}"].notna().sum()) for state in states]
        told = alike([share(np.arange(1_000) < count, kind=Kind.POINTS) for count in counts])
        assert [row[rank] for row in first.rows] == list(map(str, told))
    assert second.title.startswith("Who holds what on day")
    assert third.title.startswith("Caused by the war, or there anyway")
    assert third.header == ("neighbour", "what", "caused by the war", "there anyway", "both")


def test_what_is_caused_and_what_is_there_anyway_add_up(results: Results) -> None:
    scenario = small_scenario()
    made = made_results(results, scenario, 1_000)
    told = causes(made, scenario)
    assert told is not None
    caused, anyway, both = (np.array([cell.point for cell in column.cells]) for column in told.columns[2:])  # type: ignore[union-attr]
    assert caused + anyway == pytest.approx(both)
    assert both.sum() > 0.0
    assert [row[1] for row in told.rows[:2]] == ["armed incidents", "killed there"]


def test_every_level_has_its_share(results: Results) -> None:
    scenario, names = small_scenario(tilt=NEUTRAL), small_names()
    made = made_results(results, scenario, 1_000)
    table = highest_levels(made, scenario)
    assert table is not None
    assert table.header == (
        "neighbour",
        "0 calm",
        "1 alert",
        "2 border incident",
        "3 organised violence",
        "4 civil war",
    )
    assert [row[0].split("(")[1] for row in table.rows] == [f"{state})" for state in reversed(names.neighbours)]
    states = [row[0].split("(")[1].strip(")") for row in table.rows]
    for level, cells in enumerate(zip(*(row[1:] for row in table.rows), strict=True)):
        counts = [int((made.runs[f"level_max_{state}"] == level).sum()) for state in states]
        assert list(cells) == [
            str(told) for told in alike([share(np.arange(1_000) < count, kind=Kind.POINTS) for count in counts])
        ]


def test_shares_below_each_other_have_as_many_decimals_in_every_table(results: Results) -> None:
    scenario = small_scenario()
    for section in summary_sections(made_results(results, scenario, 100_000), scenario):
        for column in zip(*section.rows, strict=True):
            shares = [cell for cell in column if "%" in cell]
            numbers = [number for cell in shares for number in re.findall(r"(?<![\d.<>])[\d.]+(?!\d)", cell)]
            decimals = {len(number.partition(".")[2]) for number in numbers if number not in ("0", "100")}
            assert len(decimals) <= 1, (section.title, shares)


def test_a_table_has_both_intervals_and_the_heading_leads_with_what_is_known(results: Results) -> None:
    scenario = small_scenario()
    made = made_results(results, scenario, 1_000)
    page = summary_markdown(made, scenario)
    rows = rows_of(page, "What is told, and how well it is known, by day 30")
    assert rows[-1][1:] == ["120,000 [100,000, 150,000]", "124,000 [123,000, 125,000]"]
    assert re.search(r"a record as good as ours supports \d+ % \[\d+, \d+\] \(sampling ±", page.replace("\\", ""))
    assert "90 % intervals of knowledge" in page
    refugees = rows_of(page, "Refugees who arrived since day 0, persons by day 30")
    assert refugees[0] == ["in all states", "17,000 [3,000, 30,000]", "", ""]  # the range of runs has no room beside
    raw = summary_markdown(made_results(results, small_scenario(tilt=NEUTRAL), 1_000), small_scenario(tilt=NEUTRAL))
    assert "How well it is known" not in raw
    assert "95 % intervals of sampling" in raw


def test_people_are_told_by_state_those_with_most_first(results: Results) -> None:
    scenario, names = small_scenario(tilt=NEUTRAL), small_names()
    page = summary_markdown(made_results(results, scenario, 1_000), scenario)
    rows = rows_of(page, "Refugees who arrived since day 0, persons by day 30")
    assert rows[0] == ["in all states", "17,000 [16,000, 17,000]", "3,000 to 27,000", "", ""]
    assert [row[0].split("(")[-1] for row in rows[1:]] == [f"{state})" for state in reversed(names.neighbours[1:])]
    assert [row[3:] for row in rows[1:]] == [  # those who came since day 0 apart from those who were there
        ["400 [400, 400]", "180,000 [180,000, 180,000]"],
        ["200 [200, 200]", "90,000 [90,000, 90,000]"],
    ]
    rows = rows_of(page, "People by day 30")
    (peak,) = (row for row in rows if row[0] == "displaced in their country, most at once")
    assert peak[1:] == ["124,000 [123,000, 125,000]", "104,000 to 143,000"]
    assert len(rows) == 3


def test_influence_is_a_share_with_the_range_of_runs(results: Results) -> None:
    scenario, names = small_scenario(), small_names()
    rows = rows_of(summary_markdown(made_results(results, scenario, 1_000), scenario), "Influence in")
    assert [(row[0], row[1].split("(")[-1]) for row in rows] == [
        (str(rank), f"{state})") for rank, state in enumerate(reversed(names.neighbours[1:]), 1)
    ]
    assert rows[0][2:] == ["20 % [20, 20]", "20 %"]


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
    told = summary_sections(
        replace(
            results,
            frames={**results.frames, "runs": runs},
            estimates=estimate_all(runs, results.falls.iloc[:0], results.tolls.iloc[:0], scenario),
        ),
        scenario,
    )
    held = ["Who"] if world == WORLD else []  # who holds what is stored of the small world alone
    first = [section.title.split()[0] for section in told]
    assert first[: 3 + len(held)] == ["Spillover:", *held, "Caused", "The"]
    names = dict(scenario.tables.states[["id", "name"]].tolist())
    assert [row[0] for row in told[0].rows] == [f"{names[s]} ({s})" for s in scenario.tables.header.neighbours]
    has_extremists = bool(scenario.world[0]["is_extremist"].any())
    assert any(section.title.startswith("Extremist") for section in told) == has_extremists


def test_a_world_without_neighbours_has_no_table_of_them(results: Results) -> None:
    scenario = small_scenario()
    header = scenario.tables.header.model_copy(update={"neighbours": ()})
    alone = replace(scenario, tables=replace(scenario.tables, header=header))
    estimates = results.estimates[~results.estimates["quantity"].str.startswith("level_")]
    titles = [section.title for section in summary_sections(replace(results, estimates=estimates), alone)]
    assert titles[0].startswith("Who holds what")
    assert titles[1].startswith("The regime")


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
    Console(file=stream, width=160).print(summary_table(results, small_scenario()))
    shown = " ".join(stream.getvalue().split())
    lines = [line for line in summary_markdown(results, small_scenario()).splitlines() if line.startswith("|")]
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        is_head = "---" in after  # heads stand on as many lines as they need
        for cell in line.strip("|").split("|") if "---" not in line else []:
            assert all(part in shown for part in (cell.split() if is_head else [cell.strip()]))


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
    table = markdown_table(Section.of_rows("", ("what", "value"), (("=cmd|' /C calc'!A0", "1"),)))
    assert table.splitlines()[-1] == r"| =cmd\|' /C calc'!A0 | 1 |"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("*a* _b_ `c` [d](e)", r"\*a\* \_b\_ \`c\` \[d\](e)"),
        ("<img src=x> & 2 | 3", r"\<img src=x\> \& 2 \| 3"),
        ("# no heading\n- no list", r"\# no heading - no list"),
        ("1. no list", r"1\. no list"),
        ("0.315", "0.315"),
        ("-29%", "-29%"),
        ("offensive_2024, Deir ez-Zor", "offensive_2024, Deir ez-Zor"),
    ],
)
def test_words_that_would_be_markdown_stay_words(words: str, shown: str) -> None:
    assert markdown_text(words) == shown


def test_a_command_with_marks_of_code_stays_code() -> None:
    assert markdown_code("run 'a'") == "`run 'a'`"
    assert markdown_code("run `a` ``b``\nc") == "``` run `a` ``b`` c ```"


def test_a_page_escapes_what_people_named(results: Results) -> None:
    scenario = small_scenario()
    states = changed(scenario.tables.states, name="<b>*x*</b>")
    config = scenario.config.model_copy(
        update={"scenario": scenario.config.scenario.model_copy(update={"question": "# [a](b)\n| c |"})}
    )
    hostile = replace(scenario, tables=replace(scenario.tables, states=states), config=config)
    page = summary_markdown(results, hostile)
    assert "<b>" not in page.replace(r"\<b", "")
    assert r"\# \[a\](b) \| c \|" in page
    assert all(line.startswith(("| ", "#")) for line in page.splitlines() if line.lstrip().startswith(("|", "#")))
