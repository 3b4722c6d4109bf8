"""Mark on axes of days when a scenario's levers and events come, and name them in words below the title.

What holds from day 0 on needs no line: it is how the runs begin.
"""

from __future__ import annotations

from matplotlib.axes import Axes

from sim.show.kit.theme import SOFT_INK
from sim.show.kit.typeset import NO_BREAK
from sim.world.entries import ALL
from sim.world.levers import AnyEvent, AnyLever
from sim.world.scenario import Scenario

WHOSE = ("actor", "patron", "client", "state", "location")  # keys of levers and events that name somebody
LINE = (0, (4, 2))


def turns_of(scenario: Scenario) -> dict[int, list[str]]:
    """Return what levers and events of a scenario come after day 0, in words, by day."""
    asked, found = scenario.config.scenario, dict[int, list[str]]()
    for item in sorted((*asked.levers, *asked.events), key=lambda item: item.day):
        if item.day:
            found.setdefault(item.day, []).append(_named(item))
    return found


def draw_turns(ax: Axes, scenario: Scenario, colour: str = SOFT_INK) -> None:
    """Draw a line on each of these days that lies on an axis.

    Parameters
    ----------
    ax
        Axes in days, their scale set.
    scenario
        What was run.
    colour
        Of the lines.
    """
    for day in turns_of(scenario):
        if day <= ax.get_xlim()[1]:
            ax.axvline(day, color=colour, linewidth=0.8, linestyle=LINE, zorder=1.5)


def turns_note(scenario: Scenario) -> str:
    """Return what the lines mean, to stand behind a note; nothing where there are none."""
    told = [f"day{NO_BREAK}{day} {' and '.join(what)}" for day, what in turns_of(scenario).items()]
    return f"; dashed lines: {', '.join(told)}" if told else ""


def _named(item: AnyLever | AnyEvent) -> str:
    """Return what a lever or event is, of whom, and how much, such as `support X 1.5`."""
    told = item.model_dump(exclude_none=True)
    what = str(told.get("lever", told.get("event"))).replace("_", NO_BREAK)
    amount = told.get("value", told.get("fighters"))
    who = f"{NO_BREAK}to{NO_BREAK}".join(str(told[key]) for key in WHOSE if told.get(key, ALL) != ALL)
    return NO_BREAK.join(filter(None, (what, who, "" if amount is None else f"{amount:,g}")))
