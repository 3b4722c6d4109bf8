"""Make the parts of the reference that the code knows best: a page asks for one by a line `<!-- made: NAME -->`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from sphinx.application import Sphinx

from generate.results import ROWS, estimates, kinds_of_events, outcomes
from generate.results import columns as columns_of_results
from generate.rulebook import parameters, rules
from generate.settings import SCRIPTS, choices, events, levers, own_settings, settings
from generate.worlds import columns, scenarios, worlds

PARTS: dict[str, Callable[[], str]] = {
    "parameters": parameters,
    "rules": rules,
    "settings": settings,
    "levers": levers,
    "events": events,
    "scenarios": scenarios,
    "worlds": worlds,
    "columns of worlds": columns,
    "kinds of events": kinds_of_events,
    "estimates": estimates,
    "outcomes": outcomes,
    **{f"columns of {name}": partial(columns_of_results, name) for name in ROWS},
    **{f"settings of {script}": partial(own_settings, script) for script in SCRIPTS},
    **{f"choices of {group}": partial(choices, group) for group in ("executor", "rules", "uncertainty")},
}


def setup(app: Sphinx) -> dict[str, Any]:
    """Have Sphinx fill pages when it reads them, and mend docstrings before it understands them."""
    app.connect("source-read", fill)
    app.connect("autodoc-process-docstring", mend, priority=400)  # before napoleon
    return {"parallel_read_safe": True}


def fill(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Replace each line that asks for a part by that part."""
    source[0] = re.sub(r"<!-- made: ([\w ]+) -->", lambda found: PARTS[found[1]](), source[0])


def mend(_app: Sphinx, what: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
    """Keep two things from being taken for markup."""
    lines[:] = [re.sub(r"\|(\w+)\|", r"\|\1\|", line) for line in lines]  # |h| is a magnitude, no substitution
    if what == "property":
        lines[:1] = [f": {lines[0]}"]  # or napoleon takes what stands before a colon for the property's type
