"""Tell the rules of each mechanism, and the numbers in them."""

from __future__ import annotations

from generate.markdown import sentence, span, table
from sim.core.parameters import Choice, choices, describe, numbers, to_plain
from sim.core.rules import MECHANISMS

RULEBOOK = """```{{eval-rst}}
.. automodule:: {module}
   :members:
   :exclude-members: {parameters}
```"""  # the class of parameters has its own page


def parameters() -> str:
    """Return every parameter of every rule, a section a mechanism."""
    header = ("parameter", "default", "plausible", "learnt within", "allowed", "unit", "meaning and source")
    sections = []
    for mechanism, group in MECHANISMS.items():
        defaults = numbers(group())
        rows = [
            (f"`{name}`", f"`{to_plain(group())[name]}`", *_theories(told), f"{sentence(told.meaning)}")
            for name, told in choices(group).items()
        ]
        rows += [
            (
                f"`{name}`, {p.symbol}",
                *(
                    f"{defaults[name]:g}",
                    span(*p.prior),
                    span(*p.calibrated) if p.calibrated else "",
                    span(*p.limits),
                    p.unit,
                ),
                f"{p.meaning}. *{sentence(p.source)}*",
            )
            for name, p in describe(group).items()
        ]
        intro = f"Set as `rules.{mechanism}.<parameter>`; read by the rules of [{mechanism}](rules.md#{mechanism})."
        sections.append(f"## {mechanism}\n\n{intro}\n\n{table(header, rows)}")
    return "\n\n".join(sections)


def _theories(told: Choice) -> tuple[str, str, str, str]:
    """Return what a choice allows, in the columns of ranges and units."""
    words = "<br>".join(f"`{name}`: {told.theories[theory]}" for name, theory in told.names.items())
    return "", "", words, "theory"


def rules() -> str:
    """Return the functions of every mechanism."""
    sections = []
    for mechanism, group in MECHANISMS.items():
        told = RULEBOOK.format(module=group.__module__, parameters=group.__name__)
        sections.append(f"## {mechanism}\n\nIts numbers: [{mechanism}](parameters.md#{mechanism}).\n\n{told}")
    return "\n\n".join(sections)
