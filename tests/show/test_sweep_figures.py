import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from PIL import Image

from sim.ensemble.estimate.intervals import wilson_interval
from sim.ensemble.estimate.outcomes import outcomes_of
from sim.ensemble.store.schema import names_of
from sim.show.figures import draw_files, of_sweep
from sim.show.kit.theme import luminance
from sim.show.sweep import curve, plane
from sim.show.sweep.factors import LEVERS, factors_of
from sim.show.sweep.field import fit_surface
from sim.show.sweep.measure import round_levels
from sim.show.sweep.scatter import groups_of, strongest
from sim.show.sweep.view import view_of
from sim.study.design import Design, design_points
from sim.study.effects import effects
from sim.study.sweep import Sweep, plan_sweep, run_sweep
from sim.world.levers import kinds_of
from sim.world.scenario import Scenario
from tests.ensemble.small import COMMAND, small_scenario
from tests.show.reading import assert_readable, drawn, subtitle_of, title_of, words_of
from tests.worlds import NEUTRAL, scenario_of

Numbers = npt.NDArray[np.float64]
Truth = Callable[[Numbers], Numbers]
BETA, MARGIN, NOISE = "rules.morale.beta", "rules.morale.margin_base", "rules.contest.noise"
COMMITMENT, FLIGHT = "rules.orders.commitment", "rules.regime.flight_per_day"
RANGES = {BETA: [4.0, 9.0], MARGIN: [-1.4, -0.3], NOISE: [0.2, 0.8], COMMITMENT: [0.3, 0.9], FLIGHT: [0.1, 0.6]}
RUNS = 400
NEVER: Truth = lambda points: np.zeros(len(points))  # noqa: E731 - one of several truths by name
RISING: Truth = lambda points: 0.05 + 0.9 * scaled(points)[:, 0]  # noqa: E731
LEVEL: Truth = lambda points: np.full(len(points), 0.4)  # noqa: E731


@pytest.fixture(scope="module")
def liberia() -> Scenario:
    return scenario_of("liberia_2003")


def scaled(points: Numbers) -> Numbers:
    """Return the points in units of the range of each factor."""
    spread = np.ptp(points, axis=0)
    return (points - points.min(axis=0)) / np.where(spread > 0.0, spread, 1.0)


def made_sweep(
    scenario: Scenario,
    design: Design,
    factors: dict[str, Sequence[float]],
    truth: Truth,
    *,
    n: int = 64,
    runs: int = RUNS,
    folder: Path = Path(),
) -> Sweep:
    """Return a sweep whose shares are a known function of the points, and whose amounts are a million times that."""
    points = design_points(design, factors, n if design in (Design.LATIN_HYPERCUBE, Design.SOBOL) else None, seed=1)
    shares = np.round(truth(points) * runs) / runs
    rows: list[tuple[object, ...]] = []
    for outcome in outcomes_of(names_of(scenario.tables), scenario.horizon_days).values():
        for point, (values, share) in enumerate(zip(points, shares, strict=True)):
            if outcome.unit == "probability":
                numbers = (share, *wilson_interval(round(share * runs), runs))
            else:
                half = 30_000.0 if runs > 1 else np.nan
                numbers = (1e6 * share, 1e6 * share - half, 1e6 * share + half)
            rows.append((point, *values, outcome.name, outcome.unit, *numbers, runs))
    names = ["point", *factors, "outcome", "unit", "estimate", "low", "high", "n"]
    manifest = {"seed": 7, "config_digest": "c0ffee" * 10, "world_digest": scenario.tables.digest}
    table = pd.DataFrame(rows, columns=names)
    spread = (table["high"] - table["low"]).fillna(0.0)
    batches = table[["point", "outcome"]].assign(
        **{
            f"batch_{i}": table["estimate"] + 8.0 * spread * np.sin(12.9898 * table["point"] + 78.233 * i)
            for i in range(20)
        }
    )
    return Sweep(folder, manifest, table, tuple(factors), batches)


