"""What a brief says, and that it prints on one page: for real ensembles, for made ones, and for texts like code."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import sim
from experiments.scoreboard import SHIPPED, TABLE
from sim.show.report import write_brief
from sim.show.report.changes import change_of, gap_of
from sim.show.report.headlines import headlines_of, range_of
from sim.show.report.inline import tight
from sim.show.report.strongest import strongest
from sim.study.compare import compare
from sim.tell import record
from tests.show.browser import DESK, PHONE, PROGRAM, opened
from tests.show.cases import HOSTILE, hostile, made_case
from tests.show.made import MIXED
from tests.show.reading import text_of
from tests.worlds import scenario_of

LATER = [None, None, None, None, 80, 90, 100, 110]
COMMAND = "python experiments/compare.py"
needs_browser = pytest.mark.skipif(PROGRAM is None, reason="no browser is installed")


@pytest.fixture(scope="module")
def briefs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return briefs: of one ensemble, of a lever beside the base, of many scenarios whose every text is code."""
    folder = tmp_path_factory.mktemp("briefs")
    scenario, worse = scenario_of("levant_2024"), hostile(scenario_of("liberia_2003"))
    base, lever = made_case(folder, scenario, MIXED), made_case(folder, scenario, LATER, name="lever")
    many = [made_case(folder, worse, days, name=f"s{i}") for i, days in enumerate([MIXED, LATER] * 4)]
    return {
        "run": write_brief([base], folder / "new" / "run.html"),
        "lever": write_brief([base, lever], folder / "lever.html", compare([base, lever], folder / "two", COMMAND)),
        "hostile": write_brief(many, folder / "hostile.html", compare(many, folder / "many", COMMAND)),
    }


@needs_browser
@pytest.mark.parametrize("name", ["run", "lever", "hostile"])
def test_a_brief_prints_on_one_page_and_hides_nothing(browser: Browser, briefs: dict[str, Path], name: str) -> None:
    with opened(browser, briefs[name], (703, 1030)) as found:  # what A4 leaves between its margins
        page = found.page
        page.emulate_media(media="print")
        assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
        lowest = page.locator("footer").evaluate("(footer) => footer.getBoundingClientRect().bottom")
        assert lowest <= page.locator(".sheet").evaluate("(sheet) => sheet.getBoundingClientRect().bottom") + 0.5
        assert page.locator("svg.map").evaluate("(map) => map.getBoundingClientRect().height") > 150
        assert found.problems == []


@needs_browser
@pytest.mark.parametrize("width", [360, 390, 820, 900, 1024])
def test_the_record_is_seen_whole_at_every_width(browser: Browser, briefs: dict[str, Path], width: int) -> None:
    with opened(browser, briefs["lever"], (width, 1400)) as found:
        right = "(box) => box.getBoundingClientRect().right"
        sheet = found.page.locator(".sheet").evaluate(right)
        for cell in found.page.locator("#record th, #record td").all():
            assert cell.evaluate(right) <= sheet + 0.5
            assert cell.evaluate("(box) => box.scrollWidth <= box.clientWidth + 1")


@needs_browser
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_brief_opens_alone_and_fits_its_window(
    browser: Browser, briefs: dict[str, Path], size: tuple[int, int]
) -> None:
    with opened(browser, briefs["hostile"], size) as found:
        assert found.problems == []
        assert found.page.evaluate("document.documentElement.scrollWidth") == size[0]
        assert found.page.inner_text("h1") == HOSTILE
        assert found.page.locator("img").count() == 0


def test_a_brief_has_the_numbers_of_the_report_and_the_record(tmp_path: Path, briefs: dict[str, Path]) -> None:
    scenario = scenario_of("levant_2024")
    text = " ".join(text_of(briefs["run"].read_text(encoding="utf-8")).split())
    for headline in headlines_of(made_case(tmp_path, scenario, MIXED).results, scenario):
        assert (
            f"{headline.label} {headline.number} {headline.interval} {headline.sentence}".replace("\u00a0", " ") in text
        )
    for row in record.first_section(is_weighed=scenario.tilt is not None).rows:
        assert " ".join(" ".join(row).split()) in text
    assert "What the model cannot say" in text
    assert "python experiments/run.py scenario=made" in text


