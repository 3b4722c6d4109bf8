"""Tell what results hold: the columns of every table, what is estimated from them, and outcomes."""

from __future__ import annotations

from collections.abc import Iterator

from generate.markdown import table
from sim.core.codes import Event
from sim.core.outputs import AMOUNTS, Field, Kind, Output, fields_of
from sim.core.record import EVENT_WORDS, RUNS, TOLLS
from sim.ensemble.estimate.outcomes import outcomes_of
from sim.ensemble.estimate.rows import LEVELS_OF_AMOUNTS, LEVELS_OF_DAYS, REPORT_DAYS
from sim.ensemble.store.schema import ENTRIES, ESTIMATES, TABLES, EstimateRow, Names, columns_of
from sim.study.compare import COMPARISON, ComparisonRow
from sim.study.matters.discovery import BOXES, TRAJECTORY, BoxRow, StepRow
from sim.study.matters.sensitivity import PAIRS, SENSITIVITY, PairRow, SensitivityRow
from sim.study.matters.variants import VARIANTS, VariantRow
from sim.study.rare.rare import CLIMBS, LADDER, LINEAGES, ClimbRow, LadderRow, LineageRow
from sim.study.score.folder import ROWS as SCORES
from sim.study.score.versus import GAINS, GainRow

NAMES = Names(states=("X",), neighbours=("X",))
ROWS = {
    **{name: item.row for name, item in TABLES.items()},
    ESTIMATES: EstimateRow,
    COMPARISON: ComparisonRow,
    GAINS: GainRow,
    SENSITIVITY: SensitivityRow,
    PAIRS: PairRow,
    BOXES: BoxRow,
    TRAJECTORY: StepRow,
    VARIANTS: VariantRow,
    LADDER: LadderRow,
    CLIMBS: ClimbRow,
    LINEAGES: LineageRow,
    **SCORES,
}
HORIZON = max(REPORT_DAYS) + 1


def columns(name: str) -> str:
    """Return the columns of a table, after what its rows are."""
    rows = (
        (f"`{column.name}`", str(column.type), column.output.unit, _meaning(column.output, column.label), column.null)
        for column in columns_of(ROWS[name], NAMES)
    )
    about = f"{TABLES[name].about}\n\n" if name in TABLES else ""
    return about + table(("column", "type", "unit", "meaning", "empty for"), rows)


def _meaning(output: Output, label: str) -> str:
    """Return what a declaration says: label, note, and names that are stored for codes."""
    codes = output.names if output.kind is Kind.NAME and output.names else ()
    names = ", ".join(f"`{member.name.lower()}`" for member in codes)
    told = f"{label}, {output.note}" if output.note else label
    return f"{told}: {names}" if names else told


def kinds_of_events() -> str:
    """Return what actor, other and size of each kind of event are."""
    rows = ((f"`{event.name.lower()}`", *EVENT_WORDS[event]) for event in Event)
    return table(("`kind`", "`actor`", "`other`", "`size`"), rows)


def estimates() -> str:
    """Return what is estimated from the columns of runs and of tolls."""
    rows = [
        *(_estimated(field, "") for field in fields_of(TABLES[RUNS].row) if field.output.use),
        *(_estimated(field, "place_") for field in fields_of(TABLES[TOLLS].row) if field.output.use),
    ]
    return table(("`quantity`", "`entity`", "`unit`", "of what"), rows)


def _estimated(field: Field, prefix: str) -> tuple[str, ...]:
    """Return the row of one field."""
    output, name = field.output, f"{prefix}{field.name}"
    entity = "place" if prefix else ("neighbour" if output.is_of_neighbours else "state") if field.axes else ""
    label = output.label.format(state="it", entry="L")
    if output.kind in AMOUNTS:
        ends = ", ".join(f"`_q{round(100 * level)}`" for level in LEVELS_OF_AMOUNTS)
        whose = f"{entity}; empty for all" if output.total else entity
        return f"`{name}_mean`, {ends}", whose, output.unit, _meaning(output, label)
    if output.kind is Kind.DAY:
        quantities = _days(field)
    else:
        codes = [member.value for member in output.names or ()]
        quantities = f"`{name}_share_{codes[0]}` to `_{codes[-1]}`" if entity and codes else f"`{name}_share`"
        entity = entity or ("its names" if codes else "")
    return quantities, entity, "probability", _meaning(output, label)


def _days(field: Field) -> str:
    """Return the names of what is estimated from days."""
    event = field.name.removesuffix("_day")
    if field.axes[1:]:
        entries = list(ENTRIES[field.axes[1]].values())
        return f"`{event}_{entries[0]}_by_day` to `{event}_{entries[-1]}_by_day`"
    if field.axes:
        return f"`{event}_by_day`"
    first, *_, last = (round(100 * level) for level in LEVELS_OF_DAYS)
    return f"`{event}_by_day`; `{field.name}_q50`; `{field.name}_given_{event}_q{first}` to `_q{last}`"


def outcomes() -> str:
    """Return all outcomes; `D` stands for a day that is reported."""
    return table(("outcome", "unit", "meaning"), _outcomes())


def _outcomes() -> Iterator[tuple[str, ...]]:
    """Yield a row for each outcome."""
    first, *others, _ = (f"_by_{day}" for day in (*REPORT_DAYS, HORIZON))
    for name, outcome in outcomes_of(NAMES, HORIZON).items():
        if not name.endswith(tuple(others)):
            label = outcome.label.format(state=outcome.state, entry=outcome.entry)
            when = label.replace(f"by day {HORIZON}", "within the horizon").replace(
                f"by day {REPORT_DAYS[0]}", "by day D"
            )
            yield f"`{name.replace(first, '_by_D')}`", outcome.unit, when