def draw_sweep(sweep: Sweep, outcomes: Sequence[str], scenario: Scenario) -> dict[str, Figure]:
    return drawn(of_sweep(sweep, outcomes, scenario))


CASES: dict[str, tuple[Design, dict[str, Sequence[float]], int, set[str]]] = {
    "one factor": (Design.PRODUCT, {BETA: [4, 5, 7, 9]}, 1, {"curve"}),
    "one factor, one value": (Design.PRODUCT, {BETA: [4]}, 1, {"points"}),
    "one factor, many points": (Design.LATIN_HYPERCUBE, {BETA: [4, 9]}, 60, {"curve"}),
    "a few lines": (Design.PRODUCT, {BETA: [4, 7, 9], MARGIN: [-1, -0.5]}, 1, {"curve", "effects"}),
    "six lines of two": (
        Design.PRODUCT,
        {BETA: [4, 7, 9], MARGIN: [-1, -0.5], NOISE: [0.2, 0.4, 0.6]},
        1,
        {"curve", "effects"},
    ),
    "a grid": (Design.PRODUCT, {BETA: [4, 7, 9], MARGIN: [-1.4, -1, -0.5]}, 1, {"curve", "map", "effects"}),
    "a large grid": (
        Design.PRODUCT,
        {BETA: list(np.linspace(4, 9, 8)), MARGIN: list(np.linspace(-1.4, -0.3, 7))},
        1,
        {"map", "effects"},
    ),
    "two by two": (Design.PRODUCT, {BETA: [4, 9], MARGIN: [-1, -0.5]}, 1, {"points"}),
    "points in a plane": (Design.SOBOL, {BETA: [4, 9], MARGIN: [-1.4, -0.3]}, 32, {"map", "effects"}),
    "few points in a plane": (Design.SOBOL, {BETA: [4, 9], MARGIN: [-1.4, -0.3]}, 8, {"points", "effects"}),
    "points in a space": (Design.LATIN_HYPERCUBE, RANGES, 60, {"scatter", "effects"}),
    "side by side": (Design.ZIP, {BETA: [4, 7, 9], MARGIN: [-1.4, -1, -0.5]}, 1, {"points"}),
    "many side by side": (
        Design.ZIP,
        {BETA: list(np.linspace(4, 9, 20)), MARGIN: list(np.linspace(-1.4, -0.3, 20) ** 3)},
        1,
        {"scatter", "effects"},
    ),
    "four levels of three": (
        Design.PRODUCT,
        {BETA: [4, 5, 7, 9], MARGIN: [-1.4, -1, -0.7, -0.5], NOISE: [0.2, 0.4, 0.6, 0.8]},
        1,
        {"scatter", "effects"},
    ),
}

EACH_KIND = ["a few lines", "points in a plane", "points in a space", "side by side"]


@pytest.mark.parametrize("case", CASES)
def test_points_are_drawn_by_what_suits_them_with_readable_words(liberia: Scenario, case: str) -> None:
    design, factors, n, kinds = CASES[case]
    figures = draw_sweep(made_sweep(liberia, design, factors, RISING, n=n), ["p_collapse"], liberia)
    assert set(figures) == {f"p_collapse_{kind}" for kind in kinds}
    for figure in figures.values():
        assert_readable(figure)
        assert re.search(r"\d", title_of(figure))


@pytest.mark.parametrize("case", EACH_KIND)
def test_amounts_are_drawn_in_thousands_with_readable_words(liberia: Scenario, case: str) -> None:
    design, factors, n, kinds = CASES[case]
    figures = draw_sweep(made_sweep(liberia, design, factors, RISING, n=n), ["displaced_peak"], liberia)
    assert set(figures) == {f"displaced_peak_{kind}" for kind in kinds}
    for name, figure in figures.items():
        assert_readable(figure)
        told = "Change, persons" if name.endswith("effects") else "mean, thousand persons"
        assert any(told in text.get_text().replace("\n", " ") for text in figure.texts)


