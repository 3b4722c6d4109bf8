"""Rival theories: mixtures score as their forms say, stacks find the best of them, and what cannot be told is said."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments import launch, scoreboard
from experiments import score as scoring
from experiments.document import rewritten
from sim.study.score.folder import developed_worlds, provenance
from sim.study.score.forecast import Chance, Kind, Levels, Sample, Split, scores_of
from sim.study.score.record import Observation
from sim.study.score.stacking import POINTS, Forms, form_of, stack
from sim.study.score.theories import ALL, STACKED, WORTH
from sim.study.score.versus import HELPS, HURTS, OPEN
from sim.tell.theories import theories_answer, theories_sentences
from sim.world.catalogue import choices

P = st.floats(0.01, 0.99)
FEW = ("worlds=[liberia_2003,mali_2012]", "ensemble.runs=12")


def seen(value: float) -> Observation:
    """Return what happened."""
    return Observation("", "row", value, value, value)


def mean_of(forms: list[Forms]) -> Forms:
    """Return the mean of forms."""
    return Forms(np.array([one.near for one in forms]), np.array([one.apart for one in forms])).mean()


@given(P, P, P, st.sampled_from([0.0, 1.0]))
def test_a_mixture_of_chances_has_the_brier_score_of_their_mean(p: float, q: float, w: float, happened: float) -> None:
    form = form_of([Chance(p), Chance(q)], happened)
    assert form is not None
    mixed = Chance(w * p + (1.0 - w) * q)
    assert float(form.scores(np.array([w, 1.0 - w]))) == pytest.approx((mixed.probability - happened) ** 2)
    assert form.alone() == pytest.approx([(p - happened) ** 2, (q - happened) ** 2])


@given(st.floats(0.0, 1.0), st.integers(0, 4))
def test_a_mixture_of_levels_has_the_ranked_probability_score_of_their_mean(w: float, level: int) -> None:
    one, other = np.array([0.1, 0.2, 0.3, 0.2, 0.2]), np.array([0.6, 0.1, 0.1, 0.1, 0.1])
    form = form_of([Levels(one), Levels(other)], float(level))
    assert form is not None
    told = scores_of(Levels(w * one + (1.0 - w) * other), seen(level), Kind.LEVEL)["rps"]
    assert float(form.scores(np.array([w, 1.0 - w]))) == pytest.approx(told)


def test_a_mixture_of_samples_has_the_score_of_the_pooled_sample() -> None:
    one, other = np.linspace(0.0, 1.0, POINTS) ** 2, 2.0 + np.linspace(0.0, 1.0, POINTS)
    form = form_of([Sample(one), Sample(other)], 0.7)
    assert form is not None
    pooled = scores_of(Sample(np.concatenate([one, other])), seen(0.7), Kind.SHARE)["crps"]
    assert float(form.scores(np.array([0.5, 0.5]))) == pytest.approx(pooled)
    weighed = Sample(np.concatenate([one, other]), np.concatenate([np.full(POINTS, 1.8), np.full(POINTS, 0.2)]))
    assert form_of([weighed, Sample(one)], 0.7).apart[0, 1] < form.apart[0, 1]  # type: ignore[union-attr]


def test_shares_of_a_whole_are_not_mixed() -> None:
    assert form_of([Split(np.array([0.5, 0.5]))] * 2, 0.0) is None


def test_a_stack_finds_the_mixture_that_is_right() -> None:
    often = [
        form_of([Chance(0.2), Chance(0.7)], happened) for happened in (0.0, 1.0)
    ]  # it happens in half of the cases
    weights = stack(mean_of([form for form in often if form is not None]))
    assert weights == pytest.approx([0.4, 0.6], abs=1e-4)  # .4 x .2 + .6 x .7 = .5


def test_a_stack_gives_all_to_what_is_always_right_and_shares_between_equals() -> None:
    right = [form_of([Chance(0.95), Chance(0.3), Chance(0.95)], 1.0)]
    weights = stack(mean_of([form for form in right if form is not None]))
    assert weights[1] == pytest.approx(0.0, abs=1e-6)
    assert weights[0] == pytest.approx(weights[2], abs=1e-6)
    assert weights.sum() == pytest.approx(1.0)


def test_a_command_tells_what_theories_are_worth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = [*FEW, "theories=[default,linear_morale,truce]", f"output={tmp_path}"]
    assert launch.main(scoring.SCRIPT, line) == 0, capsys.readouterr().err
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    table = pd.read_parquet(folder / f"{WORTH}.parquet")
    assert list(table["theory"].unique()) == ["default", "linear_morale", "truce", STACKED]
    usual = table[table["theory"] == "default"]
    assert (usual["gain"] == 0.0).all()
    weights = table[table["theory"] != STACKED].groupby("family")["weight"].sum()
    assert weights.to_numpy() == pytest.approx(np.ones(len(weights)))
    assert ALL in weights.index
    assert "split" not in weights.index
    assert (table["weight_low"].dropna() <= table["weight_high"].dropna()).all()
    assert set(table["verdict"]) <= {HELPS, HURTS, OPEN}
    page = (folder / "summary.md").read_text("utf-8")
    assert page.startswith("# What is each theory worth in past wars?")
    assert "linear morale" in page
    runs = [path.name for path in (tmp_path / "run").iterdir()]
    assert len(runs) == 2 * 3
    assert launch.main(scoring.SCRIPT, line) == 0
    assert Path(capsys.readouterr().out.splitlines()[-1]) == folder


@pytest.mark.parametrize("asked", ["[truce]", "[truce,truce]"])
def test_fewer_than_two_theories_are_refused(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert launch.main(scoring.SCRIPT, [*FEW, f"theories={asked}"]) == launch.EXIT_BAD_INPUT
    told = "theories: name at least two, each once, the first is the base; or [all]\n"
    assert capsys.readouterr().err == told


def test_an_unknown_theory_is_refused_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert launch.main(scoring.SCRIPT, [*FEW, "theories=[default,truse]"]) == launch.EXIT_BAD_INPUT
    assert "did you mean 'truce'?" in capsys.readouterr().err


def made(verdict: str) -> pd.DataFrame:
    """Return a table of two theories, and one family besides all."""
    rows = [
        (family, theory, 9, 9, 1.0, gain, gain - 0.1, gain + 0.1, told, weight, 0.0, 1.0)
        for family in ("killed", ALL)
        for theory, gain, told, weight in (
            ("default", 0.0, OPEN, 0.4),
            ("truce", 0.3, verdict, 0.6),
            (STACKED, 0.2, verdict, None),
        )
    ]
    names = ["family", "theory", "n", "worlds", "score", "gain", "gain_low", "gain_high", "verdict"]
    return pd.DataFrame(rows, columns=[*names, "weight", "weight_low", "weight_high"])


def test_it_is_said_where_theories_cannot_be_told_apart() -> None:
    first, second, last = theories_sentences(made(OPEN))
    assert "no better or worse, as far as these wars can tell" in first
    assert "no theory differs from it for sure" in second
    assert last == "The wars cannot tell the theories apart in 1 of 1 families."
    first, second, last = theories_sentences(made(HELPS))
    assert re.search(r"score better than the usual one \(default\) alone \(\+20 %, 90 % interval", first)
    assert "truce +30 %" in second
    assert last == "The wars cannot tell the theories apart in 0 of 1 families."
    assert "the usual one" in theories_answer(made(HELPS)).markdown("command")


def test_the_page_about_theories_tells_all_of_them_and_is_as_new_as_what_it_tells() -> None:
    told, table = scoreboard.read_table(scoreboard.THEORIES)
    now = provenance(developed_worlds())
    assert {name: told[name] for name in scoreboard.DIGESTS} == now
    assert set(table["theory"]) == {"default", STACKED, *choices("rules")}
    page = scoreboard.THEORIES_PAGE.read_text("utf-8")
    assert rewritten(page, scoreboard.theories_parts()) == page
    for name in choices("rules"):
        assert f"`{name}`" in page
