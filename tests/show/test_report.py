import dataclasses
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from sim.ensemble.estimate.losses import loss_days, regime_places
from sim.ensemble.store.results import ResultsError
from sim.show import figures
from sim.show.ensemble.incidence import draw_incidence
from sim.show.report import write_report
from sim.show.report.assumptions import asked_of, closed_channels, moved_parameters, rows_by_source, sources_of
from sim.show.report.changes import change_of
from sim.show.report.day_map import data_of, day_map_of
from sim.show.report.headlines import headlines_of
from sim.show.report.inline import picture_of
from sim.study.cases import Case
from sim.study.compare import compare
from sim.study.explain.chronicle import Chronicle
from sim.tell import record
from sim.tell.history import fate, key_events
from sim.tell.sections import all_estimates
from sim.world.scenario import Scenario
from tests.show.cases import HOSTILE, hostile, made_case
from tests.show.made import MIXED, Day
from tests.show.reading import text_of
from tests.worlds import changed, scenario_of

NEVER: list[Day] = [None] * 8


@pytest.fixture(scope="module")
def page(report: Path) -> str:
    return report.read_text(encoding="utf-8")


def test_a_report_names_nothing_that_a_browser_would_fetch(page: str) -> None:
    assert not re.findall(r"\b(?:src|srcset|action|poster|data)=", page.split("<script", maxsplit=1)[0])
    assert not re.findall(r"@import|url\((?!#)", page)
    fetched = re.findall(r"<(?:link|image|use|img|iframe)\b[^>]*href=\"([^\"]*)\"", page)
    assert all(address.startswith(("#", "data:")) for address in fetched)


def test_ids_are_unlike_each_other_and_references_find_theirs(page: str) -> None:
    ids = Counter(re.findall(r'\bid="([^"]+)"', page))
    assert max(ids.values()) == 1
    assert wanted_ids(page) - set(ids) == set()


def wanted_ids(page: str) -> set[str]:
    """Return the ids that parts of a page refer to."""
    return set(re.findall(r'href="#([^"]+)"', page)) | set(re.findall(r"url\(#([^)]+)\)", page))


def test_a_typical_history_is_told_in_brief(page: str, chronicle: Chronicle) -> None:
    section = page.split('<section id="told"')[1].split("</section>", maxsplit=1)[0]
    text = " ".join(text_of(section).split())
    assert "One history told" in text
    assert f"Run {chronicle.run} stands for 50 % of runs: its leader fled" in text
    assert fate(chronicle) in text
    assert all(f"day {event.day} {event.text}" in text for event in key_events(chronicle))
    assert text.count("The chance was") == sum(event.draw is not None for event in key_events(chronicle))


def test_without_histories_a_report_has_no_such_part(tmp_path: Path) -> None:
    path = write_report([made_case(tmp_path, scenario_of("liberia_2003"), NEVER)], tmp_path / "report.html")
    assert 'id="told"' not in path.read_text(encoding="utf-8")
    assert 'href="#told"' not in path.read_text(encoding="utf-8")


def test_every_figure_that_is_drawn_has_a_table(page: str) -> None:
    figures = re.findall(r'<figure id="(\w+)".*?</figure>', page, flags=re.DOTALL)
    blocks = dict(re.findall(r'(?s)<figure id="(\w+)"(.*?)</figure>', page))
    assert len(figures) > 8
    assert [name for name in figures if "<table" not in blocks[name]] == []


def test_a_report_promises_nothing(page: str) -> None:
    assert not re.findall(r"\b(?:will|certainly|definitely|guaranteed?)\b", text_of(page))


def test_a_report_carries_the_scoreboard(page: str) -> None:
    words = text_of(page)
    for line in record.lines():
        assert line in words
    assert 'id="table-record-1"' in page
    assert all(row[0] in words for section in record.sections() for row in section.rows)