@pytest.mark.parametrize("case", EACH_KIND)
@pytest.mark.parametrize(("truth", "told"), [(LEVEL, "40 % [35, 45]"), (NEVER, "never happens, 0 % [0, 1.0]")])
def test_what_never_changes_is_drawn_but_not_ranked(liberia: Scenario, case: str, truth: Truth, told: str) -> None:
    design, factors, n, kinds = CASES[case]
    figures = draw_sweep(made_sweep(liberia, design, factors, truth, n=n), ["p_collapse"], liberia)
    assert set(figures) == {f"p_collapse_{kind}" for kind in kinds - {"effects"}}
    for figure in figures.values():
        assert_readable(figure)
        assert f": {told} of runs at all" in title_of(figure)


def test_a_real_sweep_leaves_each_figure_as_png_and_svg_with_its_words(tmp_path: Path) -> None:
    scenario = small_scenario(runs=60, traces=0, tilt=NEUTRAL)
    plan = plan_sweep(scenario, {MARGIN: [-2.5, -0.9, 1.0], COMMITMENT: [0.1, 0.5, 0.9]}, Design.PRODUCT)
    sweep = run_sweep(scenario, plan, tmp_path, COMMAND)
    paths = draw_files(of_sweep(sweep, ["p_collapse"], scenario), tmp_path)
    assert sorted(paths) == sorted((tmp_path / "figures").iterdir())
    figures = draw_sweep(sweep, ["p_collapse"], scenario)
    assert {path.stem for path in paths} == set(figures)
    assert len(paths) == 2 * len(figures) == 6
    for name, figure in figures.items():
        svg = "".join(ET.parse(tmp_path / "figures" / f"{name}.svg").getroot().itertext()).replace("\n", " ")
        for line in figure.texts[0].get_text().split("\n"):
            assert line in svg
        with Image.open(tmp_path / "figures" / f"{name}.png") as image:
            assert image.width == pytest.approx(180 / 25.4 * 200, abs=2)
    rows = sweep.table[sweep.table["outcome"] == "p_collapse"]
    worst = rows.loc[rows["estimate"].idxmin()]
    assert f"{100 * worst['estimate']:.0f} % [" in title_of(figures["p_collapse_curve"])
    assert f"morale.margin_base {worst[MARGIN]:g}".replace("-", "−") in title_of(figures["p_collapse_map"])


def test_the_title_of_a_curve_gives_both_ends_with_intervals(liberia: Scenario) -> None:
    sweep = made_sweep(liberia, Design.PRODUCT, {BETA: [4, 5.5, 9]}, lambda _: np.array([0.2, 0.4, 0.8]))
    figure = draw_sweep(sweep, ["p_collapse"], liberia)["p_collapse_curve"]
    share = [
        f"{100 * low:.0f}, {100 * high:.0f}" for low, high in (wilson_interval(80, 400), wilson_interval(320, 400))
    ]
    day = liberia.horizon_days
    expected = f"by day {day}: 20 % [{share[0]}] of runs at morale.beta 4, 80 % [{share[1]}] at 9"
    assert title_of(figure).endswith(expected)
    assert "3 points of 400 runs each" in subtitle_of(figure)
    assert {"20 %", "40 %", "80 %"} <= {text.get_text().replace("\u00a0", " ") for text in figure.axes[0].texts}


def test_shares_that_chance_could_part_are_not_told_apart(liberia: Scenario) -> None:
    few = made_sweep(liberia, Design.PRODUCT, {BETA: [4, 9]}, lambda _: np.array([0.4, 0.5]), runs=40)
    many = made_sweep(liberia, Design.PRODUCT, {BETA: [4, 9]}, lambda _: np.array([0.4, 0.5]), runs=4000)
    titles = [title_of(draw_sweep(s, ["p_collapse"], liberia)["p_collapse_curve"]) for s in (few, many)]
    assert "40 % to 50 % of runs, no clear difference among 2 points" in titles[0]
    assert "of runs at morale.beta 4" in titles[1]


