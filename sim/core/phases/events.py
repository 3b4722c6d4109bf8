"""Tell what happened: the rare events of a run, one by one, for its table of events."""

from __future__ import annotations

import numpy as np

from sim.core.codes import NOBODY
from sim.core.jit import phase
from sim.core.state import EVENT_SLOTS, State


@phase
def note_event(state: State, kind: int, place: int, actor: int, other: int, size: float) -> None:
    """Append an event; ``NOBODY`` stands for no place or no actor. When all slots are used, only the count goes on."""
    slot = state.n_events
    state.n_events = slot + 1
    if slot >= EVENT_SLOTS:
        return
    state.event_day[slot] = np.int64(state.key.day)
    state.event_kind[slot] = kind
    state.event_place[slot] = place
    state.event_actor[slot] = actor
    state.event_other[slot] = other
    state.event_size[slot] = size
    state.event_cause[slot] = NOBODY


@phase
def sort_events(state: State) -> None:
    """Put today's events in order of kind, place and actors: agents act in any order, what is told must not tell it."""
    for slot in range(state.n_events_before + 1, min(state.n_events, EVENT_SLOTS)):
        here = slot
        while here > state.n_events_before and comes_before(state, here, here - 1):
            swap_events(state, here, here - 1)
            here -= 1
    state.n_events_before = min(state.n_events, EVENT_SLOTS)


@phase
def comes_before(state: State, slot: int, other: int) -> bool:
    """Tell whether one event of a day is told before another."""
    if state.event_kind[slot] != state.event_kind[other]:
        return state.event_kind[slot] < state.event_kind[other]
    if state.event_place[slot] != state.event_place[other]:
        return state.event_place[slot] < state.event_place[other]
    if state.event_actor[slot] != state.event_actor[other]:
        return state.event_actor[slot] < state.event_actor[other]
    return state.event_other[slot] < state.event_other[other]


@phase
def swap_events(state: State, slot: int, other: int) -> None:
    """Swap two events of the same day."""
    kind, place = state.event_kind[slot], state.event_place[slot]
    actor, third = state.event_actor[slot], state.event_other[slot]
    size, cause = state.event_size[slot], state.event_cause[slot]
    state.event_kind[slot] = state.event_kind[other]
    state.event_place[slot] = state.event_place[other]
    state.event_actor[slot] = state.event_actor[other]
    state.event_other[slot] = state.event_other[other]
    state.event_size[slot] = state.event_size[other]
    state.event_cause[slot] = state.event_cause[other]
    state.event_kind[other] = kind
    state.event_place[other] = place
    state.event_actor[other] = actor
    state.event_other[other] = third
    state.event_size[other] = size
    state.event_cause[other] = cause
