"""Folders of scores: what they keep, what they refuse, which rival is to be beaten, and whether a variant helps."""

import dataclasses
import functools
import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.ensemble.store.manifest import write_manifest
from sim.ensemble.store.results import ResultsError
from sim.study.cases import open_case
from sim.study.score import folder as folders
from sim.study.score.board import MODEL, best_rivals, board
from sim.study.score.folder import Scored, check_scorable, open_scores, record_digest, store_scores
from sim.study.score.score import COLUMNS, Settings, score
from sim.study.score.versus import HELPS, HURTS, OPEN, check_alike, gains, store_versus, versus
from sim.tell.score_tables import score_markdown, scored_of
from sim.world.frozen import ConfigError
from sim.world.posterior import SHIPPED
from sim.world.scenario import Scenario
from tests.study.made import DIGEST, told_of
from tests.study.test_score import FOUR, made
from tests.worlds import TEN, changed, scenario_of, tables_of

WORLDS = ("chad_1990", "iraq_1991", "liberia_2003")


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scores")


def scored_anew(output: Path, **rules: object) -> Scored:
    """Return the scores of three worlds, stored."""
    settings = {"ensemble.runs": 20, "output": str(output), **{f"rules.{key}": value for key, value in rules.items()}}
    return sim.score(WORLDS, settings)


scored = functools.cache(scored_anew)
"""The same, for tests that leave them as they are; scoring takes seconds."""


def test_scores_open_as_they_were_stored(output: Path) -> None:
    found = scored(output)
    again = open_scores(found.folder)
    assert again.manifest["worlds"] == found.manifest["worlds"]
    for name in ("table", "board", "left_out"):
        one, other = getattr(found.scores, name), getattr(again.scores, name)
        pd.testing.assert_frame_equal(other[one.columns], one, check_dtype=False)
    assert set(again.scores.table.columns) == set(COLUMNS)
    assert again.worlds["iraq_1991"]["names"]["IRN"] == "Iran"


def test_the_same_worlds_score_the_same_and_another_variant_lies_elsewhere(output: Path) -> None:
    one, same = scored(output), scored_anew(output)
    other = scored(output, **{"contest.form": "difference"})
    assert same.folder == one.folder != other.folder
    pd.testing.assert_frame_equal(same.scores.table, one.scores.table)
    assert one.manifest["rulebook"] == other.manifest["rulebook"]


def test_scores_of_a_posterior_tell_whether_it_has_seen_what_happened(output: Path, tmp_path: Path) -> None:
    told = json.loads(SHIPPED.read_text())
    told["made_of"]["worlds"] = {"chad_1990": "0", "mali_2012": "0"}
    file = tmp_path / "posterior.json"
    file.write_text(json.dumps(told))
    settings = {"ensemble.runs": 20, "output": str(output), "uncertainty": {"kind": "posterior", "file": str(file)}}
    found = sim.score(WORLDS, settings)
    assert "the posterior has learnt from 1 of them" in scored_of(open_scores(found.folder))
    assert "the posterior has learnt from 1 of them" in score_markdown(found)
    assert "learnt" not in scored_of(scored(output))


def test_figures_are_kept_as_long_as_the_tables_are_the_same(output: Path, tmp_path: Path) -> None:
    figures, known = {"figures/skill.png": "a" * 64}, scored(output)
    found = dataclasses.replace(known, folder=tmp_path, manifest=known.manifest | {"figures": figures})
    store_scores(found)
    write_manifest(found.folder, found.manifest)
    store_scores(found)
    assert open_scores(found.folder).manifest["figures"] == figures
    less = dataclasses.replace(found.scores, left_out=found.scores.left_out.iloc[:0], table=found.scores.table.iloc[1:])
    store_scores(dataclasses.replace(found, scores=less))
    assert open_scores(found.folder).manifest["figures"] == {}


