"""Every check at the level the workspace gives it: stopped, warned of, or only noted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segmentation.errors import SettingError
from segmentation.journal import Journal
from segmentation.settings import CHECK_KINDS, CHECKS_SETTING, USUAL_THRESHOLDS, Check, Thresholds
from segmentation.store import Store
from tests.promises.promise import LANGUAGES, NOON, Brought, bring, content_of
from tests.promises.table import ORDERS, csv_file

CUSTOMERS = csv_file("customer id,customer name\nC1,Calder\nC2,Oakline\n", name="customers.csv")
MONTHS = "".join(f"O{m}-{n},C1,2026-0{m}-{1 + n:02d},10\n" for m in (1, 2, 3) for n in range(20))
FEW = csv_file(ORDERS + "".join(f"O4-{n},C1,2026-04-{1 + 4 * n:02d},10\n" for n in range(8)))
STRANGERS = csv_file(ORDERS + "O7,C1,2026-03-29,5\nO8,X9,2026-03-30,5\n")
NOBODY = csv_file(ORDERS + "O7,,2026-03-29,5\nO8,C1,2026-03-30,5\nO9,C1,2026-03-30,6\n")
REFUSED = csv_file(ORDERS + "O7,C1,2026-02-30,5\nO8,C1,2026-03-30,5\n")
AHEAD = csv_file(ORDERS + "O7,C1,2026-12-06,5\n")
SHORTER = csv_file("customer id,customer name\nC2,Oakline\nC3,New\n", name="customers.csv")
SWAPPED = csv_file(ORDERS + "O7,C1,2026-03-29,100000\n")
BROKEN = csv_file(ORDERS + "O7,C1,2026-03-29,#N/A\nO8,C1,2026-03-30,5\n")
CASES = {
    "unknown_customers": (STRANGERS, "i.unknown.orders", 0.5),
    "no_customer": (NOBODY, "i.unmatched.orders", 1 / 3),
    "rejected_rows": (REFUSED, "i.rejected", 0.5),
    "fewer_orders": (FEW, "ask.thin", 0.6),
    "missing_customers": (SHORTER, "i.missing", 0.5),
    "future_dates": (AHEAD, "i.future", 5),
    "unusual_amount": (SWAPPED, "ask.factor", 10_000),
    "excel_errors": (BROKEN, "e.errors", 0.5),
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    assert bring(store, [*CUSTOMERS, *csv_file(ORDERS + MONTHS)], tmp_path / "first").error is None
    return store


def brought(store: Store, tmp_path: Path, name: str, check: dict[str, Any]) -> Brought:
    Journal(store.path).change_setting(CHECKS_SETTING, {name: check}, "anna", NOON)
    return bring(store, CASES[name][0], tmp_path / "work")


def test_every_check_has_a_case() -> None:
    assert CASES.keys() == CHECK_KINDS.keys() == USUAL_THRESHOLDS.written.keys()


@pytest.mark.parametrize("name", [name for name, kind in CHECK_KINDS.items() if "stop" in kind.levels])
def test_a_check_that_stops_publishes_nothing_and_says_which(store: Store, tmp_path: Path, name: str) -> None:
    before, (_, code, measured) = content_of(store.path), CASES[name]
    told = brought(store, tmp_path, name, {"start": measured * 0.9, "level": "stop"})
    assert told.error is not None and told.version is None and content_of(store.path) == before
    assert told.error.code == (code if name == "excel_errors" else "e.stopped")
    for language in LANGUAGES:
        said = language.say(told.error.code, **told.error.facts)
        assert "{" not in said and "i." not in said.split()[0]


@pytest.mark.parametrize("name", CASES)
def test_below_its_start_a_check_stops_and_asks_nothing(store: Store, tmp_path: Path, name: str) -> None:
    code, measured = CASES[name][1:]
    told = brought(store, tmp_path, name, {"start": measured * 1.1, "level": CHECK_KINDS[name].levels[0]})
    assert told.error is None
    assert not [question for question in told.questions if question.code == code]
    assert {issue.severity for issue in told.issues if issue.code == code} <= {"noted"}


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("unusual_amount", "excel_errors")])
def test_a_note_is_counted_and_asks_nothing(store: Store, tmp_path: Path, name: str) -> None:
    code = CASES[name][1]
    told = brought(store, tmp_path, name, {"start": 0, "level": "note"})
    assert told.version is not None and told.issue(code).severity == "noted"


def test_settings_round_trip_and_nonsense_gives_way(store: Store) -> None:
    strict = Thresholds(fewer_orders=Check(0.3, "stop"), future_dates=Check(7, "note"))
    assert Thresholds.read(strict.written) == strict
    odd = {
        "fewer_orders": {"start": 7, "level": "stop"},
        "future_dates": {"start": "x"},
        "no_customer": 3,
        "y": {},
    }
    for kept in (odd, None, "x", []):
        assert Thresholds.read(kept) == Thresholds()
    with pytest.raises(SettingError):
        Thresholds(unusual_amount=Check(10.0, "stop"))


def test_a_customer_kept_once_is_not_asked_about_again(store: Store, tmp_path: Path) -> None:
    again = csv_file("customer id,customer name\nC2,Oakline\nC9,Calder\n", name="customers.csv")
    first = bring(store, again, tmp_path / "1")
    assert [question.id for question in first.questions] == ["gone:C1"]
    more = csv_file("customer id,customer name\nC2,Oakline\nC9,Calder\nC5,New\n", name="customers.csv")
    second = bring(store, more, tmp_path / "2")
    assert second.version is not None and not second.questions


def test_a_customer_merged_into_another_is_not_missing(store: Store, tmp_path: Path) -> None:
    again = csv_file("customer id,customer name\nC2,Oakline\nC9,Calder\n", name="customers.csv")
    first = bring(store, again, tmp_path / "1", {"gone:C1": "C9"})
    assert first.version is not None and len(first.version.aliases) == 1
    assert "i.missing" not in first.codes, "it is the other one now"
    more = csv_file("customer id,customer name\nC9,Calder\nC5,New\n", name="customers.csv")
    second = bring(store, more, tmp_path / "2")
    assert second.issue("i.missing").facts["names"] == "Oakline" and second.issue("i.missing").facts["n"] == 1


def test_strangers_of_a_big_clean_file_are_told_too(store: Store, tmp_path: Path) -> None:
    rows = "".join(
        f"B{n},{'ZZ' if n % 500 == 0 else 'C2'},2026-03-{1 + n % 28:02d},2\n" for n in range(30_000)
    )
    told = bring(store, csv_file(ORDERS + rows), tmp_path / "work")
    found = told.issue("i.unknown.orders")
    assert (found.rows, found.facts["names"], float(found.facts["amount"])) == (60, "ZZ", 120.0)