def test_what_never_happens_is_said_to_and_its_bound_is_told(liberia: Scenario) -> None:
    sweep = made_sweep(liberia, Design.PRODUCT, {BETA: [4, 9]}, NEVER, runs=100)
    title = title_of(draw_sweep(sweep, ["p_settlement"], liberia)["p_settlement_curve"])
    assert title.endswith("never happens, 0 % [0, 4] of runs at all 2 points")


def test_the_scenario_own_value_is_marked_where_it_was_swept_and_told_where_not(liberia: Scenario) -> None:
    own = liberia.config.rules.morale.beta
    inside, outside = (
        draw_sweep(made_sweep(liberia, Design.PRODUCT, {BETA: v}, RISING), ["p_collapse"], liberia)["p_collapse_curve"]
        for v in ([own - 2, own + 1], [own + 1, own + 2])
    )
    assert [line.get_xdata()[0] for line in inside.axes[0].lines if len(set(line.get_xdata())) == 1] == [own]
    assert f"{own:g} in the scenario" in [text.get_text() for text in words_of(inside)]
    assert not [line for line in outside.axes[0].lines if len(set(line.get_xdata())) == 1]
    assert f"outside what was swept: the scenario's own morale.beta {own:g}" in subtitle_of(outside)


@pytest.mark.parametrize(("design", "values"), [(Design.PRODUCT, 5), (Design.SOBOL, 2)])
def test_a_map_marks_the_scenario_with_a_cross_and_has_lines_where_the_shares_are(
    liberia: Scenario, design: Design, values: int
) -> None:
    factors = {BETA: list(np.linspace(4, 9, values)), MARGIN: list(np.linspace(-1.4, -0.3, values))}
    sweep = made_sweep(liberia, design, factors, RISING, n=64, runs=100_000)
    figure = draw_sweep(sweep, ["p_collapse"], liberia)["p_collapse_map"]
    ax = figure.axes[0]
    (cross,) = [line for line in ax.lines if line.get_marker() == "x"]
    morale = liberia.config.rules.morale
    assert (cross.get_xdata()[0], cross.get_ydata()[0]) == (morale.beta, morale.margin_base)
    (lines,) = [part for part in ax.collections if isinstance(part, ContourSet)]
    assert len(lines.levels) >= 4
    points = design_points(design, factors, 64 if design in (Design.LATIN_HYPERCUBE, Design.SOBOL) else None, seed=1)
    low, high = points[:, 0].min(), points[:, 0].max()
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        assert len(path.vertices)
        # RISING is linear in beta over the swept range, which the logistic surface follows to three points.
        assert RISING_AT(path.vertices[:, 0], low, high) == pytest.approx(np.full(len(path.vertices), level), abs=0.03)


def RISING_AT(beta: Numbers, low: float, high: float) -> Numbers:  # noqa: N802 - the truth RISING, of one factor
    return 0.05 + 0.9 * (beta - low) / (high - low)


def test_a_surface_recovers_a_planted_logistic_one(liberia: Scenario) -> None:
    def truth(points: Numbers) -> Numbers:
        x, y = (2.0 * scaled(points) - 1.0).T
        return 1.0 / (1.0 + np.exp(-(0.3 + 2.0 * x - 1.0 * y + 0.7 * x * y - 0.5 * y**2)))

    factors: dict[str, Sequence[float]] = {BETA: [4, 9], MARGIN: [-1.4, -0.3]}
    sweep = made_sweep(liberia, Design.SOBOL, factors, truth, runs=1_000_000)
    view = view_of(sweep, "p_collapse", liberia)
    points = design_points(Design.SOBOL, factors, 64, seed=1)
    assert fit_surface(view)(points[:, 0], points[:, 1]) == pytest.approx(truth(points), abs=1e-5)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_surface_of_what_never_or_always_happens_stays_there(liberia: Scenario, share: float) -> None:
    def truth(points: Numbers) -> Numbers:
        return np.full(len(points), share)

    sweep = made_sweep(liberia, Design.SOBOL, {BETA: [4, 9], MARGIN: [-1.4, -0.3]}, truth)
    corners = fit_surface(view_of(sweep, "p_collapse", liberia))(np.array([4.0, 9.0]), np.array([-1.4, -0.3]))
    assert corners == pytest.approx(np.full(2, share), abs=0.005)


