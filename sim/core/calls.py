"""Offer each phase as a call from Python on one-element records; the Mesa model steps through these.

A record scalar costs 15 microseconds to pass, a one-element array of the same memory less than one.
"""

from __future__ import annotations

import numpy as np

from sim.core.codes import RunStatus
from sim.core.day import live_day, next_day
from sim.core.jit import phase
from sim.core.phases import (
    alignment,
    combat,
    extremists,
    hold,
    influence,
    installations,
    levers,
    muster,
    orders,
    patrons,
    people,
    regime,
    settlement,
    spillover,
    violence,
)
from sim.core.phases import capture as captures
from sim.core.phases.setup import begin_run, prepare
from sim.core.record import write_day, write_run

Record = np.ndarray


@phase
def call_begin_run(worlds: Record, rules: Record, states: Record, seed: np.uint64, run: np.uint64) -> None:
    """Put the state at the morning of day 0 of one run."""
    prepare(worlds[0], rules[0], states[0])
    begin_run(worlds[0], rules[0], states[0], seed, run)


@phase
def call_open_day(worlds: Record, rules: Record, states: Record) -> None:
    """Put today's levers into force."""
    levers.open_day(worlds[0], rules[0], states[0])


@phase
def call_decide_aid(worlds: Record, rules: Record, states: Record, actor: int) -> None:
    """Let one patron decide."""
    patrons.decide_aid(worlds[0], rules[0], states[0], actor)


@phase
def call_pool_aid(worlds: Record, rules: Record, states: Record) -> None:
    """Add up aid and carry out strikes."""
    patrons.pool_aid(worlds[0], rules[0], states[0])


@phase
def call_hold(worlds: Record, rules: Record, states: Record, faction: int) -> None:
    """Let one faction's garrisons pass the day."""
    hold.hold(worlds[0], rules[0], states[0], faction)


@phase
def call_recruit(worlds: Record, rules: Record, states: Record, faction: int) -> None:
    """Let one faction recruit."""
    regime.recruit(worlds[0], rules[0], states[0], faction)


@phase
def call_muster(worlds: Record, rules: Record, states: Record) -> None:
    """Count every force."""
    muster.muster(worlds[0], rules[0], states[0])


@phase
def call_give_orders(worlds: Record, rules: Record, states: Record, faction: int) -> None:
    """Let one faction give its side's orders."""
    orders.give_orders(worlds[0], rules[0], states[0], faction)


@phase
def call_fight(worlds: Record, rules: Record, states: Record) -> None:
    """Fight out the orders of the day."""
    combat.fight(worlds[0], rules[0], states[0])


@phase
def call_capture(worlds: Record, rules: Record, states: Record) -> None:
    """Hand over the places that fell."""
    captures.capture(worlds[0], rules[0], states[0])


@phase
def call_absorb_shock(worlds: Record, rules: Record, states: Record, faction: int) -> None:
    """Let one faction's garrisons hear the news."""
    hold.absorb_shock(worlds[0], rules[0], states[0], faction)


@phase
def call_survive(worlds: Record, rules: Record, states: Record) -> None:
    """Decide whether the regime lives through the day."""
    regime.survive(worlds[0], rules[0], states[0])


@phase
def call_awaken(worlds: Record, rules: Record, states: Record, faction: int) -> None:
    """Draw whether one faction joins the war."""
    regime.awaken(worlds[0], rules[0], states[0], faction)


@phase
def call_realign(worlds: Record, rules: Record, states: Record) -> None:
    """Move ties, and draw infighting and mergers."""
    alignment.realign(worlds[0], rules[0], states[0])


@phase
def call_deny(worlds: Record, rules: Record, states: Record) -> None:
    """Let outside powers destroy depots."""
    installations.deny(worlds[0], rules[0], states[0])


@phase
def call_harm(worlds: Record, rules: Record, states: Record) -> None:
    """Draw the civilians who are killed."""
    violence.harm(worlds[0], rules[0], states[0])


@phase
def call_move_people(worlds: Record, rules: Record, states: Record) -> None:
    """Let people leave and return."""
    people.move_people(worlds[0], rules[0], states[0])


@phase
def call_spill_over(worlds: Record, rules: Record, states: Record, host: int) -> None:
    """Let one state feel the war."""
    spillover.spill_over(worlds[0], rules[0], states[0], host)


@phase
def call_guard_prisons(worlds: Record, rules: Record, states: Record) -> None:
    """Draw which prisons break open."""
    extremists.guard_prisons(worlds[0], rules[0], states[0])


@phase
def call_resurge(worlds: Record, rules: Record, states: Record, faction: int) -> None:
    """Let one extremist faction grow or shrink."""
    extremists.resurge(worlds[0], rules[0], states[0], faction)


@phase
def call_invest(worlds: Record, rules: Record, states: Record, power: int) -> None:
    """Let one state spread its means."""
    influence.invest(worlds[0], rules[0], states[0], power)


@phase
def call_share_influence(worlds: Record, rules: Record, states: Record) -> None:
    """Move every share of influence."""
    influence.share_influence(worlds[0], rules[0], states[0])


@phase
def call_settle(worlds: Record, rules: Record, states: Record) -> None:
    """Draw whether the parties settle."""
    settlement.settle(worlds[0], rules[0], states[0])


@phase
def call_close_day(worlds: Record, rules: Record, states: Record) -> None:
    """Commission weapons and let the woken take their place."""
    regime.close_day(worlds[0], rules[0], states[0])


@phase
def call_live_day(worlds: Record, rules: Record, states: Record) -> None:
    """Let one whole day pass."""
    live_day(worlds[0], rules[0], states[0])
    next_day(states[0])


@phase
def call_next_day(states: Record) -> None:
    """Turn the calendar by one day."""
    next_day(states[0])


@phase
def call_write_day(worlds: Record, states: Record, rows: Record) -> None:
    """Write one day's row of ``DAY_DTYPE``."""
    write_day(worlds[0], states[0], rows[0])


@phase
def call_write_run(worlds: Record, states: Record, rows: Record) -> None:
    """Write a finished run's row of ``RUN_DTYPE``."""
    write_run(worlds[0], states[0], rows[0], RunStatus.OK.value)
