"""What a scenario decides for the actors (levers), and what it lets happen (events).

Each kind is a model of its own: it states the keys and ranges of that kind, and tells its entry in the core's table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from sim.core.codes import Kept, Lever
from sim.core.state import World
from sim.world.entries import ALL, Entry, Names
from sim.world.frozen import ConfigError, Frozen, Id
from sim.world.limits import MAX_HORIZON_DAYS

MAX_REINFORCEMENT = 1_000_000
Day = Annotated[int, Field(ge=0, le=MAX_HORIZON_DAYS)]
Factor = Annotated[float, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Lever(Frozen):
    """What is the same for all levers."""

    lever: str
    value: float
    day: Day = 0

    @property
    def kind(self) -> Lever:
        """Return the lever's code."""
        return Lever[self.lever.upper()]


class _OfSide(_Lever):
    """A lever of one faction, which may stand for its side."""

    actor: Id

    def entry(self, names: Names) -> Entry:
        """Return the row for the core."""
        return Entry(self.day, self.kind, self.value, client=names.faction("actor", self.actor))


class _OfState(_Lever):
    """A lever of a neighbour, or of all."""

    actor: Id

    def entry(self, names: Names) -> Entry:
        """Return the row for the core."""
        return Entry(self.day, self.kind, self.value, names.state("actor", self.actor, or_all=True))


class Support(_Lever):
    """Multiply what a patron, or every patron, gives its clients; 0 is an announced exit."""

    lever: Literal["support"]
    actor: Id
    client: Id = ALL
    value: Factor

    def entry(self, names: Names) -> Entry:
        """Return the row for the core."""
        actor = names.actor("actor", self.actor, or_all=True)
        return Entry(self.day, self.kind, self.value, actor, names.faction("client", self.client, or_all=True))


class Restraint(_Lever):
    """Hold back a share of the effort of a patron's clients, times its tie to each."""

    lever: Literal["restraint"]
    actor: Id
    client: Id = ALL
    value: Share

    def entry(self, names: Names) -> Entry:
        """Return the row for the core."""
        actor = names.actor("actor", self.actor)
        return Entry(self.day, self.kind, self.value, actor, names.faction("client", self.client, or_all=True))


class Strikes(_Lever):
    """Multiply an outside power's readiness to strike the extremists whom it opposes."""

    lever: Literal["strikes"]
    actor: Id
    value: Factor

    def entry(self, names: Names) -> Entry:
        """Return the row for the core."""
        return Entry(self.day, self.kind, self.value, names.actor("actor", self.actor))


class Initiative(_OfSide):
    """Let a faction's side attack (1) or not (0)."""

    lever: Literal["initiative"]
    value: float = Field(ge=0, le=1, multiple_of=1)


class Resolve(_OfSide):
    """Shift the log margin of a faction's side."""

    lever: Literal["resolve"]
    value: float = Field(ge=-5, le=5)


class Strength(_OfSide):
    """Multiply a faction's fighters."""

    lever: Literal["strength"]
    value: Factor


class Hardening(_OfState):
    """Set what a neighbour's guard of its border tends to, as a multiple of its capacity."""

    lever: Literal["hardening"]
    value: Factor


class Border(_OfState):
    """Set the share of a neighbour's crossings that stay open."""

    lever: Literal["border"]
    value: Share


class Guards(_Lever):
    """Set the share of the prison guards of a faction, or of all, that stay at their posts."""

    lever: Literal["guards"]
    actor: Id
    value: Share

    def entry(self, names: Names) -> Entry:
        """Return the row for the core."""
        return Entry(self.day, self.kind, self.value, client=names.faction("actor", self.actor, or_all=True))


class Mediation(_Lever):
    """Set how hard outsiders work for a settlement; it has no actor, since nobody in particular does."""

    lever: Literal["mediation"]
    value: Share

    def entry(self, _: Names) -> Entry:
        """Return the row for the core."""
        return Entry(self.day, self.kind, self.value)


class PatronExit(Frozen):
    """A patron leaves one client, or all."""

    event: Literal["patron_exit"]
    day: Day
    patron: Id
    client: Id = ALL

    def entry(self, names: Names) -> Entry:
        """Return the row for the core."""
        patron = names.actor("patron", self.patron)
        return Entry(self.day, Lever.SUPPORT, 0.0, patron, names.faction("client", self.client, or_all=True))


class Reinforcement(Frozen):
    """Fighters join a faction, spread over its garrisons; who sent them is for the record only."""

    event: Literal["reinforcement"]
    day: Day
    client: Id
    fighters: int = Field(ge=1, le=MAX_REINFORCEMENT)
    patron: Id = ALL

    def entry(self, names: Names) -> Entry:
        """Return the row for the core."""
        patron = names.actor("patron", self.patron, or_all=True)
        return Entry(self.day, Lever.REINFORCEMENT, self.fighters, patron, names.faction("client", self.client))


class Collapse(Frozen):
    """The regime falls apart, whatever its state."""

    event: Literal["collapse"]
    day: Day

    def entry(self, _: Names) -> Entry:
        """Return the row for the core."""
        return Entry(self.day, Lever.COLLAPSE)