def test_where_a_lever_was_pulled_the_brief_answers_for_the_lever(tmp_path: Path, briefs: dict[str, Path]) -> None:
    scenario = scenario_of("levant_2024")
    cases = [made_case(tmp_path, scenario, days, name=name) for name, days in (("made", MIXED), ("lever", LATER))]
    (told,) = change_of(compare(cases, tmp_path / "two", COMMAND)).others
    text = " ".join(text_of(briefs["lever"].read_text(encoding="utf-8")).split())
    first, *rest = (sentence.replace("\u00a0", " ") for sentence in told.sentences)
    assert f"{first} Beside made, over the same runs." in text
    assert all(sentence in text for sentence in rest)
    assert "50 % [22, 78]" in text  # 4 of 8 of the lever's runs, Wilson (1927); 5 of 8 in the base
    assert "Otherwise 63 % (made)." in text


def test_levers_without_effect_share_a_line(tmp_path: Path) -> None:
    days = {"base": MIXED, "same": MIXED, "less": LATER, "held": [None] * len(MIXED), "shifted": [*MIXED[1:], MIXED[0]]}
    scenario = scenario_of("levant_2024")
    cases = [made_case(tmp_path, scenario, own, name=name) for name, own in days.items()]
    comparison = compare(cases, tmp_path / "five", COMMAND)
    text = " ".join(text_of(write_brief(cases, tmp_path / "five.html", comparison).read_text(encoding="utf-8")).split())
    table = comparison.table[comparison.table["outcome"] == "p_collapse"].set_index("scenario")
    clear = [name for name in list(days)[1:] if gap_of(table.loc[name]).is_clear]
    assert "held" in clear
    assert "same" not in clear
    told = text.split("What would change it")[1].split("How good is its record")[0]
    assert all(f"{name} : Collapse of the regime" in told for name in clear)
    line = told.split("No clear difference: ")[1].split(".")[0]
    assert set(re.split(", | and ", line)) == set(days) - {"base", *clear}
    (other,) = change_of(compare(cases[:2], tmp_path / "two", COMMAND)).others
    assert other.sentences[0].endswith("by day 120: the same in every run.")


def test_scenarios_that_are_told_alike_make_no_range(tmp_path: Path) -> None:
    scenario = scenario_of("levant_2024")
    cases = [made_case(tmp_path, scenario, days, name=f"s{i}") for i, days in enumerate((MIXED, LATER, LATER))]
    collapse = headlines_of(cases[0].results, scenario)[0]
    lower = headlines_of(cases[1].results, scenario)[0].number
    assert range_of(collapse, cases[1:]) == f"In the other scenarios {tight(lower)}."
    higher = collapse.number
    assert range_of(collapse, cases[:2]) == (
        f"In the other scenarios between {tight(lower)} (s1) and {tight(higher)} (s0)."
    )


def test_the_strongest_inputs_are_said_once_for_those_that_share_an_error(tmp_path: Path) -> None:
    output = str(tmp_path / "results")
    found = sim.run(sim.load_scenario("offensive_2024", {"ensemble.runs": 400, "output": output, "horizon_days": 40}))
    told = strongest(found, 3)
    assert 1 <= len(told) <= 3
    for leader in ("Syrian Arab Armed Forces", "Hay'at Tahrir al-Sham"):  # an error for each side, not for each ally
        assert sum(sentence.startswith(f"Strength of all on the side of {leader}") for sentence in told) == 1
    assert not any("Hezbollah" in sentence or "Iran-backed" in sentence for sentence in told)


def test_the_record_that_is_shipped_is_that_of_the_documentation() -> None:
    assert SHIPPED.read_bytes() == TABLE.read_bytes()
