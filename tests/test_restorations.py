"""The drill: what is kept can be brought back, and a file that cannot be is named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from segmentation.__main__ import main
from segmentation.restorations import try_restoring
from segmentation.store import Store
from tests.promises.promise import content_of
from tests.worlds import PUBLISHED_AT, make_store

ORDERS = pd.DataFrame({"order_id": ["1", "2"], "ordered_on": ["2026-01-02"] * 2, "amount": [5, 7.5]})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    make_store(tmp_path, orders=ORDERS.head(1))
    kept = make_store(tmp_path, orders=ORDERS)
    kept.undo(2, "anna", PUBLISHED_AT)
    return kept


def test_every_kept_version_comes_back_and_nothing_is_written(store: Store) -> None:
    before = content_of(store.path)
    tried = try_restoring(store)
    assert [(one.number, one.rows["orders"], one.is_same) for one in tried] == [
        (1, 1, True),
        (2, 2, True),
        (3, 1, True),
    ]
    assert content_of(store.path) == before


@pytest.mark.parametrize(("damage", "problem"), [("bit", "bytes"), ("gone", "missing")])
def test_a_version_that_would_not_come_back_is_named(
    store: Store, capsys: pytest.CaptureFixture[str], damage: str, problem: str
) -> None:
    path = store.path / store.version(2).data
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    if damage == "gone":
        path.unlink()
    assert [(one.number, one.problem) for one in try_restoring(store)] == [(1, ""), (2, problem), (3, "")]
    assert main(["drill", "--store", str(store.path), "--language", "en"]) == 1
    assert "1 of 3 uploads could not be restored as they were published: no. 2." in capsys.readouterr().err
