"""One palette for light, one for dark, one colour per tier rank for ever, and what every figure starts from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan
from typing import Any, Literal

from plotly.basedatatypes import BaseFigure

from segmentation.i18n import Language

Shade = Literal["light", "dark"]
Figure = dict[str, Any]
CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "showSendToCloud": False}
CLEAR = "#0000"
BOLD = 600


@dataclass(frozen=True)
class Palette:
    """Colours of one shade as #RRGGBB. `tiers` by rank, best first; *unrated* has an outline and no fill."""

    background: str
    ink: str
    secondary: str
    published: str
    axis: str
    grid: str
    broken: str
    tiers: tuple[str, ...]
    unrated: str

    def tier(self, rank: int) -> str:
        """The colour of the tier at `rank`, 0 best; at most six tiers exist."""
        return self.tiers[rank]


PALETTES: dict[Shade, Palette] = {
    "light": Palette(
        background="#FFFFFF",
        ink="#11171D",
        secondary="#55606C",
        published="#7A848F",
        axis="#C9CFD6",
        grid="#ECEEF1",
        broken="#B3261E",
        tiers=("#224B9D", "#2F857C", "#B9852A", "#8E2F5C", "#8F6DC5", "#7B5C43"),
        unrated="#7A828D",
    ),
    "dark": Palette(
        background="#14171B",
        ink="#E8EBEE",
        secondary="#A9B2BC",
        published="#8A939D",
        axis="#3A414A",
        grid="#252A30",
        broken="#FF8A80",
        tiers=("#649EF1", "#3CC8BA", "#E2B44A", "#D9608A", "#DDB8F8", "#C99265"),
        unrated="#8A939D",
    ),
}


@dataclass(frozen=True)
class Look:
    """What a figure must know beside its numbers: shade, language, how money is written, what amounts are of tax."""

    language: Language
    shade: Shade = "light"
    currency: str = ""
    money_unit: str = "auto"
    tax_basis: str = ""

    @property
    def palette(self) -> Palette:
        return PALETTES[self.shade]

    def say(self, message_id: str, /, **facts: Any) -> str:
        return self.language.say(message_id, **facts)

    def money(self, amount: float | None) -> str:
        return self.language.money(amount, self.currency, self.money_unit)


# A direction mark in a name would turn the rest of its label round.
_DIRECTIONS = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]")


def literal(text: str) -> str:
    """`text` so that Plotly draws it letter by letter: its labels know a little HTML and TeX."""
    text = _DIRECTIONS.sub("", text)
    for mark, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("$", "&#36;")):
        text = text.replace(mark, entity)
    return text


def muted(text: str, palette: Palette) -> str:
    """`text` in the secondary ink inside a label."""
    return f'<span style="color:{palette.secondary}">{text}</span>'


def regular(text: str) -> str:
    """`text` in the ordinary weight inside a bold label."""
    return f'<span style="font-weight:400">{text}</span>'


def digits(values: Iterable[float], places: int = 4) -> list[float | None]:
    """Numbers for the wire: rounded, whole ones without a point and a zero, not-a-number as null."""
    rounded = [round(float(value), places) for value in values]
    return [None if isnan(value) else value if value % 1 else int(value) for value in rounded]


def short(value: float, significant: int = 4) -> float:
    """Enough digits for the eye, few for the wire."""
    shortened = float(f"{value:.{significant}g}")
    return shortened if shortened % 1 else int(shortened)


class DrawnFigure(BaseFigure):
    """A figure drawn here, as Streamlit takes it without looking through every property again.

    Plotly's own check of a dict takes longer than drawing it; `tests/figures` do it once for every figure instead.
    """

    def __init__(self, figure: Figure) -> None:
        self.__dict__["_drawn"] = figure

    def to_dict(self) -> Figure:
        drawn: Figure = self.__dict__["_drawn"]
        return drawn


def base_layout(look: Look, height: int, margin: tuple[int, int, int, int]) -> dict[str, Any]:
    """Layout shared by all figures; `margin` is left, top, right, bottom in pixels.

    What marks, axes and labels of a figure share stands once, in its `template`. Streamlit adds fonts there, and its
    own pale colour and size for the numbers of all axes: those two stay on each axis.
    """
    left, top, right, bottom = margin
    return {
        "height": height,
        "margin": {"l": left, "t": top, "r": right, "b": bottom, "pad": 0},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "showlegend": False,
        "dragmode": False,
        "font": {"size": 12, "color": look.palette.ink},
    }
