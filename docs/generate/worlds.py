"""Tell which worlds and scenarios there are, and what the tables of a world hold."""

from __future__ import annotations

from generate.markdown import sentence, span, table
from generate.settings import LARGE, head_of, values_of
from sim.world.catalogue import CONF
from sim.world.columns import Column, TableSchema
from sim.world.schema import TABLES

KINDS = {"flag": "1 for yes, 0 for no", "date": "date as YYYY-MM-DD", "id": "id of its own"}


def scenarios() -> str:
    """Return the project's scenarios."""
    paths = sorted((CONF / "scenario").glob("*.yaml"))
    rows = [(f"`{p.stem}`", values_of(f"scenario/{p.name}")["question"], sentence(head_of(p))) for p in paths]
    return table(("`scenario=`", "asks", "what it does"), rows)


def worlds() -> str:
    """Return the project's worlds."""
    rows = []
    for path in sorted((CONF / "world").glob("*.yaml")):
        world = values_of(f"world/{path.stem}/world.yaml")
        who = f"`{world['challenger']}`"
        rows.append((f"`{path.stem}`", world["title"], world["day0"], world["horizon_days"], who))
    return table(("`world=`", "war", "day 0", "days", "who attacks"), rows)


def columns() -> str:
    """Return the columns of every table of a world, a section a table."""
    sections = []
    for schema in TABLES:
        use = "Needed." if schema.is_required else "Optional." if schema.is_input else "Optional; no run reads it."
        rows = [(f"`{column.name}`", _holds(schema, column), _remark(column)) for column in schema.columns]
        sections.append(f"### {schema.file}\n\n{use}\n\n{table(('column', 'holds', 'remark'), rows)}")
    return "\n\n".join(sections)


def _holds(schema: TableSchema, column: Column) -> str:
    """Return in words what a column holds."""
    named = dict(schema.references).get(column.name)
    if named:
        return "id of a faction or state" if named == "actors" else f"id of `{named}.csv`"
    if column.choices:
        words = ", ".join(f"`{word}`" for word in column.choices)
        return f"some of {words}, separated by `|`" if column.kind == "words" else f"one of {words}"
    return _number(column) if column.kind in ("number", "whole") else KINDS.get(column.kind, "text")


def _number(column: Column) -> str:
    """Return in words what numbers a column holds."""
    kind = "whole number" if column.kind == "whole" else "number"
    if column.low < -LARGE:
        return kind
    return f"{kind}, {span(column.low, column.high)}" if column.high < LARGE else f"{kind}, at least {column.low:,.10g}"


def _remark(column: Column) -> str:
    """Return whether a column or a cell may be missing."""
    return ", ".join(
        ["may be left out"] * (not column.is_required) + ["cells may be empty"] * column.may_be_empty,
    )
