"""Comparisons: run by run, of what can be compared only, the same whether scenarios are run or opened."""

import dataclasses
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from experiments.present import WIDTH
from sim.ensemble.store.manifest import write_manifest
from sim.ensemble.store.results import MANIFEST, SEAL, ResultsError
from sim.study.cases import Case, open_case
from sim.study.compare import (
    COMPARISON,
    SCHEMA,
    Comparison,
    check_comparable,
    compare,
    divergence,
    outcome_numbers,
    store_comparison,
)
from sim.tell.comparison_overview import LESS, MORE, SAME, overview
from sim.tell.comparison_summary import SIGN, comparison_markdown, comparison_table, headline_rows, sections
from sim.tell.ensemble import run_ensemble
from sim.tell.labels import outcome_labels
from sim.world.frozen import ConfigError
from tests.ensemble.small import COMMAND, small_scenario, tables_of

SCREEN = 80  # lines
PULLED = ({"lever": "support", "actor": "all", "value": 0.0, "day": 4},)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cases")


def case_of(home: Path, name: str, **settings: object) -> Case:
    """Return a small ensemble."""
    scenario = small_scenario(name=name, **settings)
    return Case(name, run_ensemble(scenario, home / name, COMMAND), scenario)


@pytest.fixture(scope="module")
def cases(home: Path) -> list[Case]:
    return [case_of(home, "base"), case_of(home, "same"), case_of(home, "pulled", levers=PULLED)]


@pytest.fixture(scope="module")
def comparison(home: Path, cases: list[Case]) -> Comparison:
    found = compare(cases, home / "compared", COMMAND)
    store_comparison(found)
    return found


def rows(comparison: Comparison, name: str) -> pd.DataFrame:
    """Return the rows of one scenario by outcome."""
    table = comparison.table
    return table[table["scenario"] == name].set_index("outcome")


def test_every_difference_is_the_mean_over_the_same_runs(comparison: Comparison, cases: list[Case]) -> None:
    base, pulled = (case.results.runs for case in (cases[0], cases[2]))
    found = rows(comparison, "pulled")

    def mean(runs: pd.DataFrame, values: pd.Series) -> float:
        """Return the mean in which each run counts by its weight."""
        return float(np.average(values, weights=runs["weight"]))

    for outcome in ("displaced_peak", "fatalities_civilians"):
        gap = mean(pulled, pulled[outcome]) - mean(base, base[outcome])
        assert found.loc[outcome, "difference"] == pytest.approx(gap)
        assert found.loc[outcome, "estimate"] == pytest.approx(mean(pulled, pulled[outcome]))
    happened = (mean(runs, runs["collapse_day"].notna()) for runs in (pulled, base))
    assert found.loc["p_collapse", "difference"] == pytest.approx(next(happened) - next(happened))
    assert set(found["n"]) == {40}
    assert (found["low"] <= found["difference"]).all()
    assert (found["difference"] <= found["high"]).all()


def test_a_lever_that_is_pulled_on_day_4_changes_nothing_before(comparison: Comparison, cases: list[Case]) -> None:
    found = rows(comparison, "pulled")
    assert set(found["first_divergence_day"]) == {4}
    before = [case.results.daily.query("day < 4") for case in (cases[0], cases[2])]
    assert before[0].equals(before[1])
    assert 0.0 < found["share_changed"].iloc[0] <= 1.0


def test_scenarios_that_differ_in_name_only_have_the_same_histories(comparison: Comparison) -> None:
    found = rows(comparison, "same")
    assert (found["difference"] == 0.0).all()
    assert (found["share_changed"] == 0.0).all()
    assert found["first_divergence_day"].isna().all()
    assert found["n_unpaired"].isna().all()


def with_runs(case: Case, runs: pd.DataFrame) -> Case:
    """Return a case with another table of runs."""
    frames = {**case.results.frames, "runs": runs}
    return dataclasses.replace(case, results=dataclasses.replace(case.results, frames=frames))


def test_the_share_changed_counts_runs_that_differ_in_anything(cases: list[Case]) -> None:
    base = cases[0]
    runs = base.results.runs.copy()
    runs.loc[[3, 8], "hhi"] += 1e-12
    runs.loc[8, "collapse_day"] = pd.NA
    other = with_runs(base, runs)
    assert divergence(base, other) == (2 / 40, None)


def test_failed_runs_are_left_out_on_both_sides(home: Path, cases: list[Case]) -> None:
    failed = cases[2].results.runs.copy()
    failed.loc[[0, 5], "status"] = "failed"
    other = with_runs(cases[2], failed)
    assert set(rows(compare([cases[0], other], home, COMMAND), "pulled")["n"]) == {38}


def test_the_table_is_stored_with_its_columns(comparison: Comparison) -> None:
    stored = pq.read_table(comparison.folder / f"{COMPARISON}.parquet")
    assert stored.schema.names == SCHEMA.names
    assert len(stored) == len(comparison.table)
    manifest = json.loads((comparison.folder / "manifest.json").read_text())
    assert [case["name"] for case in manifest["cases"]] == ["base", "same", "pulled"]