def test_where_one_lever_was_pulled_its_question_stands_above_with_its_answer(tmp_path: Path) -> None:
    scenario = scenario_of("liberia_2003")
    asked = scenario.config.scenario.model_copy(update={"question": "Does it hold?"})
    pulled = dataclasses.replace(scenario, config=scenario.config.model_copy(update={"scenario": asked}))
    cases = [made_case(tmp_path, scenario, MIXED), made_case(tmp_path, pulled, NEVER, name="lever")]
    comparison = compare(cases, tmp_path / "compared", "python experiments/compare.py")
    html = write_report(cases, tmp_path / "report.html", comparison).read_text(encoding="utf-8")
    assert "<h1>Does it hold?</h1>" in html
    answer = change_of(comparison).others[0].sentences[0]
    assert f'<p class="lead"><b>{answer}</b></p>' in html


def test_provenance_and_command_are_told(page: str) -> None:
    words = text_of(page)
    assert "python experiments/run.py scenario=made" in words
    assert "8 runs of 120 days; 0 failed" in words
    assert "docs/model.md" in words


@pytest.mark.parametrize("name", ["levant_2024", "liberia_2003"])
def test_the_numbers_are_said_with_word_and_interval(name: str, tmp_path: Path) -> None:
    scenario = scenario_of(name)
    case = made_case(tmp_path, scenario, MIXED)
    collapse, drawn_in, refugees = headlines_of(case.results, scenario)
    # 5 of 8; Wilson (1927) gives [0.306, 0.863]; the fourth of eight sorted days is 45.
    assert (collapse.number, collapse.interval) == ("63 %", "[31,\u00a086]")
    assert "is between unlikely and highly likely in this model; half of the runs see it by day 45" in collapse.sentence
    assert "level 2 of 4, border incident, or higher" in drawn_in.sentence
    assert refugees.number == "0"
    assert refugees.sentence == "Nobody who fled since day 0 is abroad in any run."


def test_a_neighbour_that_is_drawn_in_on_day_0_is_no_news(tmp_path: Path) -> None:
    scenario = scenario_of("levant_2024")
    case = made_case(tmp_path, scenario, MIXED)
    _, found, _ = headlines_of(case.results, scenario)
    assert found.label == "Iran drawn in by day 120"  # in 5 of 8 runs; Turkey, in 6, stands at level 2 on day 0
    index = list(scenario.tables.states["id"]).index("TUR")
    world = scenario.world.copy()
    world[0]["level_day_0"][index] = 1
    _, found, _ = headlines_of(case.results, dataclasses.replace(scenario, world=world))
    assert found.label == "Turkey drawn in by day 120"


