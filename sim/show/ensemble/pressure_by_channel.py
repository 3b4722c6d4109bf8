"""Draw what presses on each neighbour: mean contributions of the channels over time, stacked."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.core.codes import Channel
from sim.ensemble.store.results import Results
from sim.ensemble.store.schema import state_column
from sim.show.kit.key import keyed_page
from sim.show.kit.panels import draw_panel, scale_to, set_panels
from sim.show.kit.series import Numbers, by_day, to_horizon, traced
from sim.show.kit.theme import SERIES_COLOURS
from sim.show.kit.wording import mean_of, words
from sim.tell.lookup import mean
from sim.tell.numbers import whole_percent
from sim.tell.places import state_names
from sim.tell.section import Cell, Section
from sim.world.scenario import Scenario

CHANNELS = {
    Channel.REFUGEES: "refugees",
    Channel.ARMS: "weapons adrift",
    Channel.FIGHTERS: "fighters who cross",
    Channel.KIN: "kin who fight nearby",
    Channel.SANCTUARY: "hostile ground along the border",
    Channel.BORDER: "danger right across the border",
}
PANEL_MM = 34.0


def draw_pressure_by_channel(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of pressure by channel."""
    header, names = scenario.tables.header, state_names(scenario)
    parts = {state: contributions(results, scenario, state) for state in header.neighbours}
    used = [channel for channel in Channel if any(part[channel.value].any() for part in parts.values())]
    panels = set_panels(len(parts), PANEL_MM)
    shown = "Mean pressure on each neighbour, stacked by channel; a full channel adds its weight"
    note = f"{traced(results)}; beside the names: mean over days and runs, 95 % interval"
    page = keyed_page(
        words(results, scenario, _title(parts, names), shown, note),
        {CHANNELS[channel]: Patch(color=SERIES_COLOURS[channel.value]) for channel in used},
        panels.total_mm,
    )
    scale = scale_to(max(float(part.mean(axis=1).sum(axis=0).max()) for part in parts.values()))
    for i, (state, part) in enumerate(parts.items()):
        head = (names[state], mean_of(part.sum(axis=0).mean(axis=1)))
        ax = draw_panel(page, panels, i, scale, head, (header.day0, scenario.horizon_days))
        _draw_stack(ax, part.mean(axis=1))
    return page.figure


def pressure_table(results: Results, scenario: Scenario) -> Section | None:
    """Return what each channel adds to the pressure on each neighbour, in runs that left day series."""
    names = state_names(scenario)
    parts = {state: contributions(results, scenario, state) for state in scenario.tables.header.neighbours}
    rows: list[tuple[Cell, ...]] = [
        (names[state], *(mean(part.mean(axis=1)) for part in own), mean(own.sum(axis=0).mean(axis=1)))
        for state, own in parts.items()
    ]
    title = f"Pressure by channel, mean over days and runs; {traced(results)}"
    return Section.of_rows(title, ("neighbour", *CHANNELS.values(), "all"), rows)


def contributions(results: Results, scenario: Scenario, state: str) -> Numbers:
    """Return what each channel adds to the pressure on a neighbour, (channel, run, day).

    Parameters
    ----------
    results, scenario
        An ensemble with traced runs.
    state
        Id of the neighbour.
    """
    weight = scenario.config.parameters().spillover.weight
    return np.array(
        [
            weight[channel] * by_day(results.daily, state_column("channel", state, channel.name.lower()))
            for channel in Channel
        ]
    )


def _title(parts: dict[str, Numbers], names: dict[str, str]) -> str:
    """Return the finding: who feels most pressure, and from where most of it comes."""
    worst = max(parts, key=lambda state: float(parts[state].sum()))
    by_channel = parts[worst].mean(axis=(1, 2))
    total = float(by_channel.sum())
    if total == 0.0:
        return "No channel puts pressure on any neighbour: 0 on every day"
    most = CHANNELS[Channel(int(by_channel.argmax()))]
    alone = "pressure" if len(parts) == 1 else "most pressure"
    mean = mean_of(parts[worst].sum(axis=0).mean(axis=1))
    return f"{names[worst]} feels {alone}, {mean} on average; {whole_percent(by_channel.max() / total)} of it: {most}"


def _draw_stack(ax: Axes, means: Numbers) -> None:
    """Draw mean contributions, (channel, day), each on top of the one before."""
    tops = np.cumsum(to_horizon(means), axis=0)
    days = np.arange(tops.shape[1])
    for colour, low, high in zip(SERIES_COLOURS, np.vstack([np.zeros(len(days)), tops[:-1]]), tops, strict=True):
        ax.fill_between(days, low, high, color=colour, linewidth=0)
        ax.plot(days, high, color="white", linewidth=0.4)