def test_the_summary_tells_each_scenario_against_the_base(comparison: Comparison) -> None:
    text = comparison_markdown(comparison)
    assert "## same against base: 0 % of 40 runs differ in something" in text
    assert "of 40 runs differ in something, half of those with a day series by day 4" in text
    assert "all the same" in text


def test_a_number_of_runs_that_nobody_could_make_is_not_told(comparison: Comparison) -> None:
    table = comparison.table.copy()
    table.loc[table["n_unpaired"].notna(), "n_unpaired"] = 12_345_678_901
    made = dataclasses.replace(comparison, table=table)
    text, headlines = comparison_markdown(made), headline_rows(made)
    n_told = headlines.loc[headlines["scenario"] != "base", "n_unpaired"].notna().sum()
    assert text.count("| over 1,000,000 |") == n_told > 0
    assert "12,000,000,000" not in text


def printed(comparison: Comparison, width: int = WIDTH) -> list[str]:
    """Return the lines that a terminal of some width shows."""
    text = io.StringIO()
    Console(file=text, width=width, markup=False, emoji=False).print(comparison_table(comparison))
    return text.getvalue().splitlines()


def told(comparison: Comparison, name: str, **differences: tuple[float, float, float]) -> Comparison:
    """Return a comparison as if outcomes of a scenario differed so, with their intervals."""
    table = comparison.table.copy()
    for outcome, numbers in differences.items():
        here = (table["scenario"] == name) & (table["outcome"] == outcome)
        table.loc[here, ["difference", "low", "high"]] = numbers
        table.loc[here, "n_unpaired"] = 90
    return dataclasses.replace(comparison, table=table)


def test_the_overview_has_a_row_for_each_scenario_and_marks_what_is_clear(comparison: Comparison) -> None:
    made = told(
        comparison,
        "pulled",
        p_collapse=(-0.12, -0.14, -0.1),
        refugees=(5_000.0, 1_000.0, 9_000.0),
        displaced_peak=(-2_000.0, -4_000.0, 100.0),
        fatalities_civilians=(0.0, 0.0, 0.0),
        extremists_last=(30.0, -10.0, 70.0),
    )
    for section in overview(made):
        assert [row[0] for row in section.rows] == ["base, base", "same", "pulled"]
        assert set(section.rows[1][1:]) == {SAME}
    assert overview(made)[0].rows[2][1:] == (
        f"{LESS} −12.0 [−14.0, −10.0]",
        f"{MORE} +5.0 [+1.0, +9.0]",
        "−2.0 [−4.0, +0.1]",
        "0 [0, 0]",
        "+30 [−10, +70]",
    )
    base = rows(comparison, "base")["estimate"]
    assert overview(made)[0].rows[0][1:3] == (f"{100 * base['p_collapse']:.1f} %", f"{base['refugees'] / 1000:.3g}")


def test_the_overview_is_at_the_head_of_the_page_and_of_the_terminal(comparison: Comparison) -> None:
    title = overview(comparison)[0].title
    page = comparison_markdown(comparison)
    assert page.index(title) < page.index("same against base")
    assert printed(comparison)[0].strip() == title


def test_few_scenarios_print_a_table_of_what_differs(comparison: Comparison) -> None:
    lines, labels = printed(comparison, 3 * WIDTH), outcome_labels(comparison.cases[0].scenario)
    assert "same against base: 0 % of 40 runs differ in something." in (line.strip() for line in lines)
    headlines = headline_rows(comparison)
    for row in headlines[headlines["scenario"] == "pulled"].to_dict("records"):
        is_shown = any(line.strip().startswith(labels[row["outcome"]]) for line in lines)
        assert is_shown == pd.notna(row["n_unpaired"]), row["outcome"]


def test_ten_scenarios_fit_on_a_screen_and_miss_no_clear_difference(cases: list[Case], tmp_path: Path) -> None:
    others = [dataclasses.replace(cases[2], name=f"a_name_as_they_are_{i}") for i in range(10)]
    clear = {"p_capital_fall": (0.2, 0.1, 0.3), "days_in_power": (-3.4, -5.6, -1.2)}
    unclear = {"fatalities_combatants": (1.0, -2.0, 4.0)}
    made = compare([cases[0], *others], tmp_path, COMMAND)
    for other in others:
        made = told(made, other.name, p_capital_fall=(0.0, -0.1, 0.1), days_in_power=(0.0, -2.2, 2.2))
    lines = printed(told(made, others[3].name, **clear, **unclear))
    assert len(lines) <= SCREEN
    text = " ".join(line.strip() for line in lines)
    assert "also clear: fall of the capital by day 30 +20 points, days in power −3.4 days." in text
    assert "…" not in text


def test_a_difference_has_the_same_digits_in_the_overview_and_in_the_table_of_its_scenario(
    cases: list[Case], tmp_path: Path
) -> None:
    third = dataclasses.replace(cases[2], name="third")
    made = told(compare([cases[0], cases[2], third], tmp_path, COMMAND), "pulled", p_collapse=(-0.12, -0.14, -0.1))
    made = told(made, "third", p_collapse=(0.00123, 0.00121, 0.00125))
    main = overview(made)[0]
    for name in ("pulled", "third"):
        (at_a_glance,) = (row[1] for row in main.rows if row[0] == name)
        (section,) = (section for section in sections(made) if section.title.startswith(f"{name} against"))
        (in_detail,) = (row[3] for row in section.rows if row[0] == "collapse of the regime by day 30, %")
        assert in_detail == at_a_glance