class PrisonBreak(Frozen):
    """Extremists break out of the prisons of a location."""

    event: Literal["prison_break"]
    day: Day
    location: Id

    def entry(self, names: Names) -> Entry:
        """Return the row for the core."""
        return Entry(self.day, Lever.PRISON_BREAK, place=names.location("location", self.location))


class BorderChange(Frozen):
    """A neighbour closes all its crossings, or opens them again."""

    event: Literal["border_closure", "border_opening"]
    day: Day
    state: Id

    def entry(self, names: Names) -> Entry:
        """Return the row for the core."""
        share = 1.0 if self.event == "border_opening" else 0.0
        return Entry(self.day, Lever.BORDER, share, names.state("state", self.state))


class Kind(Frozen):
    """What a scenario keeps from happening: of one kind, of all or of whom it names."""

    event: Literal[tuple(kept.name.lower() for kept in Kept)]  # type: ignore[valid-type]
    place: Id = ALL
    actor: Id = ALL
    other: Id = ALL


KEPT_KEYS: dict[Kept, tuple[str, ...]] = {
    Kept.FALL: ("place",),
    Kept.EXIT: ("actor", "other"),
    Kept.FLIGHT: (),
    Kept.COUP: (),
    Kept.HANDOVER: (),
    Kept.SETTLEMENT: (),
    Kept.INFIGHTING: ("actor", "other"),
    Kept.MERGER: ("actor", "other"),
    Kept.STRIKE: ("place", "actor", "other"),
    Kept.DEAL: ("place", "actor"),
    Kept.DESERTION: ("place", "actor"),
    Kept.PRISON_BREAK: ("place",),
    Kept.TRUCE: (),
    Kept.INTERVENTION: ("actor", "other"),
}
"""What tells one of each kind from another; who an actor and the other are is as in ``events.parquet``."""


class Keep(Frozen):
    """Something does not happen from that day on, whatever leads to it; `keep` says what, where, and whose it is."""

    event: Literal["keep"]
    keep: Kind
    day: Day = 0

    def entry(self, names: Names) -> Entry:
        """Return the row for the core."""
        kept, keys = self.keep, KEPT_KEYS[Kept[self.keep.event.upper()]]
        for key in ("place", "actor", "other"):
            name = getattr(kept, key)
            if name != ALL and key not in keys:
                cure = f"it may name {' and '.join(keys)}" if keys else "leave it out"
                names.fault(f"keep.{key}", name, f"does not tell one {kept.event} from another; {cure}")
        return Entry(
            self.day,
            Lever.KEEP,
            float(Kept[kept.event.upper()]),
            names.actor("keep.actor", kept.actor, or_all=True),
            names.faction("keep.other", kept.other, or_all=True),
            names.location("keep.place", kept.place, or_all=True),
        )


AnyLever = Support | Strikes | Restraint | Initiative | Resolve | Strength | Hardening | Border | Guards | Mediation


def with_its_kind(value: Any) -> Any:
    """Return an event as it came; `keep: ...` needs no word more to say what it is."""
    return {"event": "keep", **value} if isinstance(value, dict) and "keep" in value else value


AnyEvent = PatronExit | Reinforcement | Collapse | PrisonBreak | BorderChange | Keep
LeverConfig = Annotated[AnyLever, Field(discriminator="lever")]
EventConfig = Annotated[Annotated[AnyEvent, Field(discriminator="event")], BeforeValidator(with_its_kind)]
_MODELS = {"lever": get_args(AnyLever), "event": get_args(AnyEvent)}


def kinds_of(key: str) -> list[str]:
    """Return the kinds of ``lever`` or ``event``."""
    return [kind for model in _MODELS[key] for kind in get_args(model.model_fields[key].annotation)]


def keys_of(key: str, kind: str) -> list[str]:
    """Return the keys of one kind of ``lever`` or ``event``."""
    models = (m for m in _MODELS[key] if kind in get_args(m.model_fields[key].annotation))
    return [name for model in models for name in model.model_fields]


def read_entries(
    levers: Sequence[AnyLever], events: Sequence[AnyEvent], names: Names, horizon_days: int
) -> list[Entry]:
    """Return the entries of levers and events, in their order.

    Raises
    ------
    ConfigError
        With a line for each name that the world lacks, and for each day after the last of a run.
    """
    entries = []
    for group, items in (("levers", levers), ("events", events)):
        for number, item in enumerate(items):
            here = names.at(f"scenario.{group}.{number}")
            entries.append(item.entry(here))
            if item.day >= horizon_days:
                here.fault("day", item.day, f"a run's last day is {horizon_days - 1}; give an earlier day")
    if names.faults:
        raise ConfigError(names.faults)
    return entries


def fill_levers(world: World, entries: Sequence[Entry]) -> None:
    """Fill the levers of a world, sorted by day; what falls on one day keeps its order."""
    capacity = len(world.lever_day)
    if len(entries) > capacity:
        raise ConfigError([f"scenario: has {len(entries)} levers and events; at most {capacity} fit"])
    world.n_levers = len(entries)
    for i, entry in enumerate(sorted(entries, key=lambda entry: entry.day)):
        world.lever_day[i] = entry.day
        world.lever_kind[i] = entry.kind
        world.lever_value[i] = entry.value
        world.lever_actor[i] = entry.actor
        world.lever_client[i] = entry.client
        world.lever_place[i] = entry.place
