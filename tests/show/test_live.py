"""Where a model stands that is being stepped through: as a figure, and on Mesa's page as the guide shows it."""

import re
import warnings
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.agents.model import SpilloverModel
from sim.show.figures import EVENING
from sim.tell.places import home_holders
from tests.show.reading import assert_readable, subtitle_of, title_of, words_of
from tests.worlds import scenario_of

GUIDE = Path(__file__).parents[2] / "docs" / "howto" / "notebook.md"


@pytest.mark.parametrize("world", ["levant_2024", "liberia_2003"])
def test_the_figure_follows_the_model(world: str) -> None:
    model = SpilloverModel(scenario_of(world), seed=1, run=3)
    morning = EVENING.of(model).draw()
    assert title_of(morning).startswith("On the morning of day 0 the regime's side holds ")
    assert "run 3, seed 1" in subtitle_of(morning)
    assert_readable(morning)
    while model.running and not model.falls:
        model.step()
    evening = EVENING.of(model).draw()
    assert title_of(evening).startswith(f"In the evening of day {model.day - 1}, ")
    assert_readable(evening)
    assert colours(morning) != colours(evening)


def colours(figure: Any) -> list[tuple[float, ...]]:
    """Return the colours of the places on a map."""
    return [tuple(colour) for part in figure.axes[0].collections for colour in part.get_facecolor()]


def test_it_tells_levels_and_the_end() -> None:
    model = SpilloverModel(scenario_of("levant_2024", days=40), seed=1, run=3)
    model.run_to_horizon()
    figure = EVENING.of(model).draw()
    words = [text.get_text() for text in words_of(figure)]
    for name in model.inputs.tables.header.neighbours:
        assert str(model.state_agent(name).level) in words
    assert (model.collapse_day is None) == ("the regime collapsed on day" not in title_of(figure))
    assert set(home_holders(model.inputs)) <= {place.coordinate for place in model.places}


def test_the_example_of_the_guide_shows_a_map_that_follows_the_steps() -> None:
    solara = pytest.importorskip("solara", reason="the extra viz is not installed")
    widgets = pytest.importorskip("ipywidgets")
    example = re.findall(r":caption: live.py\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)[
        0
    ]
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Mesa's own components
        viz = pytest.importorskip("mesa.visualization", reason="this Mesa draws no pages")
        if not hasattr(viz, "SolaraViz"):
            pytest.skip("this Mesa has no SolaraViz")
        utils = pytest.importorskip("mesa.visualization.utils")
        exec(example, names)
        model = sim.SpilloverModel(names["scenario"], run=3)
        _, context = solara.render(names["Map"](model), handle_error=False)
        (before,) = [image.value for image in context.find(widgets.Image).widgets]
        while not model.falls:
            model.step()
        utils.force_update()
        (after,) = [image.value for image in context.find(widgets.Image).widgets]
        assert before != after
        context.close()
        _, context = solara.render(names["page"], handle_error=False)
        assert len(context.find(widgets.Image).widgets) == 2  # the map, and the plot of morale
        context.close()
