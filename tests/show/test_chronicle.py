"""The page of one history holds what its chronicle holds, and fetches nothing."""

import json
import re
from collections import Counter
from html import unescape
from pathlib import Path

import pytest

from sim.objects import Chronicle as InHand
from sim.show.kit.plot import Plot
from sim.show.report.told import LEAST_SHARE, MOST_PARTS, Part, items_of
from sim.study.explain.chronicle import Chronicle
from sim.tell.history import abroad, fate, holders_in_the_evening, key_events, levels_of, remains_of
from sim.tell.places import NOBODY_ID
from tests.show.cases import HOSTILE


def data_of(page: str) -> dict[str, object]:
    """Return what the script of a page reads."""
    found: dict[str, object] = json.loads(re.findall(r'id="story-data">(.*?)</script>', page, re.DOTALL)[0])
    return found


def on(changes: list[list[int]], day: int) -> int:
    """Return what holds on a day."""
    return [number for start, number in changes if start <= day][-1]


@pytest.fixture(scope="module")
def page(history: Path) -> str:
    return history.read_text(encoding="utf-8")


def test_the_page_says_what_became_of_the_history(page: str, chronicle: Chronicle) -> None:
    assert f"<h1>{fate(chronicle)}</h1>" in unescape(page)
    assert f"{abroad(chronicle)}." in unescape(page)
    assert f"run {chronicle.run}, seed {chronicle.seed}" in page


def test_every_day_of_the_map_is_in_the_page_as_changes(page: str, chronicle: Chronicle) -> None:
    data = data_of(page)
    factions = [*map(str, chronicle.scenario.tables.factions["id"]), NOBODY_ID]
    assert len(data["days"]) == len(chronicle.holders)
    for day in range(len(chronicle.holders)):
        shown = {place: factions[on(changes, day)] for place, changes in data["holders"].items()}
        assert shown == holders_in_the_evening(chronicle, day)
        assert {state: on(changes, day) for state, changes in data["levels"].items()} == {
            state: int(found[day]) for state, found in levels_of(chronicle).items()
        }
        for values, share in zip(data["remains"], remains_of(chronicle).values(), strict=True):
            assert abs(values[day] - 100 * share[day]) <= 0.5


def test_every_event_is_told_with_its_chance_and_reasons(page: str, chronicle: Chronicle) -> None:
    assert [int(number) for number in re.findall(r'<li id="event-(\d+)"', page)] == list(range(len(chronicle.events)))
    text = unescape(page)
    for event, item in zip(chronicle.events, items_of(chronicle.events), strict=True):
        assert f"{event.text}</span>" in text
        if event.draw is not None:
            assert item.chance.startswith("The chance was ")
            assert item.chance in text
        if event.because is not None and {part.kind for part in event.because.walk()} & {"fact", "event"}:
            assert item.part is not None, event.text


def test_reasons_are_unfolded_as_far_as_they_weigh(chronicle: Chronicle) -> None:
    def deep(part: Part) -> int:
        assert len(part.parts) <= MOST_PARTS
        for inner in part.parts:
            assert not inner.share or int(inner.share.split()[0]) >= 100 * LEAST_SHARE - 1
        return 1 + max((deep(inner) for inner in part.parts), default=0)

    assert max(deep(item.part) for item in items_of(chronicle.events) if item.part) == 3


def test_links_lead_to_earlier_events_on_the_page(page: str, chronicle: Chronicle) -> None:
    ids = Counter(re.findall(r'\bid="([^"]+)"', page))
    assert max(ids.values()) == 1
    body = page.split("</style>")[1]
    assert set(re.findall(r'href="#([^"]+)"', body)) | set(re.findall(r"url\(#([^)]+)\)", body)) <= set(ids)
    for number, inner in re.findall(r'<li id="event-(\d+)"(.*?)</details>', page, re.DOTALL):
        for link in re.findall(r'href="#event-(\d+)"', inner.split("<li id=")[0]):
            assert chronicle.events[int(link)].day <= chronicle.events[int(number)].day


def test_a_page_fetches_nothing_and_is_light(history: Path) -> None:
    page = history.read_text(encoding="utf-8")
    assert not re.findall(r"\b(?:src|srcset|action|poster)=", page.split("<script", maxsplit=1)[0])
    assert not re.findall(r"@import|url\((?!#)", page)
    assert history.stat().st_size < 600_000


def test_no_sentence_says_what_is_to_come(page: str) -> None:
    shown = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    assert not re.search(r"\bwill\b", re.sub(r"<[^>]+>", " ", shown))


def test_names_that_would_like_to_be_code_stay_text(hostile_history: Path) -> None:
    page = hostile_history.read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "<img" not in page
    assert HOSTILE in unescape(page)


def test_a_notebook_shows_the_figure_and_the_main_events(chronicle: Chronicle) -> None:
    shown = InHand(**vars(chronicle))._repr_html_()
    assert 'src="data:image/png;base64,' in shown
    text = unescape(shown)
    assert all(f"{event.text}</span>" in text for event in key_events(chronicle))
    assert len(re.findall("<li id=", shown)) < len(chronicle.events)
    assert "<details>" in shown


def test_a_notebook_escapes_names(hostile_chronicle: Chronicle) -> None:
    shown = InHand(**vars(hostile_chronicle))._repr_html_()
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown


def test_an_object_draws_and_writes_itself(chronicle: Chronicle, history: Path, tmp_path: Path) -> None:
    found = InHand(**vars(chronicle))
    assert isinstance(found.plot(), Plot)
    assert found.write_page(tmp_path / "run.html").read_bytes() == history.read_bytes()
