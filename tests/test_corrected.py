"""Whose tier hangs on a cell that is not what its sheet says: held against a store where that cell is empty."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from segmentation.__main__ import main
from segmentation.i18n import Language
from segmentation.quality import measure_corrected
from segmentation.schemes import Scheme, TierPolicy
from segmentation.standing import rate
from segmentation.store import Store
from segmentation.store_erasure import erase_customer, find_traces
from segmentation.tuning import draw_lines, prepare
from segmentation.ui.quality_block import tell_corrected
from tests.promises.promise import NOON, bring
from tests.promises.table import ORDERS, csv_file

AS_OF = date(2026, 6, 30)
SCHEME = Scheme(method="abc", policy=TierPolicy(("A", "B", "C"), "customers", (0.2, 0.6)))
ABOUT = {3: "约3000", 17: "约17", 12: "1.2万"}
LINES = [
    f"O{turn}{n:02d},C{n:02d},2026-0{turn}-10,{ABOUT.get(n, 40 * n) if turn == 3 else 1}\n"
    for turn in (1, 3)
    for n in range(1, 21)
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    kept = Store(tmp_path / "store")
    assert bring(kept, csv_file(ORDERS + "".join(LINES)), tmp_path / "work").error is None
    return kept


def test_tiers_without_corrected_cells_are_those_of_a_file_where_they_are_empty(
    store: Store, tmp_path: Path
) -> None:
    with store.open() as book:
        base = prepare(book, SCHEME, AS_OF)
        cuts = draw_lines(base, SCHEME).cuts
        found = measure_corrected(book, SCHEME, base.now, cuts)
        assert found.cells == 3 and len(base.now.features) == 20
    cells = {"O303": "约3000", "O317": "约17", "O312": "1.2万"}
    bare = "".join(line.replace(cells[line[:4]], "0") if line[:4] in cells else line for line in LINES)
    other = Store(tmp_path / "other")
    assert bring(other, csv_file(ORDERS + bare), tmp_path / "bare").error is None
    with other.open() as book:
        learned = base.now.scored.exact or base.now.scored.fitted
        again = rate(book, SCHEME, AS_OF, learned).scored.scores
    now = base.now.scored.scores
    expected = {
        key: (int(sum(now[key] < cut for cut in cuts)), int(sum(again[key] < cut for cut in cuts)))
        for key in now.index
    }
    moved = {key: told for key, told in expected.items() if told[0] != told[1]}
    told = found.moves.set_index("customer_id")[["place", "place_without"]]
    assert {key: tuple(row) for key, row in zip(told.index, told.to_numpy().tolist(), strict=True)} == moved
    assert {"C03", "C12"} <= moved.keys() and "C17" not in moved


def test_corrections_stay_with_their_rows_from_version_to_version(store: Store, tmp_path: Path) -> None:
    with store.open() as book:
        before = book.count_corrections()
    more = csv_file(ORDERS + "O999,C01,2026-04-01,约9\nO303,C03,2026-03-10,3100\n")
    assert bring(store, more, tmp_path / "more").error is None
    with store.open() as book:
        assert book.count_corrections() == before, "one came, and one is told exactly now"
    erase_customer(store, find_traces(store, "C17"), "anna", NOON)
    with store.open() as book:
        assert book.count_corrections() == before - 1
        amounts = book.without_corrections().query(
            "customer_orders", customer_id="C01", as_of=AS_OF, window_start=date.min
        )
        assert np.isnan(amounts.set_index("order_id")["amount"]["O999"])


@pytest.mark.parametrize("code", ["en", "zh"])
def test_it_is_said_on_the_command_line_and_in_both_languages(
    store: Store, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    assert main(["quality", "--store", str(store.path), "--json", "--as-of", AS_OF.isoformat()]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["corrected_cells"] >= 2 and document["corrected_customers"] == len(document["corrected"])
    with store.open() as book:
        base = prepare(book, SCHEME, AS_OF)
        found = measure_corrected(book, SCHEME, base.now, draw_lines(base, SCHEME).cuts)
    said = tell_corrected(found, Language(code))  # type: ignore[arg-type]
    assert str(len(found.moves)) in said and str(found.cells) in said


def test_a_store_of_an_earlier_program_has_no_doubts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segmentation.store_meanings.has_corrections", lambda *_: False)
    with store.open() as book:
        assert book.count_corrections() == 0
        with book.without_corrections() as bare:
            assert len(bare.query("stored_customers")) == len(book.query("stored_customers"))


def test_the_row_chosen_among_conflicting_ones_is_a_corrected_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    text = "customer id,customer name,nps\nA,Alpha,50\nB,Beta,7\nA,Alpha,60\n"
    first = bring(store, csv_file(text, name="customers.csv"), tmp_path / "work")
    assert first.upload is not None
    assert [tuple(one) for one in first.upload.corrections] == [("customers", 0, 4, "nps", "conflict")]
    with store.open() as book:
        assert book.count_corrections() == 1
