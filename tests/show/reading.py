"""Read the words of a figure or a page, and judge whether a reader could."""

import re
from collections.abc import Iterable
from html import unescape
from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.show.figures import Sheet, drawable

SLACK_PX = 2.0  # anti-aliased rims of letters


def text_of(page: str) -> str:
    """Return the words that a page shows."""
    shown = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", shown)).replace("\u00a0", " ")


def drawn(sheets: Iterable[Sheet]) -> dict[str, Figure]:
    """Return the figures that have something to show, by name."""
    return {name: sheet.draw() for name, sheet in drawable(sheets).items()}


def words_of(figure: Figure) -> list[Text]:
    """Return the texts that are drawn, in the order of the figure's parts."""
    figure.draw_without_rendering()
    texts = list(figure.texts)
    for key in figure.artists:
        assert isinstance(key, Legend)
        texts += key.get_texts()
    for ax in figure.axes:
        texts += ax.texts
        if ax.axison:
            texts += [*ax.get_xticklabels(), *ax.get_yticklabels()]
    return [text for text in texts if text.get_visible() and text.get_text().strip()]


def box_of(text: Text) -> Bbox:
    """Return the box of the letters, without a leader line."""
    return Text.get_window_extent(text).padded(-SLACK_PX)


def assert_readable(figure: Figure) -> None:
    """Fail where words leave the page or touch each other."""
    page = figure.bbox
    boxes = [(text.get_text(), box_of(text)) for text in words_of(figure)]
    assert len(boxes) > 3
    for words, box in boxes:
        assert page.x0 <= box.x0 < box.x1 <= page.x1, words
        assert page.y0 <= box.y0 < box.y1 <= page.y1, words
    for (one, box), (other, other_box) in combinations(boxes, 2):
        assert not box.overlaps(other_box), (one, other)


def title_of(figure: Figure) -> str:
    """Return the title on one line."""
    return figure.texts[0].get_text().replace("\n", " ")


def subtitle_of(figure: Figure) -> str:
    """Return the subtitle on one line."""
    return figure.texts[1].get_text().replace("\n", " ")
