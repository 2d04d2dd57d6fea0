"""The parts a page is laid out with: headline, chart with its name above and its verdict below, small grey lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import streamlit as st

from segmentation.figures.theme import CONFIG, DrawnFigure, Figure

# Headers and rows of a small table.
Cells = tuple[Sequence[str], Sequence[Sequence[str]]]


def headline(text: str, rule: str = "") -> None:
    """The finding, then one grey line: the rule or the caveat. Names inside must have passed `escape.plain`."""
    st.header(_literal_ranges(text), anchor=False)
    if rule:
        grey(rule)


def grey(text: str) -> None:
    """Secondary text; colour directives need their brackets closed, so `text` is escaped of loose ones."""
    st.markdown(greyed(text))


def greyed(text: str) -> str:
    """`text` as `grey` shows it."""
    return f":gray[:small[{_literal_ranges(text)}]]"


def paragraphs(*texts: str) -> None:
    """Texts one under another as one element; each costs every move of a line its way to the browser."""
    st.markdown("\n\n".join(text for text in texts if text))


def title(
    name: str, unit: str = "", meaning: str | None = None, width: Literal["auto", "stretch"] = "auto"
) -> None:
    """A block's stable name and, in grey, its unit; `meaning` is shown where someone points at the mark. With
    `stretch` it takes the room that what stands beside it leaves."""
    st.markdown(f"**{name}**" + (f" &nbsp;:gray[:small[{unit}]]" if unit else ""), help=meaning, width=width)


def verdict(sentences: Iterable[str], in_full: Iterable[str] = (), caveat: str = "") -> None:
    """What may be concluded, one paragraph under a chart, and in grey what to bear in mind; `in_full` is shown where
    someone points at the mark."""
    text = " ".join(sentence for sentence in sentences if sentence)
    if text:
        told = "\n\n".join(_literal_ranges(sentence) for sentence in in_full if sentence)
        below = f"\n\n{greyed(caveat)}" if caveat else ""
        st.markdown(f":small[{_literal_ranges(text)}]{below}", help=told or None)
    elif caveat:
        grey(caveat)


def chart(figure: Figure, alt: str, key: str) -> None:
    """A figure as wide as its column, at its own height; `alt` says in words what it shows."""
    st.plotly_chart(DrawnFigure(figure), config=CONFIG, key=key, alt=alt, theme="streamlit")


def _literal_ranges(text: str) -> str:
    """Two ranges such as 12~45 in one line would strike out what stands between them; 。 brings its own space."""
    return text.replace("~", "&#126;").replace("。 ", "。")


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A small table as part of the text: the first column names its row, the others are numbers, to the right. Texts
    from data must have passed `escape.plain`."""
    st.markdown(tabled(headers, rows))


def tabled(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The text of a `table`."""
    lines = [headers, [":--", *["--:"] * (len(headers) - 1)], *rows]
    return "\n".join(f"|{'|'.join(line)}|" for line in lines)


def empty(text: str) -> None:
    """What is missing and what would fill it: a bordered block in place of the chart."""
    with st.container(border=True):
        st.markdown(f":small[{_literal_ranges(text)}]")
