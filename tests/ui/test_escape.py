"""Whatever something is called, markdown shows it letter by letter."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.ui.escape import plain

NASTY = [
    "![x](http://h)",
    "<script>alert(1)</script>",
    "$x$",
    ":red[x]",
    ":material/home:",
    ":smile:",
    "[x](http://h)",
    "**bold** _it_ ~~no~~ `code`",
    "# head",
    "www.example.com http://example.com a@example.com",
    "1. list",
    "| a | b |",
    "-> <- --",
    "&lt;b&gt;",
]
MARKUP = re.compile(r"[!\[\]()<>$`*_~#|:]")


@pytest.mark.parametrize("name", NASTY)
def test_no_mark_is_left_that_markdown_could_read(name: str) -> None:
    assert not MARKUP.search(re.sub(r"&#\d+;", "", plain(name)))


@pytest.mark.parametrize("name", NASTY)
def test_the_reader_sees_the_same_letters(name: str) -> None:
    assert html.unescape(plain(name)).replace("\u2060", "") == name


@pytest.mark.parametrize("name", ["http://h", ":smile:", ":material/home:", "www.x.com", "a@b.c"])
def test_links_and_emoji_are_taken_apart_where_they_are_looked_for_in_decoded_text(name: str) -> None:
    shown = html.unescape(plain(name))
    assert not re.search(r"://|:smile:|:material/|www\.|@b", shown)


@given(st.text(max_size=40))
def test_any_text_becomes_one_line_without_marks(text: str) -> None:
    shown = plain(text)
    assert "\n" not in shown
    assert not MARKUP.search(re.sub(r"&#\d+;", "", shown))


def test_ordinary_names_stay_as_they_are() -> None:
    assert plain("苏州科联光电") == "苏州科联光电"
    assert plain("A 类") == "A 类"


def test_long_names_are_cut_in_the_middle() -> None:
    assert plain("a" * 30 + "z" * 30, 24) == "a" * 12 + "…" + "z" * 11
