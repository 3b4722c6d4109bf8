"""Turn figures into pictures inside a page: SVG with its words as words, its title and notes taken out for the page.

A figure's words stand in HTML, where they wrap, can be copied and are read aloud; what is drawn stays as it is.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.show.kit.theme import styled
from sim.show.kit.typeset import NO_BREAK

POINTS_PER_INCH = 72.0
HALO = "halo"  # class of text that keeps a white rim
_NUMBER = re.compile(r"-?\d+\.\d+")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_FONT = re.compile(r"font-family:[^;]*;?\s*")


@dataclass(frozen=True)
class Picture:
    """Hold a figure as a page shows it.

    Parameters
    ----------
    title
        The finding with its number.
    note
        What is shown, of which runs, with which interval.
    svg
        What is drawn, its ids unlike those of other pictures.
    """

    title: str
    note: str
    svg: Markup


def picture_of(name: str, figure: Figure) -> Picture:
    """Return a figure as a picture; do not draw on it any more.

    Parameters
    ----------
    name
        Short name, unlike that of any other picture on the page.
    figure
        Made by `sim.show.kit.page.new_page`: its first three texts are title, subtitle and footer.
    """
    title, subtitle, footer = figure.texts[:3]
    words = [tight(text.get_text().replace("\n", " ")) for text in (title, subtitle)]
    with styled():
        top, bottom = _below(figure, subtitle.get_window_extent().y0), _below(figure, footer.get_window_extent().y1)
        for text in (title, subtitle, footer):
            text.set_visible(False)
        figure.patch.set_visible(False)
        _mark_halos(figure)
        root = _svg_of(figure)
    width = float(root.get("viewBox", "").split()[2])
    frame = f"0 {top:.1f} {width:.1f} {bottom - top:.1f}"
    root.attrib = {"viewBox": frame, "role": "img", "aria-label": words[0]}
    _make_ids_unlike_others(root, name)
    return Picture(words[0], words[1], Markup(ET.tostring(root, encoding="unicode")))  # noqa: S704 - escaped by the writer of the XML


def tight(text: str) -> str:
    """Return a text in which numbers stay on one line with their interval and their percent sign."""
    text = re.sub(r"(?<=[\d>]) (?=[%\[])|(?<=%) (?=\[)", NO_BREAK, text)
    return re.sub(r"\[([^\]]*)\]", lambda found: found[0].replace(" ", NO_BREAK), text)


def _below(figure: Figure, y: float) -> float:
    """Return how far a height on the canvas lies below the upper edge of a figure, in points."""
    return float((figure.bbox.height - y) / figure.dpi * POINTS_PER_INCH)


def _mark_halos(figure: Figure) -> None:
    """Name the texts with a halo for the page's style sheet; as shapes their rims would be most of the file."""
    haloed = [text for text in figure.findobj(Text) if text.get_path_effects()]
    for number, text in enumerate(haloed):
        text.set_path_effects([])
        text.set_gid(f"{HALO}{number}")


def _svg_of(figure: Figure) -> ET.Element:
    """Return a figure as SVG without what a page does not need: metadata, styles for all, many decimals."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    root = ET.fromstring(file.getvalue())  # noqa: S314 - drawn in the line above
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
        node.attrib = {name.rpartition("}")[2]: _short(name, value) for name, value in node.attrib.items()}
        node.tail = None
        if node.text is not None and not node.text.strip():
            node.text = None
    for parent in [*root.findall(".//style/.."), root]:
        for child in parent.findall("style") + parent.findall("metadata"):
            parent.remove(child)
    return root


def _short(name: str, value: str) -> str:
    """Return the value of an attribute with no more decimals and spaces than can be seen."""
    if name == "style":
        return _FONT.sub("", value).replace("; ", ";").replace(": ", ":")
    if name in ("d", "points"):
        value = " ".join(value.split())
    elif name not in ("x", "y", "transform", "width", "height"):
        return value
    return _NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), value)


def _make_ids_unlike_others(root: ET.Element, name: str) -> None:
    """Drop ids that nothing refers to, turn those of halos into a class, and put the picture's name before the rest."""
    used = set(_references(root))
    for node in root.iter():
        own = node.attrib.pop("id", "")
        if own in used:
            node.set("id", f"{name}-{own}")
        elif own.startswith(HALO):
            node.set("class", HALO)
        for key, value in node.attrib.items():
            if key == "href":
                node.set(key, value.replace("#", f"#{name}-"))
            elif "url(#" in value:
                node.set(key, _REFERENCE.sub(rf"url(#{name}-\1)", value))


def _references(root: ET.Element) -> Iterator[str]:
    """Yield the ids that parts of a picture refer to."""
    for node in root.iter():
        for key, value in node.attrib.items():
            if key == "href":
                yield value.removeprefix("#")
            yield from _REFERENCE.findall(value)
