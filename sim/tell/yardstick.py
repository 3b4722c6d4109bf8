"""Say probabilities in words, by the yardstick of British intelligence assessments.

The word comes from the interval, not from the estimate. Where an interval reaches into two ranges, or into the gap
between them, both words are said.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """Hold one term of the scale.

    Parameters
    ----------
    word
        As the scale names it.
    phrase
        As a sentence says it after "is".
    low, high
        The range that it stands for, in [0, 1].
    is_open
        Whether the upper end itself is left out.
    """

    word: str
    phrase: str
    low: float
    high: float
    is_open: bool = False

    @property
    def span(self) -> str:
        """Return the range in percent, such as `40–<50 %`."""
        return f"{100 * self.low:.0f}–{'<' if self.is_open else ''}{100 * self.high:.0f} %"

    def ends_before(self, share: float) -> bool:
        """Tell whether a probability lies above the range."""
        return share > self.high or (self.is_open and share == self.high)


SCALE = (
    Term("remote chance", "a remote chance", 0.0, 0.05),
    Term("highly unlikely", "highly unlikely", 0.10, 0.20),
    Term("unlikely", "unlikely", 0.25, 0.35),
    Term("realistic possibility", "a realistic possibility", 0.40, 0.50, is_open=True),
    Term("likely or probable", "likely", 0.55, 0.75),
    Term("highly likely", "highly likely", 0.80, 0.90),
    Term("almost certain", "almost certain", 0.95, 1.0),
)
"""Professional Head of Intelligence Assessment, "Probability yardstick", 2019."""


def in_words(low: float, high: float) -> str:
    """Return what a sentence says of a probability: one term, or the lowest and the highest that its interval touches.

    Parameters
    ----------
    low, high
        The interval, in [0, 1]; equal for a probability that is known.
    """
    first = max(i for i, term in enumerate(SCALE) if term.low <= low)
    last = min(i for i, term in enumerate(SCALE) if not term.ends_before(high))
    if first == last:
        return SCALE[first].phrase
    return f"between {SCALE[first].phrase} and {SCALE[last].phrase}"