def test_a_surface_follows_a_cliff_without_breaking(liberia: Scenario) -> None:
    def truth(points: Numbers) -> Numbers:
        return (scaled(points)[:, 0] > 0.5).astype(float)

    sweep = made_sweep(liberia, Design.SOBOL, {BETA: [4, 9], MARGIN: [-1.4, -0.3]}, truth)
    surface = fit_surface(view_of(sweep, "p_collapse", liberia))
    assert surface(np.array([4.2, 8.8]), np.array([-0.8, -0.8])) == pytest.approx(np.array([0.0, 1.0]), abs=0.01)


@given(st.floats(0.0, 1.0), st.floats(0.001, 1e6), st.floats(0.0, 1e6))
def test_levels_lie_between_the_ends_no_nearer_than_differences_can_be_told(
    lowest: float, extent: float, finest: float
) -> None:
    levels = round_levels(lowest, lowest + extent, finest)
    assert len(levels) <= 7
    assert all(lowest < level < lowest + extent for level in levels)
    assert all(step >= finest * (1 - 1e-9) for step in np.diff(levels))


def test_effects_are_ranked_with_their_numbers_and_only_clear_ones_filled(liberia: Scenario) -> None:
    def truth(points: Numbers) -> Numbers:
        x = scaled(points)
        chance = 0.02 * np.sin(1000.0 * x.sum(axis=1))  # no trend with anything
        return 0.5 - 0.4 * x[:, 1] + 0.1 * x[:, 3] + chance

    sweep = made_sweep(liberia, Design.LATIN_HYPERCUBE, RANGES, truth, n=100, runs=10_000)
    figure = draw_sweep(sweep, ["p_collapse"], liberia)["p_collapse_effects"]
    table = effects(sweep, "p_collapse")
    assert table["factor"].tolist()[:2] == [MARGIN, COMMITMENT]
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [dot.get_xdata()[0] for dot in dots] == pytest.approx((100 * table["effect"]).tolist())
    assert [to_hex(dot.get_markerfacecolor()) != "#ffffff" for dot in dots[:2]] == [True, True]
    assert "#ffffff" in [to_hex(dot.get_markerfacecolor()) for dot in dots[2:]]
    assert re.search(
        r"morale\.margin_base matters most, −(39|40)\.\d .* percentage points from −1\.4 to −0\.31", title_of(figure)
    )
    names = [text.get_text() for text in figure.texts if text.get_text().startswith(("morale.", "orders."))]
    assert names[:2] == ["morale.margin_base, −1.4 to −0.31", "orders.commitment, 0.3 to 0.89"]


def test_a_scatter_shows_the_strongest_factors_first_with_the_means_of_all_points(liberia: Scenario) -> None:
    sweep = made_sweep(liberia, Design.LATIN_HYPERCUBE, RANGES, lambda p: RISING(p[:, [2, 0, 1]]), n=80)
    view = view_of(sweep, "p_collapse", liberia)
    first = strongest(view)[0]
    assert first.key == NOISE
    groups = groups_of(view, first)
    assert np.average(groups.mean) == pytest.approx(view.estimates[0].mean())  # eight groups of ten points
    assert (np.diff(groups.mean) > 0.0).all()
    assert groups.mean == pytest.approx(RISING_AT(groups.at, *np.sort(view.column(first))[[0, -1]]), abs=0.01)
    figure = draw_sweep(sweep, ["p_collapse"], liberia)["p_collapse_scatter"]
    assert len(figure.axes) == len(RANGES)
    assert "about 10 % of runs where contest.noise is near 0.24, 90 % where it is near 0.76" in title_of(figure)


