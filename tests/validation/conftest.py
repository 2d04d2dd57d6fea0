"""A small company and its scoreboard, for every module that looks at one."""

from __future__ import annotations

import pytest

from segmentation.store import Book
from segmentation.validation import past
from segmentation.validation.board import Scoreboard, judge
from tests.validation.buyers import MOST, SCHEME, contenders, frames
from tests.worlds import make_book


@pytest.fixture
def few_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer dates than a real scoreboard has: each costs four queries."""
    monkeypatch.setattr(past, "MOST_DATES", MOST)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return make_book(tmp_path_factory.mktemp("buyers"), **frames())


@pytest.fixture(scope="module")
def board(book: Book) -> Scoreboard:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(past, "MOST_DATES", MOST)
        return judge(book, contenders(), SCHEME)
