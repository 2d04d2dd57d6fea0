"""What of the customers a standing keeps: on a million, every column weighs eight megabytes."""

from __future__ import annotations

from typing import Any

import pytest

from segmentation.features import PASS_COLUMNS
from segmentation.methods.registry import make, methods
from segmentation.schemes import Scheme
from segmentation.standing import PAST_COLUMNS
from segmentation.tuning import prepare
from tests.sample_books import DATA_THROUGH_ON, sample_book


@pytest.mark.parametrize("name", sorted(methods()))
def test_a_standing_holds_no_pass_its_method_does_not_read(name: str) -> None:
    """Each pass is a scan of its own and eight bytes a customer and column; of a past date less is asked."""
    book: Any = sample_book()
    base = prepare(book, Scheme(method=name, outcome="repurchase", outcome_days=90), DATA_THROUGH_ON)
    method = make(name)
    read = {*method.needs, *(getattr(method, "columns", None) or ())}
    for standing in (base.now, base.checked):
        assert standing is not None
        assert set(standing.features.columns) & PASS_COLUMNS <= read, name
    assert base.checked is not None
    if getattr(method, "columns", None) is not None:
        assert set(base.checked.features.columns) <= read | PAST_COLUMNS