def test_no_more_than_six_factors_have_a_panel_and_the_subtitle_says_so(liberia: Scenario) -> None:
    many = RANGES | {"rules.morale.margin_slope": [0, 3], "rules.advance.tempo_spread": [0.2, 1.0]}
    sweep = made_sweep(liberia, Design.LATIN_HYPERCUBE, many, RISING, n=60)
    figure = draw_sweep(sweep, ["p_collapse"], liberia)["p_collapse_scatter"]
    assert len(figure.axes) == 6
    assert "the 6 of 7 factors with the largest effects" in subtitle_of(figure)


def test_points_without_a_run_are_left_out_and_counted(liberia: Scenario) -> None:
    sweep = made_sweep(liberia, Design.PRODUCT, {BETA: [4, 5, 9]}, RISING)
    failed = sweep.table[BETA] == 5
    sweep.table.loc[failed, ["estimate", "low", "high"]] = np.nan
    sweep.table.loc[failed, "n"] = 0
    figure = draw_sweep(sweep, ["p_collapse"], liberia)["p_collapse_curve"]
    assert "2 points of 400 runs each, with the same draws, 1 point without an estimate left out" in subtitle_of(figure)
    sweep.table[["estimate", "low", "high"]] = np.nan
    assert draw_sweep(sweep, ["p_collapse"], liberia) == {}


def test_one_run_at_each_point_gives_figures_without_bounds(liberia: Scenario) -> None:
    sweep = made_sweep(liberia, Design.PRODUCT, {BETA: [4, 7, 9], MARGIN: [-1.4, -1, -0.5]}, RISING, runs=1)
    figures = draw_sweep(sweep, ["displaced_peak", "p_collapse"], liberia)
    assert "displaced_peak_map" in figures
    for figure in figures.values():
        assert_readable(figure)
        assert "nan" not in " ".join(text.get_text() for text in words_of(figure))


def test_a_factor_held_elsewhere_than_in_the_scenario_is_told(liberia: Scenario) -> None:
    sweep = made_sweep(liberia, Design.PRODUCT, {BETA: [4, 9], NOISE: [0.7]}, RISING)
    assert "; throughout: contest.noise 0.7;" in subtitle_of(
        draw_sweep(sweep, ["p_collapse"], liberia)["p_collapse_curve"]
    )


def test_a_horizon_that_varies_is_no_day_in_the_words(liberia: Scenario) -> None:
    sweep = made_sweep(liberia, Design.PRODUCT, {"horizon_days": [10, 20, 40]}, RISING)
    title = title_of(draw_sweep(sweep, ["p_collapse"], liberia)["p_collapse_curve"])
    assert "by the last day" in title
    assert f"day {liberia.horizon_days}" not in title


def test_levers_and_events_are_named_by_what_they_are(levant: Scenario) -> None:
    scenario = scenario_of(
        "levant_2024",
        levers=({"lever": "hardening", "actor": "IRQ", "value": 2.0, "day": 3},),
        events=({"event": "reinforcement", "client": "REGIME", "day": 5, "fighters": 12_000},),
    )
    keys = ["scenario.levers.0.value", "scenario.levers.0.day", "scenario.events.0.fighters", BETA]
    found = factors_of(keys, scenario)
    names = ["hardening (Iraq)", "day of hardening (Iraq)", "fighters of reinforcement (REGIME)", "morale.beta"]
    assert [factor.name for factor in found] == names
    assert [factor.own for factor in found] == [2.0, 3, 12_000, levant.config.rules.morale.beta]
    assert found[2].at(12_000.0) == "fighters of reinforcement (REGIME) 12,000"
    assert found[3].axis.startswith("morale.beta: steepness of the threshold model")


def test_every_kind_of_lever_has_words() -> None:
    assert set(LEVERS) == set(kinds_of("lever"))


@pytest.mark.parametrize("ramp", [plane.RAMP, curve.RAMP])
def test_colours_keep_their_order_in_grey(ramp: str) -> None:
    grey = np.array([luminance(to_hex(colormaps[ramp](share))) for share in np.linspace(0.0, 1.0, 30)])
    assert (np.diff(grey) < 0.0).all() or (np.diff(grey) > 0.0).all()
