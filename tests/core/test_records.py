"""Records of compiled code: each dtype is what its annotated class says, in every tier."""

from itertools import pairwise
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest

from sim.core import record
from sim.core.codes import ENTITY_STRIDE, Cause, Channel, Level, Stream
from sim.core.rng import KEY_DTYPE, Key
from sim.core.state import (
    DELAY_SLOTS,
    EVENT_SLOTS,
    LARGE,
    SMALL,
    STATE_DTYPES,
    TIERS,
    WORLD_DTYPES,
    Derived,
    Flags,
    Floats,
    Ints,
    Numbers,
    Scratch,
    Shorts,
    State,
    Tier,
    World,
    new_state,
    new_world,
    record_dtype,
)

SCALARS = {int: np.dtype(np.int64), float: np.dtype(np.float64)}
ARRAYS = {
    str(Ints): np.dtype(np.int64),
    str(Floats): np.dtype(np.float64),
    str(Shorts): np.dtype(np.int16),
    str(Flags): np.dtype(np.int8),
    str(Numbers): np.dtype(np.uint8),
}
BY_TIER = pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.name)


def sizes(tier: Tier) -> dict[str, int]:
    """Return the size of each axis letter, as the state's docstring names them."""
    return {
        "L": tier.locations,
        "L+1": tier.locations + 1,
        "F": tier.factions,
        "S": tier.states,
        "A": tier.states + tier.factions,
        "A+1": tier.states + tier.factions + 1,
        "E": 8 * tier.locations,
        "K": tier.links,
        "V": 64,
        "D": DELAY_SLOTS,
        "C": len(Channel),
        "Q": len(Cause),
        "W": len(Stream),
        "R": len(Level),
        "M": EVENT_SLOTS,
        "P": tier.factions * (tier.factions - 1) // 2,
    }


def check(layout: type, dtype: np.dtype[Any], tier: Tier) -> None:
    """Compare a dtype with the class that describes it, field by field."""
    hints = get_type_hints(layout, include_extras=True)
    assert dtype.names == tuple(hints)
    assert dtype.isalignedstruct
    for name, hint in hints.items():
        if hint is Key:
            assert dtype[name] == KEY_DTYPE
        elif hint in (Derived, Scratch):
            check(hint, dtype[name], tier)
        elif hint in SCALARS:
            assert dtype[name] == SCALARS[hint], name
        else:
            array, *axes = get_args(hint)
            assert dtype[name].base == ARRAYS[str(array)], name
            assert dtype[name].shape == tuple(sizes(tier)[axis] for axis in axes), name


@BY_TIER
def test_world_and_state_are_laid_out_as_annotated(tier: Tier) -> None:
    check(World, WORLD_DTYPES[tier.name], tier)
    check(State, STATE_DTYPES[tier.name], tier)


@pytest.mark.parametrize(
    ("layout", "field", "small", "large"),
    [
        (World, "n_locations", (), ()),
        (World, "population", (64,), (256,)),
        (World, "hops", (64, 64), (256, 256)),
        (World, "edge_start", (65,), (257,)),
        (World, "edge_km", (512,), (2048,)),
        (World, "tie", (16, 16), (32, 32)),
        (World, "capacity", (32,), (64,)),
        (World, "link_start", (33,), (65,)),
        (World, "lever_day", (64,), (64,)),
        (State, "tempo", (), ()),
        (State, "fighters", (64, 16), (256, 32)),
        (State, "support_wanted", (64, 32), (256, 32)),
        (State, "struck", (32, 16), (64, 32)),
        (State, "bound_for", (64, 16), (256, 32)),
        (State, "channel", (16, 9), (32, 9)),
        (State, "level_day", (16, 5), (32, 5)),
        (State, "event_day", (512,), (512,)),
        (record.RunRow, "level_max", (16,), (32,)),
    ],
)
def test_shapes_are_the_capacities_of_the_tier(
    layout: type, field: str, small: tuple[int, ...], large: tuple[int, ...]
) -> None:
    assert record_dtype(layout, SMALL)[field].shape == small
    assert record_dtype(layout, LARGE)[field].shape == large


@BY_TIER
def test_rows_of_results_are_laid_out_as_annotated(tier: Tier) -> None:
    for name, table in record.TABLES.items():
        check(table.row, record.LAYOUTS[tier.name][name], tier)


def test_key_is_laid_out_as_annotated() -> None:
    assert {name: KEY_DTYPE[name] for name in KEY_DTYPE.names or ()} == {
        name: np.dtype(hint) for name, hint in get_type_hints(Key).items()
    }


def test_names_of_axes_in_use_are_exactly_the_documented_ones() -> None:
    used = set()
    for layout in (World, State, Scratch, record.RunRow, record.DayRow):
        for hint in get_type_hints(layout, include_extras=True).values():
            used |= {axis for axis in get_args(hint)[1:] if isinstance(axis, str)}
    assert used == set(SMALL.axes)


@BY_TIER
def test_new_records_are_empty_and_share_the_dtype_objects_of_their_tier(tier: Tier) -> None:
    # An equal but not identical dtype makes every compiled call ten times slower.
    world = new_world(tier)
    state = new_state(world)
    assert world.dtype is WORLD_DTYPES[tier.name]
    assert state.dtype is STATE_DTYPES[tier.name]
    assert world.shape == state.shape == (1,)
    assert not any(world.tobytes())
    assert not any(state.tobytes())


def test_tiers_have_names_of_their_own_and_grow() -> None:
    assert len({tier.name for tier in TIERS}) == len(TIERS)
    for small, large in pairwise(TIERS):
        assert all(small.axes[axis] <= large.axes[axis] for axis in small.axes)
        assert (small.locations, small.factions) != (large.locations, large.factions)


@BY_TIER
def test_factions_fit_the_bits_of_a_mask_and_the_stride_of_entity_numbers(tier: Tier) -> None:
    assert tier.factions < 63  # one bit each of a signed 64-bit number
    assert tier.factions <= ENTITY_STRIDE


@BY_TIER
def test_numbers_of_places_and_factions_fit_into_lists(tier: Tier) -> None:
    """Whoever makes a tier larger has to make the numbers in lists longer: they would wrap around in silence."""
    most = max(tier.locations, tier.factions) - 1
    assert most <= np.iinfo(ARRAYS[str(Numbers)]).max
    assert most <= np.iinfo(ARRAYS[str(Shorts)]).max
