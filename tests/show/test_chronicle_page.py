"""What a reader can do with the page of one history, in a real browser; without one there is nothing to see."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from sim.study.explain.chronicle import Chronicle
from sim.tell.history import end_day, levels_of
from tests.show.browser import DESK, PHONE, PROGRAM, opened
from tests.show.cases import HOSTILE

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no browser is installed")


@pytest.fixture(params=["history", "hostile_history"])
def any_history(request: pytest.FixtureRequest) -> Path:
    path: Path = request.getfixturevalue(request.param)
    return path


def go_to(page: Page, day: int) -> None:
    """Move the slider by keys."""
    page.focus("#day")
    page.keyboard.press("Home")
    for _ in range(day):
        page.keyboard.press("ArrowRight")


def holder(page: Page, place: str) -> str:
    """Return who holds a place, as the map tells it."""
    return (page.locator(f'g.place[data-place="{place}"] title').text_content() or "").partition(": ")[2]


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_page_opens_alone_and_fits_its_window(browser: Browser, any_history: Path, size: tuple[int, int]) -> None:
    with opened(browser, any_history, size) as found:
        assert found.problems == []
        assert found.page.evaluate("document.documentElement.scrollWidth") == size[0]


@pytest.mark.parametrize(("name", "size"), [("history", DESK), ("hostile_history", PHONE)])
def test_a_page_can_be_used_by_everybody(
    browser: Browser, name: str, size: tuple[int, int], request: pytest.FixtureRequest
) -> None:
    with opened(browser, request.getfixturevalue(name), size) as found:
        found.page.evaluate("() => { for (const folded of document.querySelectorAll('details')) folded.open = true; }")
        result = Axe().run(found.page)
        assert result.violations_count == 0, result.generate_report()


def test_it_opens_on_the_day_of_the_end(browser: Browser, history: Path, chronicle: Chronicle) -> None:
    with opened(browser, history) as found:
        end = end_day(chronicle)
        assert found.page.inner_text("#map-day").startswith(f"day {end},")
        days = {item.get_attribute("data-day") for item in found.page.locator(".chronicle > li.now").all()}
        assert days == {str(end)}
        now = found.page.locator(".chronicle > li.now:not([hidden])").first
        expect(now).to_be_in_viewport()


def test_the_slider_moves_map_levels_and_chronicle(browser: Browser, history: Path, chronicle: Chronicle) -> None:
    falls = [event for event in chronicle.about(kind="fall") if event.place and event.place.startswith("SY-")]
    first = falls[0]
    with opened(browser, history) as found:
        page = found.page
        go_to(page, first.day - 1)
        assert holder(page, first.place) == "Syrian Arab Armed Forces"
        before = page.locator(f'g.place[data-place="{first.place}"]').get_attribute("class")
        page.keyboard.press("ArrowRight")
        assert holder(page, first.place) in first.text
        assert page.locator(f'g.place[data-place="{first.place}"]').get_attribute("class") != before
        assert page.locator(f"#event-{first.number}").get_attribute("class").split().count("now") == 1
        page.keyboard.press("End")
        for state, levels in levels_of(chronicle).items():
            assert page.inner_text(f'[data-state="{state}"]') == str(levels[-1])
        assert page.locator(".chronicle > li.later").count() == 0
        assert page.locator(".box").evaluate("(box) => box.scrollTop") > 0
        assert found.problems == []


def test_an_event_unfolds_and_moves_the_map_to_its_day(browser: Browser, history: Path, chronicle: Chronicle) -> None:
    flight = chronicle.about(kind="flight")[0]
    with opened(browser, history) as found:
        page = found.page
        go_to(page, 0)
        item = page.locator(f"#event-{flight.number}")
        assert not item.locator("p").first.is_visible()
        item.locator("summary").click()
        assert item.locator("p").first.inner_text().startswith("The chance was ")
        assert item.locator(".reasons").is_visible()
        assert page.inner_text("#map-day").startswith(f"day {flight.day},")
        item.locator("summary").focus()
        page.keyboard.press("Enter")
        assert not item.locator("p").first.is_visible()


def test_a_link_opens_an_earlier_event_even_where_it_is_hidden(
    browser: Browser, history: Path, chronicle: Chronicle
) -> None:
    hidden = chronicle.about(kind="rout")[0]
    with opened(browser, history) as found:
        page = found.page
        assert not page.locator(f"#event-{hidden.number}").is_visible()
        page.evaluate(f"location.hash = '#event-{hidden.number}'")
        expect(page.locator(f"#event-{hidden.number} details")).to_have_attribute("open", "")
        assert page.locator("#which").input_value() == ""
        assert page.inner_text("#map-day").startswith(f"day {hidden.day},")


def test_events_of_one_place_are_shown_alone(browser: Browser, history: Path, chronicle: Chronicle) -> None:
    place = chronicle.about(kind="fall")[0].place
    with opened(browser, history) as found:
        page = found.page
        page.select_option("#which", f"place:{place}")
        shown = {int(item.get_attribute("id")[6:]) for item in page.locator(".chronicle > li:not([hidden])").all()}
        assert shown == {event.number for event in chronicle.about(place=place)}
        page.select_option("#which", "")
        assert page.locator(".chronicle > li:not([hidden])").count() == len(chronicle.events)


def test_play_runs_to_the_last_day(browser: Browser, history: Path) -> None:
    with opened(browser, history) as found:
        page = found.page
        page.evaluate("document.getElementById('day').value = 57")
        page.click("#play")
        assert page.inner_text("#play") == "Pause"
        expect(page.locator("#play")).to_have_text("Play")
        assert page.inner_text("#map-day").startswith("day 59,")


def test_a_phone_has_the_map_above_the_chronicle(browser: Browser, history: Path) -> None:
    with opened(browser, history, PHONE) as found:
        of_map, box = found.page.locator("svg.map").bounding_box(), found.page.locator(".box").bounding_box()
        assert of_map is not None
        assert box is not None
        assert of_map["y"] + of_map["height"] < box["y"]
        assert box["height"] < PHONE[1]


def test_without_script_it_is_a_map_and_a_list(browser: Browser, history: Path, chronicle: Chronicle) -> None:
    with opened(browser, history, with_script=False) as found:
        page = found.page
        assert page.inner_text("#map-day").startswith(f"day {end_day(chronicle)},")
        assert not page.locator("#day").is_visible()
        assert not page.locator("#which").is_visible()
        assert page.locator(".chronicle > li").count() == len(chronicle.events)
        folded = page.locator(".chronicle details").first
        folded.locator("summary").click()
        assert folded.get_attribute("open") is not None


def test_a_page_prints_with_its_reasons_open(browser: Browser, history: Path) -> None:
    with opened(browser, history) as found:
        page = found.page
        page.emulate_media(media="print")
        shown = page.locator(".chronicle > li.now:not([hidden])")
        assert shown.locator("summary").first.is_visible()
        assert shown.locator(".reasons").first.is_visible()
        assert not page.locator("#day").is_visible()
        assert 3 <= page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") <= 40


def test_texts_that_would_like_to_be_code_are_read_as_text(browser: Browser, hostile_history: Path) -> None:
    with opened(browser, hostile_history) as found:
        page = found.page
        page.focus("#day")
        page.keyboard.press("End")
        title = page.locator("g.place title").first.text_content() or ""
        assert title.startswith(f"{HOSTILE}: ")
        assert page.locator("img").count() == 0
        assert found.problems == []
