"""Keyed draws: the published generator, one number for each decision, and the distributions they promise."""

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.core import rng
from sim.core.codes import ENTITY_STRIDE, Purpose
from sim.core.jit import phase
from sim.core.phases.forces import pair
from sim.core.state import TIERS
from tests.statistics import assert_distribution, assert_mean

CORE = Path(rng.__file__).parent
MULTIPLIERS = {32: (0xD2511F53, 0xCD9E8D57), 64: (0xD2E7470EE14C6C93, 0xCA5A826395121157)}
WEYL = {32: (0x9E3779B9, 0xBB67AE85), 64: (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)}
WORD32 = st.integers(0, 2**32 - 1)
WORD64 = st.integers(0, 2**64 - 1)
# Widths that the key reserves; the seed takes 64 bits, and a purpose stays below PURPOSES.
PARTS = {
    "seed": 2**64,
    "run": 2**32,
    "day": 2**26,
    "purpose": int(rng.PURPOSES),
    "entity": 2**32,
    "ordinal": 2**32,
}


def philox(counter: tuple[int, ...], key: tuple[int, ...], bits: int) -> tuple[int, ...]:
    """Return Philox4xW-10 as Salmon et al. (2011) define it, in Python's own integers."""
    word = 2**bits - 1
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        a, b = MULTIPLIERS[bits][0] * c0, MULTIPLIERS[bits][1] * c2
        c0, c1, c2, c3 = (b >> bits) ^ c1 ^ k0, b & word, (a >> bits) ^ c3 ^ k1, a & word
        k0, k1 = (k0 + WEYL[bits][0]) & word, (k1 + WEYL[bits][1]) & word
    return c0, c1, c2, c3


