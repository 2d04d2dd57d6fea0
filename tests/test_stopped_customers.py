"""A customer marked as stopped keeps every row, is no longer rated, and comes back by an order or a word."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from segmentation.__main__ import main
from segmentation.aliases import mark_stopped, take_back
from segmentation.features import build_features
from segmentation.identities import FROM_NOW, Alias, dated, stops, with_alias
from segmentation.journal import Journal
from segmentation.ratings import STOPPED, unrated_reasons
from segmentation.schemes import Scheme
from segmentation.standing import stand
from segmentation.store import Store
from segmentation.store_erasure import erase_customer, find_traces
from tests.promises.promise import NOON, bring
from tests.promises.table import ORDERS, csv_file

LISTED = "customer id,customer name\nC1,Anna\nC2,Ben\nC3,Carl\n"
BOUGHT = ORDERS + "O1,C1,2025-10-03,100\nO2,C2,2025-10-04,200\nO3,C3,2025-11-05,300\n"
LAST = date(2025, 11, 5)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    files = [*csv_file(LISTED, name="customers.csv"), *csv_file(BOUGHT)]
    assert bring(store, files, tmp_path / "0").version is not None
    return store


def reasons(store: Store, on: date, number: int | None = None) -> dict[str, str]:
    """Why who is not rated on a day; a scheme that rates everybody with an order."""
    with store.open(number) as book:
        told = stand(book, Scheme(minimum_history_days=0, minimum_orders=0), on).reasons.dropna()
    return dict(told)


def test_the_mark_holds_from_the_last_date_of_the_data_on_and_not_before(store: Store) -> None:
    marked = mark_stopped(store, "C1", "anna", NOON)
    assert marked.aliases == (Alias("stopped", "C1", LAST.isoformat()),)
    assert stops(marked.aliases) == {"C1": LAST}
    assert reasons(store, LAST) == {"C1": STOPPED}
    assert "C1" not in reasons(store, LAST - timedelta(days=1))
    assert "C1" not in reasons(store, LAST, 1), "an earlier version stays what it was"
    with store.open() as book:
        assert build_features(book, LAST, None)["total_amount"]["C1"] == 100, "no row is lost"


def test_an_order_after_the_mark_says_more_than_the_mark(store: Store, tmp_path: Path) -> None:
    mark_stopped(store, "C1", "anna", NOON)
    bring(store, csv_file(ORDERS + "O9,C1,2025-11-20,50\n"), tmp_path / "1")
    assert reasons(store, date(2025, 11, 19)) == {"C1": STOPPED}
    assert "C1" not in reasons(store, date(2025, 11, 20))


def test_taken_back_undone_and_told_in_the_journal(store: Store) -> None:
    mark_stopped(store, "C1", "anna", NOON)
    take_back(store, Alias("stopped", "C1", ""), "ben", NOON)
    assert "C1" not in reasons(store, LAST)
    told = [(one.author, one.key, dict(one.payload)) for one in Journal(store.path).events("alias")]
    assert told == [
        ("anna", "C1", {"who": "stopped", "meant": LAST.isoformat()}),
        ("ben", "C1", {"who": "stopped", "meant": None}),
    ]
    mark_stopped(store, "C2", "anna", NOON)
    assert reasons(store, LAST) == {"C2": STOPPED}
    store.undo(4, "anna", NOON)
    assert reasons(store, LAST) == {}


def test_a_mark_taken_back_can_be_set_again_by_an_answer(store: Store, tmp_path: Path) -> None:
    mark_stopped(store, "C1", "anna", NOON)
    take_back(store, Alias("stopped", "C1", ""), "anna", NOON)
    shorter = csv_file("customer id,customer name\nC2,Benny\nC3,Carl\n", name="customers.csv")
    assert bring(store, shorter, tmp_path / "1", {"gone:C1": "stopped"}).version is not None
    assert reasons(store, LAST) == {"C1": STOPPED}


def test_an_erased_customer_leaves_no_mark(store: Store) -> None:
    mark_stopped(store, "C1", "anna", NOON)
    erase_customer(store, find_traces(store, "C1"), "anna", NOON)
    version = store.current()
    assert version is not None and version.aliases == ()
    assert not any(b'"C1"' in path.read_bytes() for path in (store.path / "versions").glob("*.json"))


def test_a_program_that_knows_no_marks_does_not_open_a_version_with_one(store: Store) -> None:
    mark_stopped(store, "C1", "anna", NOON)
    formats = [
        json.loads(path.read_text("utf-8"))["format"] for path in sorted((store.path / "versions").iterdir())
    ]
    assert formats == [1, 3]
    assert Store(store.path).current() == store.version(2)


def test_the_rest_of_a_full_list_is_one_question_and_asked_once(store: Store, tmp_path: Path) -> None:
    shorter = csv_file("customer id,customer name\nC2,Benny\nC3,Carl\n", name="customers.csv")
    kept = bring(store, shorter, tmp_path / "1")
    (asked,) = [question for question in kept.questions if question.code == "ask.gone.rest"]
    assert (asked.proposed, dict(asked.facts)) == ("keep", {"n": 1, "names": "Anna"})
    assert reasons(store, LAST) == {}
    again = csv_file("customer id,customer name\nC2,Benno\nC3,Carl\n", name="customers.csv")
    assert not bring(store, again, tmp_path / "2").questions
    marked = bring(store, again, tmp_path / "3", {"gone:C1": "stopped"})
    assert marked.version is not None and reasons(store, LAST) == {"C1": STOPPED}
    quiet = csv_file("customer id,customer name\nC2,Benjamin\nC3,Carl\n", name="customers.csv")
    assert "i.missing" not in bring(store, quiet, tmp_path / "4").codes, "nobody misses who has stopped"


def test_a_list_of_the_new_ones_only_asks_nothing(store: Store, tmp_path: Path) -> None:
    some = csv_file("customer id,customer name\nC3,Carl\nC9,New\n", name="customers.csv")
    assert not [q for q in bring(store, some, tmp_path / "1").questions if q.code == "ask.gone.rest"]


def test_only_who_is_missing_can_be_said_to_have_stopped(store: Store, tmp_path: Path) -> None:
    shorter = csv_file("customer id,customer name\nC2,Ben\nC3,Carl\n", name="customers.csv")
    brought = bring(store, shorter, tmp_path / "1", {"gone:C2": "stopped", "gone:nobody": "stopped"})
    assert brought.version is not None and brought.version.aliases == ()


def test_the_command_line_marks_and_takes_back(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--store", str(store.path), "--json"]
    assert main(["alias", "C1", "--stopped", *place]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["aliases"] == [{"who": "stopped", "written": "C1", "meant": LAST.isoformat()}]
    assert main(["alias", "C1", "--stopped", "--remove", *place]) == 0
    assert reasons(store, LAST) == {}


def test_marks_of_now_get_their_day_when_they_are_published() -> None:
    listed = with_alias((Alias("customer", "A", "B"),), Alias("stopped", "C", FROM_NOW))
    assert stops(listed) == {}
    assert stops(dated(listed, LAST)) == {"C": LAST}
    assert dated(dated(listed, LAST), LAST + timedelta(days=9)) == dated(listed, LAST)


def test_a_mark_comes_before_any_other_reason() -> None:
    dates = ("first_contact_on", "first_touch_on", "first_order_on", "last_order_on")
    features = pd.DataFrame(pd.NaT, ["C1"], dates, dtype="datetime64[s]")
    features = features.assign(total_order_count=0, has_order=False, has_contact=False)
    assert list(unrated_reasons(features, (), LAST)) == ["none"]
    assert list(unrated_reasons(features, (), LAST, stopped={"C1": LAST})) == [STOPPED]
    assert list(unrated_reasons(features, (), LAST, stopped={"C1": LAST + timedelta(days=1)})) == ["none"]
    assert replace(Alias("stopped", "a", "a")).is_apart
