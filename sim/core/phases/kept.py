"""What a scenario keeps from happening: asked where it is about to happen, so that nothing else can notice."""

from __future__ import annotations

import numpy as np

from sim.core.codes import NOBODY, Lever
from sim.core.jit import phase
from sim.core.state import State, World


@phase
def is_kept(world: World, state: State, what: int, place: int, actor: int, other: int) -> bool:
    """Tell whether the scenario keeps something from happening today.

    Parameters
    ----------
    what
        Number of a ``Kept``.
    place, actor, other
        Where, who (a state or a faction), and with or against which faction; ``NOBODY`` for none. A scenario that names
        none of them means all.
    """
    for lever in range(world.n_levers):
        if (
            world.lever_kind[lever] == Lever.KEEP
            and world.lever_value[lever] == what
            and world.lever_day[lever] <= np.int64(state.key.day)
            and world.lever_place[lever] in (NOBODY, place)
            and world.lever_actor[lever] in (NOBODY, actor)
            and world.lever_client[lever] in (NOBODY, other)
        ):
            return True
    return False
