"""Tags: the registry as a fold over the journal, who bears what on a day, use, age, overlaps, and merge columns."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.aliases import merge
from segmentation.answers import NO, YES
from segmentation.condition_forms import to_plain
from segmentation.conditions import All, AnyOf, Condition, Not
from segmentation.errors import SettingError
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.identities import Alias
from segmentation.journal import Journal
from segmentation.lists import COLUMNS, list_customers
from segmentation.schemes import Scheme
from segmentation.store import Book
from segmentation.tag_bearers import (
    Bearing,
    bear,
    find_overlaps,
    is_dated,
    join_names,
    measure_usage,
    schemes_with,
    with_windows,
)
from segmentation.tag_presets import PRESETS
from segmentation.tags import (
    MOST_CORE,
    Registry,
    change_tag,
    make_tag,
    mark_tag,
    read_registry,
    tag_customers,
    undo_tagging,
)
from segmentation.tuning import draw_lines, prepare
from tests.worlds import make_book, make_store

AT = datetime(2026, 7, 1, 9)
ON, LATER = date(2026, 3, 31), date(2026, 6, 30)
BY = {"author": "anna", "at": AT}


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def world(count: int = 20) -> dict[str, pd.DataFrame]:
    """C00 … ; Ck ordered k times, last on day k before ON; those of an even number have an industry."""
    ids = [f"C{k:02d}" for k in range(count)]
    orders = [
        (f"O{k}-{n}", ids[k], (ON - timedelta(days=k + 30 * n)).isoformat(), 100 * k)
        for k in range(count)
        for n in range(k)
    ]
    return {
        "customers": pd.DataFrame(
            {
                "customer_id": ids,
                "name": [f"Firm {k}" for k in range(count)],
                "industry": ["steel" if k % 2 == 0 else None for k in range(count)],
                "first_contact_on": "2020-01-01",
            }
        ),
        "orders": pd.DataFrame(orders, columns=["order_id", "customer_id", "ordered_on", "amount"]),
    }


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return make_book(tmp_path, **world())


def test_tags_are_made_renamed_put_away_and_taken_out_again(journal: Journal) -> None:
    tag_id = make_tag(journal, "Sales", " Needs  samples ", note="fair", **BY)
    first = read_registry(journal)
    assert first.get(tag_id).name == "Needs samples"
    assert first.groups == ("Sales",) and first.get(tag_id).kind == "manual"
    change_tag(journal, tag_id, group="Field", name="Samples", condition=None, note="", author="bo", at=AT)
    mark_tag(journal, tag_id, "retired", **BY)
    now = read_registry(journal)
    assert not now.core and [tag.name for tag in now.retired] == ["Samples"]
    assert now.get(tag_id).author == "anna", "who made it is not who renamed it"
    mark_tag(journal, tag_id, "restored", **BY)
    assert [(tag.group, tag.name) for tag in read_registry(journal).core] == [("Field", "Samples")]
    assert read_registry(journal, up_to=first.number) == first, "what held then still holds for then"


@pytest.mark.parametrize("name", ["", "  ", "a;b", "甲；乙", "x" * 41, "\ud800", 3])
def test_what_makes_no_name_is_refused(journal: Journal, name: object) -> None:
    for group, told in (("Sales", name), (name, "Samples")):
        with pytest.raises(SettingError, match=r"e\.tag\.name"):
            make_tag(journal, group, told, **BY)  # type: ignore[arg-type]
    assert not read_registry(journal).tags


def test_a_name_is_given_once_in_a_group(journal: Journal) -> None:
    tag_id = make_tag(journal, "Sales", "Samples", **BY)
    other = make_tag(journal, "Field", "Samples", **BY)
    with pytest.raises(SettingError, match=r"e\.tag\.taken"):
        make_tag(journal, "sales", "SAMPLES", **BY)
    with pytest.raises(SettingError, match=r"e\.tag\.taken"):
        change_tag(journal, other, group="Sales", name="Samples", condition=None, note="", **BY)
    mark_tag(journal, tag_id, "retired", **BY)
    make_tag(journal, "Sales", "Samples", **BY)
    with pytest.raises(SettingError, match=r"e\.tag\.taken"):
        mark_tag(journal, tag_id, "restored", **BY)


def test_a_tag_keeps_its_kind_and_its_rule_knows_since_when(journal: Journal) -> None:
    rule, other = Condition("recency_days", ">", 6, "months"), Condition("recency_days", ">", 9, "months")
    manual = make_tag(journal, "Sales", "Samples", **BY)
    automatic = make_tag(journal, "Activity", "Quiet", condition=rule, **BY)
    with pytest.raises(SettingError, match=r"e\.tag\.kind"):
        change_tag(journal, manual, group="Sales", name="Samples", condition=rule, note="", **BY)
    with pytest.raises(SettingError, match=r"e\.tag\.automatic"):
        tag_customers(journal, automatic, ["C01"], is_set=True, on=ON, **BY)
    later = AT + timedelta(days=5)
    facts = {"group": "Activity", "note": "", "author": "bo"}
    change_tag(journal, automatic, name="Silent", condition=rule, at=later, **facts)  # type: ignore[arg-type]
    assert read_registry(journal).get(automatic).rule_at == AT, "a new name is no new rule"
    change_tag(journal, automatic, name="Silent", condition=other, at=later, **facts)  # type: ignore[arg-type]
    assert read_registry(journal).get(automatic).rule_at == later


def test_tags_set_by_hand_hold_from_their_day_on(journal: Journal) -> None:
    tag_id = make_tag(journal, "Sales", "Samples", **BY)
    first = tag_customers(journal, tag_id, ["C02", "C01", "C02"], is_set=True, on=ON, **BY)
    assert first is not None and first.payload["customers"] == ["C01", "C02"]
    assert tag_customers(journal, tag_id, ["C01"], is_set=True, on=LATER, **BY) is None, "nobody is changed"
    tag_customers(journal, tag_id, ["C01", "C09"], is_set=False, on=LATER, **BY)

    def bearers(on: date, up_to: int | None = None) -> list[str]:
        return sorted(read_registry(journal, up_to).set_by_hand(on)[tag_id])

    assert bearers(ON - timedelta(days=1)) == []
    assert bearers(ON) == ["C01", "C02"] and bearers(LATER) == ["C02"]
    assert bearers(LATER, up_to=first.number) == ["C01", "C02"], "decided later is not known then"
    told = read_registry(journal).set_by_hand(LATER)[tag_id]["C02"]
    assert (told.author, told.on) == ("anna", ON)


def test_undoing_leaves_what_was_before(journal: Journal) -> None:
    tag_id = make_tag(journal, "Sales", "Samples", **BY)
    tag_customers(journal, tag_id, ["C01"], is_set=True, on=LATER, **BY)
    second = tag_customers(journal, tag_id, ["C01", "C02"], is_set=True, on=ON, **BY)
    assert second is not None
    undo_tagging(journal, second.number, **BY)
    registry = read_registry(journal)
    assert not registry.set_by_hand(ON)[tag_id] and list(registry.set_by_hand(LATER)[tag_id]) == ["C01"]
    with pytest.raises(SettingError, match=r"e\.tag\.undo"):
        undo_tagging(journal, second.number, **BY)


def tagged(book: Book, journal: Journal) -> tuple[Registry, Bearing]:
    registry = read_registry(journal)
    return registry, bear(book, registry, ON)


def test_a_rule_tags_whom_it_meets_on_the_day_and_counts_whom_it_cannot_tell(
    book: Book, journal: Journal
) -> None:
    tag_id = make_tag(
        journal, "Activity", "Recent", condition=Condition("recency_days", "<=", 5, "days"), **BY
    )
    steel = make_tag(journal, "Trade", "Steel", condition=Condition("industry", "=", "Steel"), **BY)
    registry, bearing = tagged(book, journal)
    assert list(bearing.bearers(tag_id)) == [f"C{k:02d}" for k in range(1, 6)]
    usages = {usage.tag.id: usage for usage in measure_usage(bearing, AT.date(), 91)}
    assert (usages[tag_id].k, usages[tag_id].n, usages[tag_id].unknown) == (5, 20, 1), "C00 never ordered"
    assert (usages[steel].k, usages[steel].unknown) == (10, 10)
    assert bearing.tagged_count == 13, "1 … 5 and the even ones, once each"
    earlier = bear(book, registry, ON - timedelta(days=3))
    assert list(earlier.bearers(tag_id)) == [f"C{k:02d}" for k in range(3, 9)], "the day decides, not today"
    assert [tag.name for tag in bearing.tags_of("C02")] == ["Recent", "Steel"]
    assert bearing.tags_of("nobody") == ()


def test_the_answer_is_that_of_the_conditions(book: Book, journal: Journal) -> None:
    quiet = Not(Condition("recency_days", "<=", 5, "days"))
    tag_id = make_tag(journal, "Activity", "Quiet", condition=quiet, **BY)
    _, bearing = tagged(book, journal)
    assert list(bearing.bearers(tag_id)) == [f"C{k:02d}" for k in range(6, 20)], "unknown stays unknown"


def test_a_condition_that_names_no_period_counts_over_a_year() -> None:
    open_one = Condition("order_count", ">", 3)
    year, own = (
        Condition("order_count", ">", 3, window_days=365),
        Condition("order_count", ">", 3, window_days=91),
    )
    dated = Condition("recency_days", ">", 3, "days")
    assert with_windows(open_one) == year and with_windows(own) == own and with_windows(dated) == dated
    assert with_windows(AnyOf((Not(open_one), All((own, open_one))))) == AnyOf((Not(year), All((own, year))))


def test_rules_that_read_what_has_no_date_are_known() -> None:
    assert is_dated(Condition("recency_days", ">", 3, "days"))
    assert not is_dated(All((Condition("recency_days", ">", 3, "days"), Condition("need", "unknown"))))


def test_schemes_that_ask_the_same_are_named(journal: Journal) -> None:
    often = Condition("order_count", ">", 3)

    def scheme(name: str, node: Condition, days: int) -> Scheme:
        rules = (("Often", to_plain(node)),)
        return Scheme(
            name=name, method="rules", method_params={"preset": "own", "window_days": days, "rules": rules}
        )

    schemes = [
        scheme("year", often, 365), scheme("quarter", often, 91),
        scheme("said", Condition("order_count", ">", 3, window_days=365), 91), Scheme(name="rfm"),
    ]  # fmt: skip
    make_tag(journal, "Activity", "Often", condition=often, **BY)
    make_tag(journal, "Activity", "By hand", **BY)
    by_hand, automatic = read_registry(journal).core
    assert schemes_with(automatic, schemes) == ("year", "said")
    assert schemes_with(by_hand, schemes) == ()


def test_windows_of_their_own_are_counted(book: Book, journal: Journal) -> None:
    rule = Condition("order_count", ">=", 3, window_days=91)
    tag_id = make_tag(journal, "Activity", "Often", condition=rule, **BY)
    _, bearing = tagged(book, journal)
    # Orders of k lie k, k + 30, k + 60 … days back: three of them within (ON − 91, ON] where k + 60 < 91.
    assert list(bearing.bearers(tag_id)) == [f"C{k:02d}" for k in range(3, 20)]
    for on in (ON - timedelta(days=60), date(2019, 1, 1)):
        assert bear(book, read_registry(journal), on).as_of == on


def test_a_merged_customer_bears_what_was_set_on_its_other_number(tmp_path: Path) -> None:
    store = make_store(tmp_path, **world())
    journal = Journal(store.path)
    tag_id = make_tag(journal, "Sales", "Samples", **BY)
    tag_customers(journal, tag_id, ["C03", "gone"], is_set=True, on=ON, **BY)
    merge(store, Alias("customer", "C03", "C04"), "anna", AT)
    with store.open() as book:
        _, bearing = tagged(book, journal)
    assert list(bearing.bearers(tag_id)) == ["C04"]


def test_use_and_age_are_told(book: Book, journal: Journal) -> None:
    borne = make_tag(journal, "Sales", "Samples", **BY)
    make_tag(journal, "Sales", "Visit", **BY)
    later = AT + timedelta(days=30)
    tag_customers(journal, borne, ["C01"], is_set=True, on=ON, author="anna", at=later)
    registry, bearing = tagged(book, journal)

    def states(days: int, stale_days: int = 91) -> list[str]:
        told = measure_usage(bearing, AT.date() + timedelta(days=days), stale_days)
        return [usage.state for usage in told]

    assert states(40) == ["current", "unborne"]
    assert states(91) == ["current", "unborne"] and states(92) == ["current", "unreviewed"]
    assert states(121) == ["current", "unreviewed"] and states(122) == ["unreviewed", "unreviewed"]
    assert states(40, 9) == ["unreviewed", "unreviewed"]
    mark_tag(journal, borne, "reviewed", "bo", later + timedelta(days=90))
    _, bearing = tagged(book, journal)
    assert states(122) == ["current", "unreviewed"]
    assert [usage.idle_days for usage in measure_usage(bearing, AT.date(), 91)] == [0, 0], "never negative"
    assert len(registry.core) <= MOST_CORE


def test_tags_of_the_same_customers_are_said(book: Book, journal: Journal) -> None:
    ids = [f"C{k:02d}" for k in range(20)]
    told = {"one": ids, "two": ids[:19], "three": ids[:18], "few": ids[:4], "few too": ids[:4]}
    for name, customers in told.items():
        tag_id = make_tag(journal, "Same", name, **BY)
        tag_customers(journal, tag_id, customers, is_set=True, on=ON, **BY)
    _, bearing = tagged(book, journal)
    pairs = {(pair.first.name, pair.second.name): (pair.both, pair.either) for pair in find_overlaps(bearing)}
    # 19 of 20 are 95 %; 18 of 19 are 94.7 %; pairs of four customers say nothing.
    assert pairs == {("one", "two"): (19, 20)}


@pytest.mark.parametrize(("size", "is_same"), [(39, True), (38, False)])
def test_the_shared_part_is_of_all_who_bear_either(journal: Journal, size: int, is_same: bool) -> None:
    """Both tags on `size` customers, one of them another: 38 of 40 are 95 %, 37 of 39 are 94.9 %."""
    for name in ("one", "two"):
        make_tag(journal, "Same", name, **BY)
    tags = read_registry(journal).core
    customers = pd.Index([f"C{k:02d}" for k in range(60)])
    answers = {
        tag.id: np.where(_spans(place, size), YES, NO).astype(np.int8) for place, tag in enumerate(tags)
    }
    pairs = find_overlaps(Bearing(ON, customers, tags, answers))
    assert [(pair.both, pair.either) for pair in pairs] == ([(size - 1, size + 1)] if is_same else [])


def _spans(first: int, size: int) -> Any:
    places = np.arange(60)
    return (places >= first) & (places < first + size)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_group_is_one_column_of_the_list(book: Book, journal: Journal, code: Code) -> None:
    for group, name, customers in (
        ("Sales", "Samples", ["C01", "C02"]),
        ("Sales", "=Visit", ["C02"]),
        ("Trade", "铸造", ["C03"]),
    ):
        tag_id = make_tag(journal, group, name, **BY)
        tag_customers(journal, tag_id, customers, is_set=True, on=ON, **BY)
    _, bearing = tagged(book, journal)
    scheme, language = Scheme(), Language(code)
    base = prepare(book, scheme, ON)
    evaluation = draw_lines(base, scheme)
    plain = list_customers(base.now, evaluation, language)
    listed = list_customers(base.now, evaluation, language, tags=bearing)
    heads = [
        {"en": "Tags: Sales", "zh": "标签：Sales"}[code],
        {"en": "Tags: Trade", "zh": "标签：Trade"}[code],
    ]
    assert list(listed.columns) == [*COLUMNS, *heads]
    pd.testing.assert_frame_equal(listed[list(COLUMNS)], plain)
    told = listed.set_index("customer_id")[heads].astype(object)
    both = {"en": "=Visit; Samples", "zh": "=Visit；Samples"}[code]
    assert told.loc["C02", heads[0]] == both and told.loc["C01", heads[0]] == "Samples"
    assert told.loc["C03", heads[1]] == "铸造" and told.notna().to_numpy().sum() == 3


def test_names_are_joined_for_any_customers_in_any_order(book: Book, journal: Journal) -> None:
    tag_id = make_tag(journal, "Sales", "Samples", **BY)
    tag_customers(journal, tag_id, ["C19"], is_set=True, on=ON, **BY)
    _, bearing = tagged(book, journal)
    assert list(join_names(bearing, ["nobody", "C19", "C00"], "; ")["Sales"]) == ["", "Samples", ""]


def test_every_proposal_can_be_made_and_answered(book: Book, journal: Journal) -> None:
    for code in LANGUAGES:
        for preset in PRESETS:
            make_tag(journal, preset.group.in_(code), preset.name.in_(code), condition=preset.condition, **BY)
    _, bearing = tagged(book, journal)
    assert len(bearing.tags) == 2 * len(PRESETS)
    counts = {tag.name: int(bearing.mask(tag.id).sum()) for tag in bearing.tags}
    assert counts["Customer for 3 years"] == counts["合作满三年"] == 20
    assert counts["Need not recorded"] == 20
