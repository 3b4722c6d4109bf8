"""What a reader can do with a report, in a real browser; without one there is nothing to see."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.show.browser import DESK, PHONE, PROGRAM, opened
from tests.show.cases import HOSTILE

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no browser is installed")

SEATS = "table-fall_map"


@pytest.fixture(params=["report", "hostile_report"])
def any_report(request: pytest.FixtureRequest) -> Path:
    path: Path = request.getfixturevalue(request.param)
    return path


def place(page: Page, name: str) -> str:
    """Return the class of colour of a place on the map."""
    return page.locator(f'a.place[data-place="{name}"]').get_attribute("class") or ""


def column(page: Page, table: str, number: int) -> list[str]:
    """Return the cells of a column, from above."""
    return page.locator(f"#{table} tbody tr > :nth-child({number})").all_text_contents()


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_report_opens_alone_and_fits_its_window(browser: Browser, any_report: Path, size: tuple[int, int]) -> None:
    with opened(browser, any_report, size) as found:
        assert found.problems == []
        assert found.page.evaluate("document.documentElement.scrollWidth") == size[0]
        assert found.page.locator("svg[role=img]:not([aria-label])").count() == 0


OPEN_ALL = """() => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
  for (const row of document.querySelectorAll("tbody tr:nth-child(n + 4)")) row.remove();
}"""  # three rows of a table are as good as hundreds, and faster to check


@pytest.mark.parametrize(("name", "size"), [("report", DESK), ("hostile_report", PHONE)])
def test_a_report_can_be_used_by_everybody(
    browser: Browser, name: str, size: tuple[int, int], request: pytest.FixtureRequest
) -> None:
    with opened(browser, request.getfixturevalue(name), size) as found:
        found.page.evaluate(OPEN_ALL)
        result = Axe().run(found.page)
        assert result.violations_count == 0, result.generate_report()


def test_the_slider_moves_the_map_through_days(browser: Browser, report: Path) -> None:
    with opened(browser, report) as found:
        page = found.page
        by, number = page.locator("#map-day"), page.locator('.wide [data-share="SY-DI"]')
        page.focus("#day")
        page.keyboard.press("Home")
        assert by.inner_text() == "day 0, 27 Nov 2024"
        assert place(page, "SY-DI") == "place c0"
        assert number.text_content() == "0\u00a0%"
        light = page.locator('a.place[data-place="SY-DI"] path').evaluate("(path) => getComputedStyle(path).fill")
        for _ in range(14):
            page.keyboard.press("ArrowRight")
        assert by.inner_text() == "day 14, 11 Dec 2024"
        assert place(page, "SY-DI") == "place c2"  # 2 of 8 runs
        assert number.text_content() == "25\u00a0%"
        assert page.locator("#day").get_attribute("aria-valuetext") == "day 14, 11 Dec 2024"
        page.keyboard.press("End")
        assert by.inner_text() == "day 120, 27 Mar 2025"
        dark = page.locator('a.place[data-place="SY-DI"] path').evaluate("(path) => getComputedStyle(path).fill")
        assert light != dark
        assert found.problems == []


def test_a_place_tells_its_share_to_mouse_and_keyboard(browser: Browser, report: Path) -> None:
    with opened(browser, report) as found:
        page, told = found.page, found.page.locator("#readout")
        page.focus("#day")
        page.keyboard.press("End")
        page.locator('a.place[data-place="SY-HL"]').hover()
        assert told.inner_text() == "Aleppo: lost by day 120, 27 Mar 2025 in 63\u00a0%\u00a0[31,\u00a086] of runs"
        page.focus('a.place[data-place="SY-DI"]')
        assert told.inner_text().startswith("Damascus: lost by day 120")
        page.focus("#day")
        page.keyboard.press("Home")
        assert told.inner_text() == "Damascus: lost by day 0, 27 Nov 2024 in 0\u00a0%\u00a0[0,\u00a032] of runs"


def test_play_runs_to_the_last_day(browser: Browser, report: Path) -> None:
    with opened(browser, report) as found:
        page = found.page
        page.evaluate("document.getElementById('day').value = 117")
        page.click("#play")
        assert page.inner_text("#play") == "Pause"
        expect(page.locator("#play")).to_have_text("Play")
        assert page.inner_text("#map-day") == "day 120, 27 Mar 2025"


def test_a_table_sorts_both_ways_by_click_and_by_key(browser: Browser, report: Path) -> None:
    with opened(browser, report) as found:
        page = found.page
        page.evaluate(f"document.getElementById('{SEATS}').closest('details').open = true")
        seats = column(page, SEATS, 1)
        heading = page.locator(f"#{SEATS} thead th").nth(0)
        heading.locator("button").click()
        assert heading.get_attribute("aria-sort") == "ascending"
        assert column(page, SEATS, 1) == sorted(seats)
        heading.locator("button").click()
        assert heading.get_attribute("aria-sort") == "descending"
        assert column(page, SEATS, 1) == sorted(seats, reverse=True)
        days = page.locator(f"#{SEATS} thead th").nth(4)
        days.locator("button").focus()
        page.keyboard.press("Enter")
        assert (heading.get_attribute("aria-sort"), days.get_attribute("aria-sort")) == (None, "ascending")
        up = [int(cell.split(" ")[0]) for cell in column(page, SEATS, 5)]
        assert up == sorted(up)
        page.keyboard.press("Space")
        down = [int(cell.split(" ")[0]) for cell in column(page, SEATS, 5)]
        assert down == up[::-1]


def test_numbers_sort_by_size_and_never_comes_last(browser: Browser, report: Path) -> None:
    with opened(browser, report) as found:
        cells = ["never", "1,200 [1,100, 1,300]", "<0.1 % [0, 0.4]", "0.1 %", "−3 [−4, −2]", "94.2 %", "no runs"]
        order = found.page.evaluate("(cells) => cells.toSorted((a, b) => number(a) - number(b))", cells)
        assert order == [cells[i] for i in (6, 4, 2, 3, 5, 1, 0)]


def test_a_number_is_one_click_away_from_its_table(browser: Browser, report: Path) -> None:
    with opened(browser, report) as found:
        page = found.page
        page.locator(".card a").first.click()
        assert page.locator("#table-incidence").is_visible()
        page.locator('a.place[data-place="SY-HL"]').focus()
        page.keyboard.press("Enter")
        assert page.locator(f"#{SEATS}").is_visible()


def test_without_script_the_map_shows_the_last_day(browser: Browser, report: Path) -> None:
    with opened(browser, report, with_script=False) as found:
        page = found.page
        assert page.inner_text("#map-day") == "day 120, 27 Mar 2025"
        assert not page.locator("#day").is_visible()
        assert place(page, "SY-DI") == "place c6"  # 5 of 8 runs
        page.locator("details", has=page.locator(f"#{SEATS}")).locator("summary").click()
        assert page.locator(f"#{SEATS}").is_visible()


def n_pages(page: Page) -> int:
    return page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")


def test_a_report_prints_in_fewer_than_fifteen_pages_and_what_was_unfolded(browser: Browser, any_report: Path) -> None:
    with opened(browser, any_report) as found:
        page = found.page
        page.emulate_media(media="print")
        short = n_pages(page)
        assert 4 <= short < 15
        assert not page.locator("#table-estimates").is_visible()
        assert not page.locator("#day").is_visible()
        finding = page.locator("details.more > summary").first
        assert finding.is_visible()  # a folded figure leaves its finding
        page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
        assert page.locator("#table-estimates").is_visible()
        assert n_pages(page) > short


def test_a_report_is_dark_where_the_reader_is_and_its_figures_keep_their_paper(browser: Browser, report: Path) -> None:
    with opened(browser, report) as found:
        page = found.page
        colour = "(element) => getComputedStyle(element).backgroundColor"
        assert page.locator("html").evaluate(colour) == "rgb(255, 255, 255)"
        page.emulate_media(color_scheme="dark")
        assert page.locator("html").evaluate(colour) == "rgb(22, 24, 27)"
        assert page.locator(".picture").first.evaluate(colour) == "rgb(255, 255, 255)"
        page.evaluate(OPEN_ALL)
        result = Axe().run(page)
        assert result.violations_count == 0, result.generate_report()
        page.emulate_media(media="print", color_scheme="dark")
        assert page.locator("html").evaluate(colour) == "rgb(255, 255, 255)"


def test_on_a_phone_no_figure_scrolls_sideways_until_it_is_touched(browser: Browser, report: Path) -> None:
    with opened(browser, report, PHONE) as found:
        page = found.page
        page.evaluate("for (const folded of document.querySelectorAll('details.more')) folded.open = true")
        wider = "(boxes) => boxes.filter((box) => box.scrollWidth > box.clientWidth).length"
        shown = page.locator(".picture:visible")
        assert shown.count() > 8
        assert shown.evaluate_all(wider) == 0
        page.locator(".picture:not(.wide, .narrow)").first.focus()
        assert shown.evaluate_all(wider) == 1


def test_a_phone_shows_figures_that_are_drawn_for_it_in_letters_that_can_be_read(
    browser: Browser, report: Path
) -> None:
    size = "(texts) => Math.min(...texts.map((text) => text.getBoundingClientRect().height))"
    with opened(browser, report, PHONE) as found:
        page = found.page
        assert not page.locator("#level_by_neighbour .wide").is_visible()
        assert page.locator("#level_by_neighbour .narrow text").evaluate_all(size) >= 8.0
        page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        assert page.locator("#level_by_neighbour .wide").is_visible()
        assert not page.locator("#level_by_neighbour .narrow").is_visible()


def test_texts_that_would_like_to_be_code_are_read_as_text(browser: Browser, hostile_report: Path) -> None:
    with opened(browser, hostile_report) as found:
        page = found.page
        assert page.inner_text("h1") == HOSTILE
        page.locator("a.place").first.focus()
        assert page.inner_text("#readout").startswith(f"{HOSTILE}: lost by")
        page.focus("#day")
        page.keyboard.press("End")
        assert page.locator("img").count() == 0
        assert found.problems == []
