"""Parameters: each is described where it is defined, its ranges agree, compiled code reads what was set."""

import dataclasses
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.codes import Channel
from sim.core.parameters import Parameter, choices, describe, from_plain, numbers, parameter, to_plain
from sim.core.rules import MECHANISMS, RULES_DTYPE, Rules, pack_rules
from sim.core.rules.spillover import Spillover
from sim.core.state import DELAY_SLOTS

ALL: dict[str, tuple[float, Parameter]] = {
    f"{mechanism}.{name}": (numbers(group())[name], described)
    for mechanism, group in MECHANISMS.items()
    for name, described in describe(group).items()
}
CHOICES = {f"{mechanism}.{name}": it for mechanism, group in MECHANISMS.items() for name, it in choices(group).items()}


@pytest.mark.parametrize("name", ALL)
def test_every_parameter_is_described(name: str) -> None:
    _, described = ALL[name]
    for text in (described.symbol, described.unit, described.meaning, described.source):
        assert text
        assert text == text.strip()


@pytest.mark.parametrize("name", ALL)
def test_default_lies_in_the_prior_and_the_prior_in_the_limits(name: str) -> None:
    default, described = ALL[name]
    low, high = described.prior
    least, most = described.limits
    assert least <= low <= default <= high <= most
    assert low < high, "a prior of one value is no range"


def test_symbols_are_unique() -> None:
    symbols = [described.symbol for _, described in ALL.values()]
    assert sorted(symbols) == sorted(set(symbols))


@pytest.mark.parametrize("name", [name for name, (_, it) in ALL.items() if "probability" in it.unit])
def test_probabilities_cannot_leave_the_unit_interval(name: str) -> None:
    assert ALL[name][1].limits == (0.0, 1.0)


@pytest.mark.parametrize("name", [name for name, (_, it) in ALL.items() if it.unit.startswith("share")])
def test_shares_cannot_leave_the_unit_interval(name: str) -> None:
    low, high = ALL[name][1].limits
    assert low >= 0.0
    assert high <= 1.0


# Rules divide by these; a limit of 0 would let a run end in a number that is none.
DIVISORS = [
    "morale.fall_days", "morale.recovery_days", "morale.desertion_threshold", "morale.shock_reach_hops",
    "morale.shock_half_life_days", "morale.siege_news_days", "morale.expectation_days",
    "orders.distance_km", "orders.awakening_morale",
    "advance.opposed_km_per_day", "advance.road_km_per_day", "advance.no_road_factor",
    "capture.commissioning_days", "patronage.belief_days", "patronage.rise_days", "patronage.fall_days",
    "patronage.direct_days", "regime.flight_morale", "regime.capital_reach_hops", "regime.bargain_days",
    "regime.recruit_days",
    "violence.revenge_fade_days", "violence.grievance_days",
    "installations.adrift_half_life_days", "extremists.per_million", "extremists.grievance_days",
    "extremists.force_ratio", "extremists.attack_dispersion",
]  # fmt: skip


@pytest.mark.parametrize("name", DIVISORS)
def test_divisors_stay_above_zero(name: str) -> None:
    assert ALL[name][1].limits[0] > 0.0


@pytest.mark.parametrize("name", ["patronage.delay_days", "patronage.delay_air_days"])
def test_delays_fit_the_slots_that_remember_decisions(name: str) -> None:
    assert ALL[name][1].limits[1] < DELAY_SLOTS


def test_record_holds_every_parameter_in_the_order_of_its_definition() -> None:
    assert RULES_DTYPE.names == tuple(field.name for field in dataclasses.fields(Rules))
    for name in RULES_DTYPE.names:
        group = MECHANISMS[name]
        assert RULES_DTYPE[name].names == tuple(field.name for field in dataclasses.fields(group))
        bases = {field: RULES_DTYPE[name][field].base for field in RULES_DTYPE[name].names}
        assert {field for field, base in bases.items() if base == np.int64} == set(choices(group))
        assert all(base == np.float64 for field, base in bases.items() if field not in choices(group))
    assert RULES_DTYPE.isalignedstruct


def drawn_group(data: st.DataObject, group: type) -> Any:
    """Draw a group of parameters within the limits, and any theory."""
    flat = {name: data.draw(st.floats(*described.limits)) for name, described in describe(group).items()}
    plain = to_plain(group())
    for name, value in plain.items():
        if isinstance(value, dict):
            plain[name] = {entry: flat[f"{name}.{entry}"] for entry in value}
        else:
            told = choices(group).get(name)
            plain[name] = flat[name] if told is None else data.draw(st.sampled_from(sorted(told.names)))
    return from_plain(group, plain)


@given(st.data())
def test_packed_rules_give_back_every_value(data: st.DataObject) -> None:
    groups = {mechanism: drawn_group(data, group) for mechanism, group in MECHANISMS.items()}
    record = pack_rules(Rules(**groups))
    assert record.shape == (1,)
    for mechanism, group in groups.items():
        for field in dataclasses.fields(group):
            assert np.array_equal(record[0][mechanism][field.name], getattr(group, field.name))


@given(st.data())
def test_what_a_configuration_writes_is_read_as_it_was(data: st.DataObject) -> None:
    for group in MECHANISMS.values():
        values = drawn_group(data, group)
        assert from_plain(group, to_plain(values)) == values


@pytest.mark.parametrize("name", CHOICES)
def test_every_theory_is_told_with_its_source_and_numbered_as_it_is_stored(name: str) -> None:
    theories = CHOICES[name].theories
    members = list(type(next(iter(theories))))
    assert list(theories) == members
    assert [int(member) for member in members] == list(range(len(members)))
    assert all("assumption" in text or re.search(r"\(\D+ (18|19|20)\d\d", text) for text in theories.values())


def test_an_entry_of_a_vector_is_a_parameter_of_its_own() -> None:
    weights = {name: it for name, it in describe(Spillover).items() if name.startswith("weight.")}
    assert list(weights) == [f"weight.{channel.name.lower()}" for channel in Channel]
    assert weights["weight.kin"].symbol == "w_kin"
    assert numbers(Spillover())["weight.kin"] == Spillover().weight[Channel.KIN] == 0.15


def test_records_of_rules_share_one_dtype_object() -> None:
    # An equal but not identical dtype makes every compiled call ten times slower.
    assert pack_rules(Rules()).dtype is RULES_DTYPE


def test_description_travels_with_the_field_and_the_default_stays_a_number() -> None:
    @dataclasses.dataclass(frozen=True)
    class Pace:
        speed: float = parameter(
            3.0, "v", prior=(1.0, 5.0), limits=(0.0, 9.0), unit="km/day", meaning="pace", source="a book"
        )

    assert Pace().speed == 3.0
    assert describe(Pace) == {"speed": Parameter("v", (1.0, 5.0), (0.0, 9.0), "km/day", "pace", "a book")}


def test_rules_cannot_be_changed_after_they_were_made() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Rules().contest.noise = 0.0  # type: ignore[misc]