def test_a_damaged_or_another_folder_is_refused(output: Path) -> None:
    found = scored(output)
    with pytest.raises(ResultsError, match=r"holds no scores; name folders that score\.py printed"):
        open_scores(next((output / "run").iterdir()))
    with pytest.raises(ResultsError, match=r"holds scores, not an ensemble; name folders that run\.py printed"):
        open_case(found.folder)
    path = found.folder / "scores.parquet"
    before = path.read_bytes()
    path.write_bytes(before[:-9])
    with pytest.raises(ResultsError, match="is damaged"):
        open_scores(found.folder)
    path.write_bytes(before)


def test_a_table_with_more_rows_than_there_can_be_is_not_read(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = scored(output)
    monkeypatch.setattr(folders, "MOST_ROWS", len(found.scores.table))
    open_scores(found.folder)
    monkeypatch.setattr(folders, "MOST_ROWS", len(found.scores.table) - 1)
    with pytest.raises(ResultsError, match=r"more than the [0-9,]+ that there can be"):
        open_scores(found.folder)


def test_worlds_that_cannot_be_scored() -> None:
    def without_record(scenario: Scenario) -> Scenario:
        return dataclasses.replace(scenario, tables=dataclasses.replace(scenario.tables, observed=None))

    liberia, mali = scenario_of("liberia_2003"), scenario_of("mali_2012")
    with pytest.raises(ConfigError, match=r"mali_2012: has no observed\.csv, which tells what happened"):
        check_scorable([liberia, without_record(mali)])
    with pytest.raises(ConfigError, match="liberia_2003: named twice"):
        check_scorable([liberia, mali, liberia])
    with pytest.raises(ConfigError, match="name at least one"):
        check_scorable([])
    with pytest.raises(ConfigError, match="leave it null to score"):
        check_scorable([scenario_of("liberia_2003", days=30)])


def test_a_record_has_a_digest_of_its_own() -> None:
    tables = tables_of("liberia_2003")
    assert tables.observed is not None
    other = dataclasses.replace(tables, observed=changed(tables.observed, value=1.0))
    assert record_digest(other) != record_digest(tables) == record_digest(dataclasses.replace(tables, timeline=None))
    assert other.digest == tables.digest  # inputs are the same


def test_definitions_have_a_digest_that_words_leave_alone(tmp_path: Path) -> None:
    texts = ['"""A."""\ndef f():\n    """B."""\n    return 1\n', "# Other words.\ndef f():\n    return 1\n"]
    for i, text in enumerate([*texts, "def f():\n    return 2\n"]):
        (tmp_path / f"{i}.py").write_text(text)
    one, same, other = (folders._code(tmp_path / f"{i}.py") for i in range(3))
    assert one == same != other


def test_the_rival_to_be_beaten_is_the_best_where_all_was_developed() -> None:
    others = [(name, tables_of(name)) for name in TEN]
    everywhere = score([made(name) for name in TEN], others, Settings(resamples=64))
    alone = score([made("mali_2012")], others, Settings(resamples=64)).board.set_index(["family", "rule"])["rival"]
    best = {key: rival for key, rival in best_rivals(everywhere.table).items() if key in alone.index}
    assert alone.dropna().to_dict() == {key: best[key] for key in alone.dropna().index}
    assert alone.nunique() > 4


def table_of(scores: dict[str, list[float]], family: str = "killed", rule: str = "crps") -> pd.DataFrame:
    """Return the scores of forecasters, of one item a world."""
    rows = [
        {"world": f"w{i}", "family": family, "item": "", "forecast": name, "rule": rule, "score": value}
        for name, values in scores.items()
        for i, value in enumerate(values)
    ]
    numbers = dict.fromkeys(("observed", "low", "high", "median", "low_90", "high_90"), 9.0)
    return pd.DataFrame(rows).assign(**numbers, pit=0.5)


def test_a_rival_that_leaves_items_out_is_no_match() -> None:
    table = table_of({MODEL: [1.0, 2.0, 3.0], "pooled": [2.0, 2.0, 2.0], "per_day": [0.1, 0.1]})
    assert best_rivals(table) == {("killed", "crps"): "pooled"}
    (row,) = board(table, 64, 1).to_dict("records")
    assert (row["rival"], row["skill"]) == ("pooled", 0.0)
    (row,) = board(table, 64, 1, {("killed", "crps"): "per_day"}).to_dict("records")
    assert "rival" not in row


def test_a_gain_by_hand() -> None:
    """Means 2 and 1.5: a quarter is gained; in three worlds of four the variant is better, in one worse."""
    base, variant = [1.0, 2.0, 2.0, 3.0], [0.5, 1.5, 2.5, 1.5]
    (row,) = gains(table_of({MODEL: base}), table_of({MODEL: variant})).to_dict("records")
    assert (row["n"], row["worlds"], row["base"], row["variant"]) == (4, 4, 2.0, 1.5)
    assert row["gain"] == pytest.approx(0.25)
    assert (row["worlds_better"], row["worlds_worse"]) == (3, 1)
    drawn = np.array(list(itertools.product(range(4), repeat=4)))
    exact = np.quantile(1.0 - np.array(variant)[drawn].sum(axis=1) / np.array(base)[drawn].sum(axis=1), (0.05, 0.95))
    assert (row["gain_low"], row["gain_high"]) == pytest.approx(exact, abs=0.03)
    assert row["verdict"] == OPEN


def test_pairing_tells_what_scores_alone_cannot() -> None:
    """Worlds differ tenfold, the variant saves a tenth in each."""
    base = [0.1, 0.4, 0.9, 1.6, 2.5, 3.6]
    for factor, verdict in ((0.9, HELPS), (1.1, HURTS), (1.0, OPEN)):
        (row,) = gains(table_of({MODEL: base}), table_of({MODEL: [factor * x for x in base]})).to_dict("records")
        assert row["verdict"] == verdict
        assert row["gain"] == pytest.approx(1.0 - factor)


def test_two_folders_beside_each_other(output: Path) -> None:
    base, variant = scored(output), scored(output, **{"contest.form": "difference"})
    found = versus(base, variant, output, "a test")
    store_versus(found)
    assert (found.folder / "gains.parquet").is_file()
    key = ["family", "rule"]
    own = [s.scores.board.set_index(key)["score"] for s in (base, variant)]
    rows = found.table.set_index(key)
    assert rows["base"].to_dict() == pytest.approx(own[0].to_dict())
    assert rows["variant"].to_dict() == pytest.approx(own[1].to_dict())
    assert (rows["variant"] != rows["base"]).any()


def test_only_scores_of_the_same_record_and_definitions_are_compared(output: Path) -> None:
    base, variant = scored(output), scored(output, **{"contest.form": "difference"})
    with pytest.raises(ConfigError, match="hold the same scores; name a variant beside its base"):
        check_alike(base, base)
    for key, text in (("scoring", "definitions of scores differ"), ("records", "records of what happened differ")):
        other = dataclasses.replace(variant, manifest=variant.manifest | {key: "other"})
        with pytest.raises(ConfigError, match=text):
            check_alike(base, other)
    worlds = [world | {"name": f"not_{world['name']}"} for world in variant.manifest["worlds"]]
    with pytest.raises(ConfigError, match="have no world in common"):
        check_alike(base, dataclasses.replace(variant, manifest=variant.manifest | {"worlds": worlds}))


def test_four_worlds_by_hand_are_a_folder_too(tmp_path: Path) -> None:
    found = score([made(name) for name in FOUR], settings=Settings(resamples=64))
    told = [told_of(name) for name in FOUR]
    manifest = {"worlds": told, "scenario": "as_recorded", "seed": 1, "command": "a test", "rulebook": "of a test"}
    manifest |= dict.fromkeys(("config_digest", "scoring", "inputs", "records"), DIGEST)
    store_scores(Scored(tmp_path, {**manifest, "status": "complete", "figures": {}}, found))
    assert list(open_scores(tmp_path).worlds) == list(FOUR)
    del manifest["scenario"]
    store_scores(Scored(tmp_path, {**manifest, "status": "complete", "figures": {}}, found))
    with pytest.raises(ResultsError, match="scenario"):
        open_scores(tmp_path)