def test_a_folder_opens_as_the_case_that_it_was(home: Path, cases: list[Case]) -> None:
    case = open_case(home / "pulled")
    assert case.name == "pulled"
    assert case.scenario.config == cases[2].scenario.config
    assert case.scenario.world.tobytes() == cases[2].scenario.world.tobytes()
    pd.testing.assert_frame_equal(outcome_numbers(case), outcome_numbers(cases[2]))


def test_a_world_that_has_changed_since_is_refused(tmp_path: Path, cases: list[Case]) -> None:
    folder = tmp_path / "moved"
    scenario = cases[0].scenario
    run_ensemble(scenario, folder, COMMAND)
    manifest = json.loads((folder / "manifest.json").read_text())
    write_manifest(folder, manifest | {"world_digest": "0" * 64})
    with pytest.raises(ResultsError, match="was made from other tables than the world 'liberia_2003' has now"):
        open_case(folder)
    world = {"name": "gone", "path": str(tmp_path / "gone")}
    config = manifest["config"] | {"world": world}
    write_manifest(folder, manifest | {"config": config})
    with pytest.raises(ResultsError, match="was made from settings that this version does not read"):
        open_case(folder)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"seed": 2}, "the seed"),
        ({"horizon_days": 20}, "the horizon"),
        ({"uncertainty": {"kind": "prior"}}, "uncertainty"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(
    tmp_path: Path, cases: list[Case], settings: dict[str, object], reason: str
) -> None:
    other = case_of(tmp_path, "other", **settings)
    with pytest.raises(ConfigError, match=f"other cannot be compared with base: they differ in .*{reason}"):
        check_comparable([cases[0], other])


def test_one_scenario_twice_and_one_alone_are_refused(cases: list[Case]) -> None:
    with pytest.raises(ConfigError, match="base: named twice"):
        check_comparable([cases[0], cases[0]])
    with pytest.raises(ConfigError, match="takes at least two"):
        check_comparable(cases[:1])


def test_places_of_the_world_have_their_own_outcome(comparison: Comparison) -> None:
    found = rows(comparison, "base")
    places = {name.removeprefix("p_fall_") for name in found.index if name.startswith("p_fall_")}
    assert places
    assert places <= set(tables_of("liberia_2003").locations["id"])
    assert np.isfinite(found["estimate"]).all()


def test_ensembles_of_different_size_are_compared_over_the_runs_that_both_have(
    tmp_path: Path, cases: list[Case]
) -> None:
    more = case_of(tmp_path, "more", runs=60, levers=PULLED)
    found = compare([more, cases[0]], tmp_path, COMMAND)
    assert set(found.table["n"]) == {40}
    assert {len(case.results.runs) for case in found.cases} == {40}
    alike = compare([cases[2], cases[0]], tmp_path, COMMAND).table
    numbers = ["estimate", "difference", "low", "high"]
    pd.testing.assert_frame_equal(found.table[numbers], alike[numbers])
    small = found.cases[0].results.estimates.query("quantity == 'collapse_by_day'")
    assert set(small["n"]) == {40}


def test_a_manifest_without_a_seal_is_told_from_one_with_a_wrong_seal(tmp_path: Path, cases: list[Case]) -> None:
    folder = tmp_path / "old"
    run_ensemble(cases[0].scenario, folder, COMMAND)
    path = folder / MANIFEST
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({key: value for key, value in manifest.items() if key != SEAL}))
    with pytest.raises(
        ResultsError, match=r"earlier version, .*; give the command of the ensemble again, which computes"
    ):
        open_case(folder)
    path.write_text(json.dumps(manifest | {"seed": 5}))
    with pytest.raises(ResultsError, match="is damaged, or was changed by another hand"):
        open_case(folder)


def test_a_folder_of_another_kind_is_told(comparison: Comparison) -> None:
    with pytest.raises(ResultsError, match="holds a comparison, not an ensemble; name folders that"):
        open_case(comparison.folder)


def test_clear_differences_tell_under_how_many_vectors_their_sign_holds(
    cases: list[Case], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = compare(cases, tmp_path, COMMAND)
    assert plain.table["sign_holds"].isna().all()
    assert SIGN.capitalize() not in comparison_markdown(plain)
    monkeypatch.setattr("sim.study.compare.vectors_of", lambda runs, _: runs["run"].to_numpy(np.int64) % 10)
    found = compare(cases, tmp_path, COMMAND)
    clear = (found.table["low"] > 0.0) | (found.table["high"] < 0.0)
    assert found.table.loc[clear, "sign_holds"].between(0.5, 1.0).all()
    assert clear.any()
    assert found.table.loc[~clear, "sign_holds"].isna().all()
    assert f"{SIGN.capitalize()}: under which share" in comparison_markdown(found)