@pytest.mark.parametrize("name", ["levant_2024", "liberia_2003"])
def test_the_map_has_the_share_of_all_runs_by_place_and_day(name: str, tmp_path: Path) -> None:
    scenario = scenario_of(name)
    case = made_case(tmp_path, scenario, MIXED)
    day_map = day_map_of(case.results, scenario)
    lost = loss_days(case.results.runs, case.results.falls, scenario)
    data = data_of(day_map)
    assert set(data["places"]) == set(lost.columns)
    assert len(data["days"]) == scenario.horizon_days + 1
    for place, told in data["places"].items():
        for day in (0, 11, 20, scenario.horizon_days):
            fallen = int((lost[place] <= day).sum())
            alone, with_interval = told["shares"][told["days"][day]]
            assert alone == f"{int(100 * fallen / 8 + 0.5)}\u00a0%"
            assert with_interval.startswith(f"{alone}\u00a0[")
            assert told["classes"][day] == min(fallen * 10 // 8, 9)
    assert day_map.places[-1].place == scenario.tables.header.capital
    assert f"day 20, {'17 Dec 2024' if name == 'levant_2024' else '25 Jun 2003'}" == day_map.days[20]


def test_places_that_share_a_border_share_its_points(tmp_path: Path) -> None:
    scenario = scenario_of("levant_2024")
    day_map = day_map_of(made_case(tmp_path, scenario, MIXED).results, scenario)
    corners = {place.place: absolute(place.area) for place in day_map.places}
    assert len(corners["SY-HM"] & corners["SY-HI"]) > 10
    assert all(0 <= x <= 1600 for points in corners.values() for x, _ in points)


def absolute(data: str) -> set[tuple[int, int]]:
    """Return the points of path data."""
    found = set()
    for ring in re.findall(r"M(\d+) (\d+)l([^Mz]*)", data):
        steps = np.array([int(n) for n in re.findall(r"-?\d+", ring[2])]).reshape(-1, 2)
        points = np.vstack([[int(ring[0]), int(ring[1])], steps]).cumsum(axis=0)
        found |= {(int(x), int(y)) for x, y in points}
    return found


@pytest.mark.usefixtures("style")
def test_a_figure_keeps_its_drawing_and_gives_away_its_words(tmp_path: Path) -> None:
    scenario = scenario_of("liberia_2003")
    case = made_case(tmp_path, scenario, MIXED)
    one, other = (picture_of(name, draw_incidence(case.results, scenario)) for name in ("one", "other"))
    assert one.title == "The regime collapses by day 30 in 38\u00a0% [14,\u00a069] of runs".replace("% [", "%\u00a0[")
    assert one.title not in one.svg.split(">", maxsplit=1)[1]
    assert "regime collapses" in one.svg  # direct labels are drawn, as text
    assert "<metadata" not in one.svg
    ids = [set(re.findall(r'\bid="([^"]+)"', picture.svg)) for picture in (one, other)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_what_a_scenario_moves_is_listed_with_names_and_meaning() -> None:
    scenario = scenario_of(
        "levant_2024",
        levers=({"lever": "support", "actor": "TUR", "value": 2.0, "day": 3},),
        events=({"event": "prison_break", "day": 20, "location": "SY-HA"},),
        rules={"morale": {"beta": 6.0}},
        channels={"kin": False},
    )
    lever, event = asked_of(scenario).rows
    assert lever[:4] == ("support", "actor Turkey (TUR), client all", "2", "3")
    assert lever[4].startswith("Multiply what a patron")
    assert event[:4] == ("prison break", "location Hasakah (SY-HA)", "", "20")
    (moved,) = moved_parameters(scenario).rows
    assert moved[:3] == ("morale.beta", "6", "7")
    assert closed_channels(scenario) == ["kin"]
    rows = rows_by_source(scenario.tables).rows
    assert sum(int(row[2].replace(",", "")) for row in rows if row[0] == "factions") == len(scenario.tables.factions)


def test_the_table_of_estimates_is_whole(tmp_path: Path) -> None:
    scenario = scenario_of("liberia_2003")
    results = made_case(tmp_path, scenario, MIXED).results
    rows = all_estimates(results, scenario).rows
    assert len(rows) == len(results.estimates)
    assert ("collapse_by_day", "", "30", "38 % [14, 69]", "8", "wilson_95", "") in rows


def test_a_comparison_says_what_changes_in_words_and_numbers(tmp_path: Path) -> None:
    scenario = scenario_of("liberia_2003")
    base, same, better = (
        made_case(tmp_path, scenario, days, name=name)
        for name, days in (("base", MIXED), ("same", MIXED), ("better", NEVER))
    )
    comparison = compare([base, same, better], tmp_path / "compared", "python experiments/compare.py")
    change = change_of(comparison)
    assert [other.name for other in change.others] == ["same", "better"]
    assert change.others[0].sentences[0] == "Collapse of the regime by day 100: the same in every run."
    lost = change.others[1].sentences[0]
    assert lost.startswith("Collapse of the regime by day 100: less likely, 0\u00a0% instead of")
    assert change.tables[-1].n_rows == 2 * comparison.table["outcome"].nunique()


def test_a_report_of_a_comparison_begins_with_what_changes(hostile_report: Path) -> None:
    page = hostile_report.read_text(encoding="utf-8")
    assert page.index('id="change"') < page.index('id="unfolds"')
    assert "In the other scenarios between 0\u00a0% (better) and 63\u00a0% (same)." in page
    assert page.count('<figure id="compare_') > 3
    assert "python experiments/compare.py" in page


def test_texts_that_would_like_to_be_code_stay_text(hostile_report: Path) -> None:
    page = hostile_report.read_text(encoding="utf-8")
    assert len(re.findall(r"<script\b", page)) == 2  # the map's data, and the page's own
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert text_of(page).count(HOSTILE) > 10
    assert sources_of(hostile(scenario_of("liberia_2003")).tables)[0].url == ""


def without_places(scenario: Scenario) -> Scenario:
    """Return a scenario in which the regime holds no seat on day 0."""
    locations = changed(scenario.tables.locations, seat_holder=scenario.tables.header.challenger)
    return dataclasses.replace(scenario, tables=dataclasses.replace(scenario.tables, locations=locations))


def test_a_report_leaves_out_what_a_world_lacks(tmp_path: Path) -> None:
    whole = scenario_of("liberia_2003")
    header = whole.tables.header.model_copy(update={"neighbours": ()})
    alone = scenario_of("liberia_2003", tables=dataclasses.replace(whole.tables, header=header))
    page = written(made_case(tmp_path, without_places(alone), NEVER, quiet=True))
    assert 'id="day"' not in page
    assert "What reaches the neighbours" not in page
    assert "the regime's side holds no place on day 0" in text_of(page)


def test_a_report_of_runs_in_which_nothing_happens_says_so(tmp_path: Path) -> None:
    page = written(made_case(tmp_path, scenario_of("liberia_2003"), NEVER, quiet=True))
    words = text_of(page)
    assert "is a remote chance in this model" not in words  # 0 of 8 runs may still be more: [0, 32]
    assert "is between a remote chance and unlikely in this model; most runs do not see it" in words
    assert "Nobody who fled since day 0 is abroad in any run." in words
    assert f"None of {len(regime_places(scenario_of('liberia_2003')))} seats is lost in any run" in words
    assert wanted_ids(page) - set(re.findall(r'\bid="([^"]+)"', page)) == set()


@pytest.mark.parametrize("chapter", list(figures.Chapter))
def test_a_figure_without_a_table_still_makes_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chapter: figures.Chapter
) -> None:
    bare = figures.Entry("bare", draw_incidence, chapter=chapter)
    empty = figures.Entry("empty", draw_incidence, chapter=chapter, tables=(lambda *_: None,))
    monkeypatch.setattr(figures, "ENSEMBLE", (bare, *figures.ENSEMBLE, empty))
    page = written(made_case(tmp_path, scenario_of("liberia_2003"), MIXED))
    for name in ("bare", "empty"):
        (figure,) = re.findall(rf'(?s)<figure id="{name}"(.*?)</figure>', page)
        assert "<table" not in figure
    assert wanted_ids(page) - set(re.findall(r'\bid="([^"]+)"', page)) == set()


def test_no_headline_points_at_a_table_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without = tuple(dataclasses.replace(entry, tables=()) for entry in figures.ENSEMBLE)
    monkeypatch.setattr(figures, "ENSEMBLE", without)
    page = written(made_case(tmp_path, scenario_of("levant_2024"), MIXED))
    assert wanted_ids(page) - set(re.findall(r'\bid="([^"]+)"', page)) == set()


def written(case: Case) -> str:
    """Return the report of one case."""
    return write_report([case], case.results.folder / "report.html").read_text(encoding="utf-8")


def test_cases_without_runs_or_without_their_comparison_are_refused(tmp_path: Path) -> None:
    scenario = scenario_of("liberia_2003")
    case = made_case(tmp_path, scenario, MIXED)
    with pytest.raises(ValueError, match="expected the comparison of 2 cases"):
        write_report([case, case], tmp_path / "report.html")
    frames = {**case.results.frames, "runs": case.results.runs.assign(status="failed")}
    failed = dataclasses.replace(case.results, frames=frames)
    with pytest.raises(ResultsError, match="every run failed"):
        write_report([dataclasses.replace(case, results=failed)], tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()
