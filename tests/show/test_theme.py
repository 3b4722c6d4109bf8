import re
from collections import Counter
from itertools import combinations

import matplotlib as mpl
import pytest

from sim.show.kit.theme import (
    CHALLENGER_COLOUR,
    FAINT_INK,
    INK,
    MINOR_COLOUR,
    OTHER_COLOURS,
    REGIME_COLOUR,
    SOFT_INK,
    STYLE_FILE,
    faction_colours,
    luminance,
    styled,
)
from sim.show.maps.loss_scale import ink_on, loss_colour
from tests.worlds import TEN, WORLDS, scenario_of


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.1."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("colour", "expected"),
    [("black", 0.0), ("white", 1.0), ("#777777", 0.184), ("#0072B2", 0.153), ("red", 0.2126)],
)
def test_luminance_agrees_with_the_standard(colour: str, expected: float) -> None:
    assert luminance(colour) == pytest.approx(expected, abs=0.01)  # computed by the formula of WCAG 2.1


@pytest.mark.parametrize("ink", [INK, SOFT_INK, FAINT_INK])
def test_words_can_be_read_on_white(ink: str) -> None:
    assert contrast(ink, "white") >= 4.5


@pytest.mark.parametrize("rank", range(10))
def test_numbers_can_be_read_on_every_step_of_the_scale(rank: int) -> None:
    colour = loss_colour(rank / 10 + 0.05)
    assert contrast(ink_on(colour), colour) >= 4.5


def test_the_scale_darkens_from_never_to_always() -> None:
    steps = [luminance(loss_colour(rank / 10 + 0.05)) for rank in range(10)]
    assert steps == sorted(steps, reverse=True)
    assert len(set(steps)) == 10
    assert loss_colour(1.0) == loss_colour(0.95)


def test_regime_and_challenger_differ_in_lightness() -> None:
    assert contrast(REGIME_COLOUR, CHALLENGER_COLOUR) >= 2.0


def test_no_two_colours_of_factions_are_alike() -> None:
    colours = (REGIME_COLOUR, CHALLENGER_COLOUR, *OTHER_COLOURS, MINOR_COLOUR)
    for one, other in combinations(colours, 2):
        assert sum(abs(a - b) for a, b in zip(mpl.colors.to_rgb(one), mpl.colors.to_rgb(other), strict=True)) > 0.3


@pytest.mark.parametrize("world", WORLDS)
def test_each_faction_has_one_colour_and_only_grey_is_shared(world: str) -> None:
    scenario = scenario_of(world)
    colours, header = faction_colours(scenario), scenario.tables.header
    assert list(colours) == list(scenario.tables.factions["id"])
    assert colours[header.regime] == REGIME_COLOUR
    assert header.challenger is None or colours[header.challenger] == CHALLENGER_COLOUR
    shared = {colour for colour, n in Counter(colours.values()).items() if n > 1}
    assert shared <= {MINOR_COLOUR}


@pytest.mark.parametrize("world", TEN)  # some others have more holders than there are colours to tell apart
def test_everyone_who_holds_a_place_of_the_contested_state_has_a_colour_of_its_own(world: str) -> None:
    scenario = scenario_of(world)
    locations = scenario.tables.locations
    home = locations[locations["state"] == scenario.tables.header.contested_state]
    colours = faction_colours(scenario)
    assert all(colours[holder] != MINOR_COLOUR for holder in home["seat_holder"] if holder)


def test_a_lever_changes_no_colour() -> None:
    lever = {"lever": "strength", "actor": "challenger", "value": 2.0}
    with_lever = scenario_of("levant_2024", levers=(lever,))
    assert faction_colours(with_lever) == faction_colours(scenario_of("levant_2024"))


def test_the_style_holds_inside_the_block_only() -> None:
    before = mpl.rcParams["svg.fonttype"], mpl.rcParams["font.size"]
    with styled():
        assert mpl.rcParams["svg.fonttype"] == "none"
        assert mpl.rcParams["font.size"] == 9.0
    assert (mpl.rcParams["svg.fonttype"], mpl.rcParams["font.size"]) == before


def test_the_style_file_chooses_no_backend() -> None:
    assert not re.search(r"^backend", STYLE_FILE.read_text(encoding="utf-8"), re.MULTILINE)
