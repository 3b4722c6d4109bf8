"""Figures and page of scores: they say what they show, name every miss, and can be read."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.show.figures import drawable, of_scores, of_versus
from sim.show.report import write_scoreboard
from sim.show.score.history import lines_of, title_of
from sim.show.score.reliability import cases_of, groups_of
from sim.study.score.board import MODEL
from sim.study.score.folder import Scored
from sim.study.score.score import Settings, score
from sim.study.score.versus import versus
from sim.tell.score_tables import score_markdown, standing
from tests.show.reading import assert_readable, drawn
from tests.show.reading import title_of as shown_title
from tests.study.made import DIGEST, told_of
from tests.study.test_score import FOUR, made
from tests.worlds import TEN, tables_of

WORLDS = (*FOUR, "levant_2024", "yemen_2014")


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """Return scores of ensembles that are made by hand."""
    found = score([made(name) for name in WORLDS], [(name, tables_of(name)) for name in TEN], Settings(resamples=64))
    digests = dict.fromkeys(("rulebook", "scoring", "inputs", "records", "config_digest"), DIGEST)
    told = {"worlds": [told_of(name) for name in WORLDS], "scenario": "as_recorded", "seed": 1, "command": "a command"}
    return Scored(tmp_path_factory.mktemp("scored"), {**told, **digests, "versions": {}, "figures": {}}, found)


@pytest.fixture(scope="module")
def figures(scored: Scored) -> dict[str, Figure]:
    return drawn(of_scores(scored))


def test_every_figure_can_be_read(figures: dict[str, Figure]) -> None:
    assert set(figures) == {"skill", "reliability", "ranks", *(f"history_{world}" for world in WORLDS)}
    for figure in figures.values():
        assert_readable(figure)


def test_every_miss_is_named_and_nothing_else(scored: Scored) -> None:
    """Of 100, 1,000 and 10,000 killed the middle nine tenths hold Liberia's 2,000, and not Syria's 32,000."""
    assert "killed" not in title_of(scored, "liberia_2003").split(": ", 2)[2].split("; ")
    syria = title_of(scored, "syria_2012")
    lines = {(line.family, line.miss[1]): line for line in lines_of(scored, "syria_2012")}
    assert lines["killed", ""].is_miss
    assert "killed" in re.split("[:;] ", syria)
    missed = [line for line in lines.values() if line.is_miss]
    assert f"misses {len(missed)} of {len(lines)} outcomes" in syria
    for line in missed:
        assert line.miss[1].partition(" (")[0] in syria


def test_a_miss_by_hand(scored: Scored) -> None:
    line = lines_of(scored, "syria_2012")[0]
    interval = dataclasses.replace(line, low=1.0, middle=2.0, high=3.0)
    assert [dataclasses.replace(interval, seen=seen).is_miss for seen in (0.9, 1.0, 3.0, 3.1)] == [
        True,
        False,
        False,
        True,
    ]
    chance = dataclasses.replace(line, low=np.nan, high=np.nan, seen=1.0)
    assert [dataclasses.replace(chance, middle=p).is_miss for p in (0.05, 0.06)] == [True, False]
    never = dataclasses.replace(chance, seen=0.0)
    assert [dataclasses.replace(never, middle=p).is_miss for p in (0.94, 0.96)] == [False, True]


def test_the_figure_of_skill_says_how_many_it_beats(scored: Scored, figures: dict[str, Figure]) -> None:
    found = {told: len(families) for told, families in standing(scored.scores.board).items()}
    title = shown_title(figures["skill"])
    assert f"in {found['beats']} of {sum(found.values())} families" in title
    assert f"loses in {found['loses']}" in title


def test_chances_are_grouped_by_size(scored: Scored) -> None:
    cases = cases_of(scored, ["seat_falls"])
    groups = groups_of(cases)
    assert sorted(np.concatenate(groups)) == list(range(len(cases.chance)))
    means = [cases.chance[group].mean() for group in groups]
    assert means == sorted(means)
    table = scored.scores.table
    own = table[(table["family"] == "seat_falls") & (table["forecast"] == MODEL) & (table["rule"] == "brier")]
    assert len(cases.chance) == len(own)
    assert cases.among(np.zeros(len(own), bool)) == "none"


def test_a_variant_is_drawn_beside_its_base(scored: Scored, tmp_path: Path) -> None:
    table = scored.scores.table.copy()
    table.loc[table["family"] == "killed", "score"] *= 0.5
    manifest = scored.manifest | {"config_digest": "deaf" * 6}
    better = Scored(tmp_path / "better", manifest, dataclasses.replace(scored.scores, table=table))
    (figure,) = drawn(of_versus(versus(scored, better, tmp_path, "a test"))).values()
    assert_readable(figure)
    assert shown_title(figure) == "The variant helps in people killed (+50 %)."


def test_one_world_has_no_skill_to_draw_and_says_why(scored: Scored) -> None:
    one = score([made("mali_2012")], [(name, tables_of(name)) for name in TEN], Settings(resamples=64))
    alone = dataclasses.replace(scored, scores=one, manifest=scored.manifest | {"worlds": [told_of("mali_2012")]})
    assert "skill" not in drawable(of_scores(alone))
    assert "loses in" not in score_markdown(alone)
    assert "per fighter day" in score_markdown(alone)


def test_the_page_is_whole_and_asks_for_nothing(scored: Scored, tmp_path: Path) -> None:
    page = write_scoreboard(scored, tmp_path / "page.html").read_text("utf-8")
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//[^"' >]+""", page)
    for world in WORLDS:
        assert tables_of(world).header.title in page
    assert page.count("<svg") == 3 + len(WORLDS)
    for title in (
        "people killed",
        "refugees who arrived",
        "a seat is lost (log loss)",
        "a neighbour has an incident (Brier)",
    ):
        assert title in page
