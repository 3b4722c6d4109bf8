"""Draw what carries incidents to each neighbour: those that the war causes, divided by channel."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.estimate.knowledge import Knowledge, knowledge_of_results
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import Weights, mean_of, mean_with_interval
from sim.ensemble.store.results import Results
from sim.ensemble.store.schema import state_column
from sim.show.kit.page import new_page
from sim.show.kit.panels import scale_to
from sim.show.kit.rows import RowPanels, draw_rows, set_rows, write_number
from sim.show.kit.series import Numbers, say_nothing
from sim.show.kit.theme import BLUE, INK
from sim.show.kit.wording import number_words, words
from sim.tell.certainty import SAMPLING_ALONE
from sim.tell.labels import CHANNELS
from sim.tell.lookup import mean
from sim.tell.numbers import whole_percent
from sim.tell.places import state_names
from sim.tell.sections import by_channel
from sim.world.scenario import Scenario

COLUMNS, NUMBERS_MM = 3, 12.0
BAR = 0.62  # of a row
NONE = "none"


def draw_carried_by_channel(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of what carries incidents."""
    names, known = state_names(scenario), knowledge_of_results(results, scenario)
    weights = known.weights
    parts = {state: caused_by_channel(results, state) for state in scenario.tables.header.neighbours}
    heads = [f"{names[state]}: {_in_all(part, known)}" for state, part in parts.items()]
    panels = set_rows(list(CHANNELS.values()), heads, min(COLUMNS, len(parts)), NUMBERS_MM)
    shown = "Armed incidents that the war causes at each neighbour, by what carries them; means of runs"
    note = (
        f"they add up to what stands beside the names, with {number_words(scenario)}; lines: 95 % intervals "
        f"{SAMPLING_ALONE}"
    )
    page = new_page(words(results, scenario, _title(results, scenario, parts, weights), shown, note), panels.total_mm)
    most = max(mean_with_interval(one, weights).high for part in parts.values() for one in part)
    scale = scale_to(most if np.isfinite(most) and most > 0.0 else 1.0)
    for i, part in enumerate(parts.values()):
        ax = draw_rows(page, panels, i, dict(zip(scale.ticks, scale.labels, strict=True)))
        _draw_bars(ax, panels, part, weights)
    return page.figure


def _in_all(part: Numbers, known: Knowledge) -> str:
    """Return the mean number of incidents by all channels in words."""
    return mean(part.sum(axis=0), weights=known.weights, known=known).tight if part.any() else NONE


def caused_by_channel(results: Results, state: str) -> Numbers:
    """Return the incidents of a neighbour that each channel has carried, (channel, run)."""
    runs = usable(results.runs)
    return np.array([runs[by_channel(state, channel)].to_numpy(np.float64) for channel in CHANNELS])


def _draw_bars(ax: Axes, panels: RowPanels, part: Numbers, weights: Weights | None) -> None:
    """Draw a bar with its interval for each channel; a panel without any says why."""
    if not part.any():
        say_nothing(ax)
        return
    for row, one in enumerate(part):
        point, low, high, _ = mean_with_interval(one, weights)
        ax.barh(row + 0.5, point, height=BAR, color=BLUE, linewidth=0)
        ax.plot([low, high], [row + 0.5] * 2, color=INK, linewidth=0.8)
        write_number(ax, panels, row, mean(one, weights=weights).alone)


def _title(results: Results, scenario: Scenario, parts: dict[str, Numbers], weights: Weights | None) -> str:
    """Return the finding: which share of all incidents the war causes, and what carries most of them."""
    runs = usable(results.runs)
    every = (runs[state_column("incidents", state)].to_numpy(np.float64) for state in parts)
    everything = sum(mean_of(own, weights) for own in every)
    by = np.array([[mean_of(one, weights) for one in part] for part in parts.values()])
    if by.sum() == 0.0:
        return "The war causes no incident at any neighbour in any run"
    worst = list(parts)[int(by.sum(axis=1).argmax())]
    most = list(CHANNELS.values())[int(by.sum(axis=0).argmax())]
    share = whole_percent(float(by.sum()) / everything)
    largest = whole_percent(float(by.sum(axis=0).max() / by.sum()))
    return (
        f"The war causes {share} of its neighbours\N{RIGHT SINGLE QUOTATION MARK} armed incidents, most in "
        f"{state_names(scenario)[worst]}; the largest part of that, {largest}, comes by {most}"
    )
