"""Rules as a method: presets on the sample company, own rules through TOML, first match, unknown, the cap."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.condition_forms import to_plain
from segmentation.conditions import All, Condition, Node
from segmentation.errors import SettingError
from segmentation.methods.rules import OWN, Rules
from segmentation.rule_presets import PRESETS
from segmentation.sample import FOLDER
from segmentation.scheme_files import read_scheme
from segmentation.schemes import Scheme, from_toml, to_toml
from segmentation.standing import rate
from tests.sample_books import DATA_THROUGH_ON, sample_book
from tests.test_conditions import HOSTILE

BOOK: Any = sample_book()
MUCH, SOME = Condition("amount", ">", 100), Condition("amount", ">", 10)
LATE = Condition("recency_days", ">", 180, "days")


def own(*rules: tuple[str, Node], other: str = "") -> Rules:
    return Rules(preset=OWN, rules=tuple((name, to_plain(node)) for name, node in rules), other=other)


def customers(**values: Any) -> pd.DataFrame:
    frame = pd.DataFrame(values)
    return frame.set_axis([f"c{n}" for n in range(len(frame))])


def test_the_first_that_matches_decides_and_order_is_rank() -> None:
    frame = customers(amount=[500.0, 50.0, 5.0])
    scored = own(("much", MUCH), ("some", SOME)).score(frame)
    assert scored.segments is not None
    assert scored.segments.tolist() == ["much", "some", "else"]
    assert scored.scores.tolist() == [100.0, 50.0, 0.0]
    turned = own(("some", SOME), ("much", MUCH)).score(frame)
    assert turned.segments is not None
    assert turned.segments.tolist() == ["some", "some", "else"]
    assert turned.verdict is not None and turned.verdict[0] == "rules.idle"
    assert turned.verdict[1]["names"].en == "much"


def test_two_rules_may_lead_to_one_segment() -> None:
    frame = customers(amount=[500.0, 50.0, 5.0], recency_days=[10.0, 200, 200])
    scored = own(("A", MUCH), ("B", SOME), ("A", LATE), other="B").score(frame)
    assert scored.segments is not None
    assert scored.segments.tolist() == ["A", "B", "A"]
    assert scored.scores.tolist() == [100.0, 0.0, 100.0]
    with pytest.raises(SettingError):
        own(("A", MUCH), other="A")


def test_unknown_is_not_low() -> None:
    frame = customers(amount=[np.nan, np.nan, 5.0, np.nan], recency_days=[400.0, 5.0, 5.0, np.nan])
    method = own(("much", MUCH), ("late", LATE))
    scored = method.score(frame)
    assert scored.segments is not None
    assert scored.segments.tolist() == ["late", None, "else", None]
    assert scored.scores.isna().tolist() == [False, True, False, True]
    assert scored.verdict == ("rules.undecided", {"n": 2})
    found = method.cover(frame)
    assert found.first.tolist() == [0, 1] and found.unknown.tolist() == [3, 1]
    assert (found.gap_count, found.undecided_count) == (1, 2)


def test_a_scheme_carries_own_rules_and_frozen_lines() -> None:
    top = All((Condition("amount", "top", 30, "percent"), Condition("order_count", ">", 1, "", 90)))
    method = own(("best", top), ("行业", Condition("industry", "one_of", ("模具", *HOSTILE))))
    frame = customers(amount=[9.0, 8, 7, 1], industry=["x", "x", "<script>alert(1)</script>", "x"])
    frame["order_count@90"] = [2, 2, 2, 2]
    scored = method.score(frame)
    params = {"preset": OWN, "rules": method.rules}
    scheme = Scheme(method="rules", method_params=params, fitted=scored.fitted)
    for back in (from_toml(to_toml(scheme)), read_scheme(to_toml(scheme).encode())):
        assert back.id == scheme.id
        again = Rules(**back.method_params)
        assert again == method
        assert again.score(frame.iloc[[1]], back.fitted).segments.tolist() == ["else"]  # type: ignore[union-attr]
        assert again.score(frame.iloc[[0]], back.fitted).segments.tolist() == ["best"]  # type: ignore[union-attr]
    assert method.score(frame).segments.tolist() == ["best", "else", "行业", "else"]  # type: ignore[union-attr]


def test_columns_attributes_and_what_is_undated() -> None:
    method = own(
        ("a", All((MUCH, Condition("attribute:席位", ">", 5)))), ("b", Condition("amount", ">", 1, "", 90))
    )
    assert method.columns == ("amount", "attribute:席位", "amount@90")
    assert method.attributes == ("席位",)
    assert method.reads_undated
    assert not own(("a", MUCH)).reads_undated
    assert own(("a", Condition("region", "=", "x"))).reads_undated
    assert not any(Rules(preset=name).reads_undated for name in PRESETS)


def test_late_payers_are_capped_and_the_cap_is_a_part() -> None:
    frame = customers(
        amount=[100.0] * 4 + [1.0],
        tenure_days=[2000.0] * 5,
        paid_share=[0.95] * 5,
        overdue_share=[0.0, 0.5, np.nan, 0.2, 0.5],
    )
    scored = Rules(preset="distributor", cap_score=50).score(frame)
    assert scored.scores.tolist() == [100, 50, 100, 100, 0]
    assert scored.parts["payment_cap"].tolist() == [0, -50, 0, 0, 0]
    assert scored.segments is not None and scored.segments.iloc[1] == "grade_a"
    free = Rules(preset="distributor", cap_score=100)
    assert "overdue_share" not in free.columns
    assert free.score(frame).scores.tolist() == [100, 100, 100, 100, 0]
    assert free.idle_params == frozenset() and Rules().idle_params == {"overdue_share", "cap_score"}


@pytest.mark.parametrize(
    "rules",
    [
        "x", 5, (("a",),), (("", to_plain(MUCH)),), (("a" * 61, to_plain(MUCH)),), (("a\ud800", to_plain(MUCH)),),
        (("a", "amount > 1"),), (("a", to_plain(MUCH)),) * 21, ((3, to_plain(MUCH)),),
        tuple((f"r{n}", to_plain(Condition("amount", ">", 1, "", 10 + n))) for n in range(5)),
    ],
    ids=lambda rules: str(rules)[:30],
)  # fmt: skip
def test_what_makes_no_rules_is_refused(rules: Any) -> None:
    with pytest.raises(SettingError):
        Rules(preset=OWN, rules=rules)
    assert Rules(rules=rules).columns  # not asked for, not read


def test_where_all_have_the_same_nobody_is_among_the_highest() -> None:
    """A book without any sales has no strategic and no key customers."""
    top = own(("large", Condition("amount", "top", 40, "percent")))
    for amounts in ([0.0] * 5, [7.0]):
        scored = top.score(customers(amount=amounts))
        assert scored.segments is not None and set(scored.segments) == {"else"}
        assert scored.verdict is not None and scored.verdict[0] == "rules.idle"
    unequal = top.score(customers(amount=[0.0, 0.0, 0.0, 0.0, 7.0]))
    assert unequal.segments is not None and list(unequal.segments) == ["else"] * 4 + ["large"]


def test_no_rule_is_no_answer() -> None:
    scored = Rules(preset=OWN).score(customers(amount=[1.0, 2.0]))
    assert scored.is_refused and scored.scores.isna().all()
    assert scored.verdict == ("rules.none", {})


@pytest.mark.parametrize("name", PRESETS)
def test_presets_hold_on_the_sample_company(name: str) -> None:
    """Everybody rated is in one segment, no segment is empty, and better ones bring more per customer."""
    scheme = Scheme(method="rules", method_params={"preset": name})
    found = rate(BOOK, scheme, DATA_THROUGH_ON, None)
    sizes = found.scored.segments.value_counts()  # type: ignore[union-attr]
    assert sizes.sum() == found.reasons.isna().sum() == len(found.scored.scores)
    assert found.scored.verdict is None
    told = PRESETS[name].segments
    assert list(found.scored.labels)[: len(told)] == list(told) and set(sizes.index) == set(told)
    amounts = found.features.loc[found.scored.scores.index, "amount"].groupby(found.scored.segments).mean()
    assert amounts[list(told)].is_monotonic_decreasing
    again = rate(BOOK, scheme, DATA_THROUGH_ON, found.scored.fitted)
    pd.testing.assert_series_equal(again.scored.scores, found.scored.scores)


def test_the_example_on_the_sample_company_by_hand() -> None:
    """«年采购额 > 100万 且 复购率 > 80%» counted from the order lines themselves."""
    found = rate(BOOK, Scheme(method="rules", method_params={"preset": "annual"}), DATA_THROUGH_ON, None)
    lines = pd.read_csv(FOLDER / "orders.csv", parse_dates=["ordered_on"])
    year = lines[(lines["ordered_on"] > pd.Timestamp(DATA_THROUGH_ON) - pd.Timedelta(days=365))]
    amount = year.groupby("customer_id")["amount"].sum()
    days = year[year["amount"] >= 0].groupby("customer_id")["ordered_on"].nunique()
    share = (days - 1) / days
    expected = sorted(set(amount.index[amount > 1_000_000]) & set(share.index[share > 0.8]))
    assert expected
    segments = found.scored.segments
    assert segments is not None
    assert sorted(segments.index[segments == "high_value"]) == expected
