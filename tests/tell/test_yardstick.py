import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.tell.yardstick import SCALE, in_words

SHARES = st.floats(0.0, 1.0)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        # Within one range of the published scale.
        (0.0, 0.04, "a remote chance"),
        (0.05, 0.05, "a remote chance"),
        (0.10, 0.20, "highly unlikely"),
        (0.26, 0.35, "unlikely"),
        (0.40, 0.499, "a realistic possibility"),
        (0.55, 0.75, "likely"),
        (0.81, 0.82, "highly likely"),
        (0.95, 1.0, "almost certain"),
        # In a gap: both neighbours are said.
        (0.06, 0.07, "between a remote chance and highly unlikely"),
        (0.50, 0.50, "between a realistic possibility and likely"),
        (0.92, 0.93, "between highly likely and almost certain"),
        # Across ranges.
        (0.48, 0.50, "between a realistic possibility and likely"),
        (0.30, 0.45, "between unlikely and a realistic possibility"),
        (0.04, 0.06, "between a remote chance and highly unlikely"),
        (0.0, 1.0, "between a remote chance and almost certain"),
    ],
)
def test_the_word_follows_the_published_scale(low: float, high: float, words: str) -> None:
    assert in_words(low, high) == words


def test_the_scale_is_that_of_the_yardstick() -> None:
    # PHIA probability yardstick: gaps of five points, and 50 % left out.
    spans = ["0–5 %", "10–20 %", "25–35 %", "40–<50 %", "55–75 %", "80–90 %", "95–100 %"]
    assert [term.span for term in SCALE] == spans


@given(SHARES, SHARES)
def test_a_wider_interval_never_says_less(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    said = in_words(low, high)
    for share in (low, high):
        words = in_words(share, share).removeprefix("between ").split(" and ")
        assert words[0] in said or words[-1] in said