def ours(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """Return what the compiled generator gives."""
    return tuple(int(word) for word in rng.philox4x32(*map(np.uint64, counter), *map(np.uint64, key)))


def key_of(seed: int, run: int, day: int) -> Any:
    """Return a key as the compiled code reads it."""
    return np.array([(seed, run, day)], rng.KEY_DTYPE).view(np.recarray)[0]


def words_of(seed: int, run: int, day: int, purpose: int, entity: int, ordinal: int) -> tuple[int, ...]:
    """Return the four words of one decision."""
    return tuple(int(word) for word in rng.words(key_of(seed, run, day), purpose, entity, ordinal))


DECISIONS = st.fixed_dictionaries({name: st.integers(0, width - 1) for name, width in PARTS.items()})
EDGE_DECISIONS = st.fixed_dictionaries(
    {name: st.sampled_from([0, 1, width // 2, width - 1]) for name, width in PARTS.items()}
)


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0,) * 4, (0,) * 2, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((2**32 - 1,) * 4, (2**32 - 1,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
    ids=["zeros", "ones", "digits of pi"],
)
def test_generator_gives_the_published_random123_vectors(
    counter: tuple[int, ...], key: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    assert ours(counter, key) == expected
    assert philox(counter, key, 32) == expected


@given(counter=st.tuples(WORD32, WORD32, WORD32, WORD32), key=st.tuples(WORD32, WORD32))
def test_generator_equals_the_definition(counter: tuple[int, ...], key: tuple[int, ...]) -> None:
    assert ours(counter, key) == philox(counter, key, 32)


@given(counter=st.tuples(st.integers(1, 2**64 - 1), WORD64, WORD64, WORD64), key=st.tuples(WORD64, WORD64))
def test_definition_with_long_words_equals_numpy(counter: tuple[int, ...], key: tuple[int, ...]) -> None:
    # The same lines of Python with 64-bit words meet an independent program; NumPy counts before it draws.
    before = np.array([counter[0] - 1, *counter[1:]], np.uint64)
    independent = np.random.Philox(  # noqa: TID251 - the reference that our own draws are checked against
        counter=before, key=np.array(key, np.uint64)
    )
    assert tuple(int(word) for word in independent.random_raw(4)) == philox(counter, key, 64)


@given(decision=DECISIONS)
def test_each_part_of_the_key_has_its_own_place_in_the_counter(decision: dict[str, int]) -> None:
    counter = (
        decision["ordinal"],
        decision["entity"],
        decision["day"] * 64 + decision["purpose"],
        decision["run"],
    )
    key = (decision["seed"] % 2**32, decision["seed"] >> 32)
    assert words_of(**decision) == philox(counter, key, 32)


@given(decision=DECISIONS, day=st.integers(0, PARTS["day"] - 1))
def test_a_draw_of_the_run_is_the_same_on_every_day(decision: dict[str, int], day: int) -> None:
    rest = decision["purpose"], decision["entity"], decision["ordinal"]
    today, later = (key_of(decision["seed"], decision["run"], d) for d in (decision["day"], day))
    assert rng.words_of_run(today, *rest) == rng.words_of_run(later, *rest)
    assert rng.normal_of_run(today, *rest) == rng.normal_of_run(later, *rest)
    assert rng.normal_of_run(today, *rest) == rng.normal(key_of(decision["seed"], decision["run"], 0), *rest)


@pytest.mark.parametrize("part", PARTS)
@given(decision=DECISIONS, data=st.data())
def test_changing_any_part_of_the_key_changes_the_draw(
    part: str, decision: dict[str, int], data: st.DataObject
) -> None:
    other = data.draw(st.integers(0, PARTS[part] - 1).filter(lambda value: value != decision[part]))
    draws = []
    for value in (decision[part], other):
        changed = {**decision, part: value}
        key = key_of(changed.pop("seed"), changed.pop("run"), changed.pop("day"))
        draws.append(rng.uniform(key, changed["purpose"], changed["entity"], changed["ordinal"]))
    assert draws[0] != draws[1]


@given(one=EDGE_DECISIONS, other=EDGE_DECISIONS)
def test_no_two_decisions_of_a_seed_share_their_words(one: dict[str, int], other: dict[str, int]) -> None:
    # Philox permutes counters, so equal words under one seed would mean equal counters.
    other = {**other, "seed": one["seed"]}
    assert (words_of(**one) == words_of(**other)) == (one == other)


@given(st.integers(0, 2**26 - 2), st.integers(0, 63), st.integers(0, 63))
def test_last_purpose_of_a_day_does_not_run_into_the_next_day(day: int, purpose: int, later: int) -> None:
    assert words_of(1, 1, day, purpose, 1, 1) != words_of(1, 1, day + 1, later, 1, 1)


@pytest.mark.parametrize("tier", TIERS, ids=lambda tier: tier.name)
def test_pairs_of_place_and_faction_or_actor_have_their_own_entity_numbers(tier: Any) -> None:
    actors = tier.states + tier.factions
    assert tier.factions <= ENTITY_STRIDE
    for left, right in ((tier.locations, tier.factions), (actors, tier.factions)):
        assert len({pair(i, j) for i in range(left) for j in range(right)}) == left * right


def test_purposes_have_unique_values_that_fit_their_field() -> None:
    values = [member.value for member in Purpose.__members__.values()]
    assert len(set(values)) == len(values)
    assert min(values) >= 0
    assert max(values) < int(rng.PURPOSES)


def test_each_purpose_is_used_at_exactly_one_place_of_the_phases() -> None:
    uses: Counter[str] = Counter()
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Purpose":
                assert path.parent.name == "phases", f"{path.name} line {node.lineno} draws outside a phase"
                uses[node.attr] += 1
    assert uses == dict.fromkeys(set(Purpose.__members__) - {"PARAMETER"}, 1)  # drawn before a run begins
    source = (CORE.parent / "world" / "uncertainty.py").read_text(encoding="utf-8")
    assert source.count("Purpose.PARAMETER") == 1


@pytest.mark.parametrize(
    ("high", "low", "expected"),
    [(0, 0, 2.0**-53), (2**32 - 1, 2**32 - 1, 1.0 - 2.0**-53), (2**31, 0, 0.5 + 2.0**-53)],
)
def test_extreme_words_stay_inside_the_open_interval(high: int, low: int, expected: float) -> None:
    u = rng.open_unit(np.uint64(high), np.uint64(low))
    assert u == expected
    assert 0.0 < u < 1.0


@given(WORD32, WORD32)
def test_open_unit_reads_its_52_bits(high: int, low: int) -> None:
    # Both sides are exact: 52 bits and one half fit a double.
    assert rng.open_unit(np.uint64(high), np.uint64(low)) * 2.0**52 == high * 2**20 + low % 2**20 + 0.5


@given(decision=DECISIONS)
def test_draws_are_pure_functions_of_their_key(decision: dict[str, int]) -> None:
    key = key_of(decision["seed"], decision["run"], decision["day"])
    rest = decision["purpose"], decision["entity"], decision["ordinal"]
    for draw in (rng.uniform, rng.normal, rng.normal_of_run, rng.noise_around_one):
        assert draw(key, *rest) == draw(key.copy(), *rest)


RUNS, DAYS, ENTITIES = 50, 40, 100
SEED = 20_241_126


@phase
def fill(keys: np.ndarray, uniforms: np.ndarray, normals: np.ndarray, noises: np.ndarray) -> None:
    """Draw every kind of number for many runs, days and entities, as the phases do."""
    key = keys[0]
    for run in range(uniforms.shape[0]):
        key.run = np.uint64(run)
        for day in range(uniforms.shape[1]):
            key.day = np.uint64(day)
            for entity in range(uniforms.shape[2]):
                uniforms[run, day, entity] = rng.uniform(key, 7, entity, 0)
                normals[run, day, entity] = rng.normal(key, 8, entity, 0)
                noises[run, day, entity] = rng.noise_around_one(key, 9, entity, 0)


@pytest.fixture(scope="module")
def draws() -> dict[str, np.ndarray]:
    """Return 200,000 draws of each kind, (run, day, entity)."""
    keys = np.array([(SEED, 0, 0)], rng.KEY_DTYPE).view(np.recarray)
    filled = {name: np.zeros((RUNS, DAYS, ENTITIES)) for name in ("uniform", "normal", "noise")}
    fill(keys, filled["uniform"], filled["normal"], filled["noise"])
    return filled


@pytest.mark.statistical
def test_uniform_draws_are_uniform(draws: dict[str, np.ndarray]) -> None:
    assert_distribution("uniform", draws["uniform"].ravel(), stats.uniform.cdf)


@pytest.mark.statistical
@pytest.mark.parametrize("axis", [0, 1, 2], ids=["runs", "days", "entities"])
def test_neighbouring_draws_are_uncorrelated(draws: dict[str, np.ndarray], axis: int) -> None:
    centred = draws["uniform"] - 0.5
    products = np.delete(centred, 0, axis=axis) * np.delete(centred, -1, axis=axis)
    assert_mean("product of neighbours", products.ravel(), 0.0, 1.0 / 12.0)


@pytest.mark.statistical
def test_normal_draws_are_standard_normal(draws: dict[str, np.ndarray]) -> None:
    z = draws["normal"].ravel()
    assert_distribution("normal", z, stats.norm.cdf)
    assert_mean("normal", z, 0.0, 1.0)
    assert_mean("variance of normal", z**2, 1.0, 2.0**0.5)


@pytest.mark.statistical
def test_noise_is_gamma_with_mean_one_and_variation_one_half(draws: dict[str, np.ndarray]) -> None:
    x = draws["noise"].ravel()
    assert_distribution("noise", x, stats.gamma(4.0, scale=0.25).cdf)
    assert_mean("noise", x, 1.0, 0.5)
    # Fourth central moment of a Gamma number with shape 4 and mean 1: (3 + 6/4) / 16.
    assert_mean("variance of noise", (x - 1.0) ** 2, 0.25, (4.5 / 16.0 - 1.0 / 16.0) ** 0.5)


@given(st.floats(2.0**-53, 1.0 - 2.0**-53))
def test_normal_quantile_agrees_with_the_reference(u: float) -> None:
    assert abs(rng.normal_quantile(u) - stats.norm.ppf(u)) < 4.5e-4


@given(st.floats(0.0, 29.9), st.floats(1e-9, 1.0 - 1e-9))
def test_small_poisson_numbers_are_the_quantile(mean: float, u: float) -> None:
    count = rng.poisson(mean, u)
    assert count == int(count) >= 0
    # The quantile steps where the distribution function passes u; rounding may move a step by the last digits.
    assert stats.poisson.cdf(count, mean) >= u - 1e-12
    assert count == 0 or stats.poisson.cdf(count - 1.0, mean) <= u + 1e-12


@given(st.floats(30.0, 1e6), st.floats(1e-6, 1.0 - 1e-6))
def test_large_poisson_numbers_are_close_to_the_quantile(mean: float, u: float) -> None:
    count = rng.poisson(mean, u)
    assert count == int(count) >= 0
    assert abs(count - stats.poisson.ppf(u, mean)) <= 1.0 + 1e-3 * mean**0.5


@pytest.mark.parametrize("mean", [0.0, 1e-12, 3.0, 29.9, 30.0, 1e4])
def test_extreme_draws_give_finite_poisson_numbers(mean: float) -> None:
    lowest, highest = rng.poisson(mean, 2.0**-53), rng.poisson(mean, 1.0 - 2.0**-53)
    assert 0.0 <= lowest <= mean <= highest + 1e-9 <= mean + 12.0 * mean**0.5 + 21.0


@pytest.mark.statistical
@pytest.mark.parametrize("mean", [0.3, 12.0, 80.0])
def test_poisson_numbers_have_their_mean_and_variance(mean: float, draws: dict[str, np.ndarray]) -> None:
    counts = np.array([rng.poisson(mean, u) for u in draws["uniform"].ravel()[:20_000]])
    assert_mean("poisson", counts, mean, mean**0.5)
    assert_mean("variance of poisson", (counts - mean) ** 2, mean, (mean + 2.0 * mean**2) ** 0.5)


@pytest.mark.statistical
@pytest.mark.parametrize("shape", [0.7, 2.0, 30.0])
def test_gamma_numbers_follow_their_distribution(shape: float) -> None:
    key = key_of(SEED, 1, 0)
    drawn = np.array([rng.gamma_of_run(key, 11, entity, shape) for entity in range(20_000)])
    assert_distribution("gamma", drawn, stats.gamma(shape, scale=1.0 / shape).cdf)


def test_a_gamma_number_without_spread_is_1() -> None:
    drawn = [rng.gamma_of_run(key_of(SEED, 1, 0), 11, entity, 1e9) for entity in range(100)]
    assert np.allclose(drawn, 1.0, atol=3e-4)


def test_draws_of_a_run_are_the_same_on_every_day() -> None:
    today, later = key_of(3, 4, 5), key_of(3, 4, 50)
    assert rng.uniform_of_run(today, 9, 2, 1) == rng.uniform_of_run(later, 9, 2, 1)
    assert rng.uniform_of_run(today, 9, 2, 1) == rng.uniform(key_of(3, 4, 0), 9, 2, 1)
    assert rng.gamma_of_run(today, 9, 2, 0.7) == rng.gamma_of_run(later, 9, 2, 0.7)
    assert rng.gamma_of_run(today, 9, 2, 0.7) != rng.gamma_of_run(key_of(3, 5, 5), 9, 2, 0.7)
