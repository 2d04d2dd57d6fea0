"""Conditions: three-valued answers against a brute-force evaluator, the way through TOML, and hostile text as data."""

from __future__ import annotations

import operator
import tomllib
import unicodedata
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tomli_w

from segmentation import conditions as language
from segmentation.answers import NO, UNKNOWN, YES, answer, top_lines
from segmentation.condition_forms import from_plain, to_plain
from segmentation.conditions import All, AnyOf, Condition, Node, Not, children, columns, operators_of
from segmentation.errors import SettingError
from segmentation.features import COLUMNS
from segmentation.fields import FIELDS, field_of, months_in_days

HOSTILE = (
    "![x](http://evil.example/a.png)", "<script>alert(1)</script>", "'; DROP TABLE customers; --",
    "__import__('os').system('id')", "{0.__class__}", "%s $window_start", "=cmd|' /C calc'!A0", "none", "\x00\x1b[31m",
    '"""\n[method]\nname = "abc"', "\\u0041", "全角　ＡＢＣ", "\u202eevil", "🧨" * 50, "a" * 200,
)  # fmt: skip
TEXTS = ("Car parts", "car PARTS ", "Moulds", "模具", "", None, *HOSTILE[:6])
BINARY = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq, "!=": operator.ne,
    "within": operator.le,
}  # fmt: skip


# --- a second evaluator, one customer at a time, with None for unknown ---------------------------------------------


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def told(condition: Condition, value: Any) -> Any:
    if isinstance(value, str) or value is None:
        return value
    scale = {"wan": 10_000, "million": 1_000_000}.get(condition.unit, 1)
    if condition.unit == "months":
        return months_in_days(value)
    return value / 100 if condition.unit == "percent" else value * scale


def ask_one(node: Node, customer: dict[str, Any], everybody: list[dict[str, Any]]) -> bool | None:
    if isinstance(node, Not):
        inner = ask_one(node.part, customer, everybody)
        return None if inner is None else not inner
    if not isinstance(node, Condition):
        found = [ask_one(part, customer, everybody) for part in node.parts]
        decisive = isinstance(node, AnyOf)
        return decisive if decisive in found else None if None in found else not decisive
    own = customer[node.column]
    is_null = bool(pd.isna(own))
    if node.operator in ("known", "unknown"):
        return is_null == (node.operator == "unknown")
    if is_null:
        return None
    if node.operator == "top":
        known = [c[node.column] for c in everybody if c[node.column] == c[node.column]]
        not_below = sum(other >= own for other in known)
        return own == max(known) or not_below * 100 <= node.value * len(known)
    wanted = [told(node, v) for v in (node.value if isinstance(node.value, tuple) else (node.value,))]
    if isinstance(own, str):
        own, wanted = fold(own), [fold(text) for text in wanted]
        if node.operator == "contains":
            return wanted[0] in own
    if node.operator == "between":
        return wanted[0] <= own <= wanted[1]
    if node.operator == "one_of":
        return own in wanted
    return BINARY[node.operator](own, wanted[0])


def random_condition(random: np.random.Generator) -> Condition:
    field = field_of(random.choice(["amount", "repeat_order_share", "recency_days", "order_count", "industry",
                                    "own_size", "attribute:seats"]))  # fmt: skip
    name = str(random.choice(operators_of(field)))
    unit = "percent" if name == "top" else str(random.choice(language.UNITS[field.kind]))
    window = 91 if field.is_windowed and random.random() < 0.3 else None
    if field.kind == "text":
        value: Any = str(random.choice([text for text in TEXTS if text]))
        value = (value, "Moulds") if name == "one_of" else value
    elif name in ("between", "one_of"):
        value = tuple(sorted(float(v) for v in random.integers(0, 6, 2)))
    else:
        value = float(random.integers(1, 6)) * (20 if unit == "percent" else 1)
    if name in ("known", "unknown"):
        value, unit = None, ""
    return Condition(field.name, name, value, unit, window)


def random_tree(random: np.random.Generator, depth: int = 3) -> Node:
    if depth == 1 or random.random() < 0.3:
        return random_condition(random)
    parts = tuple(random_tree(random, depth - 1) for _ in range(random.integers(1, 4)))
    return (All(parts), AnyOf(parts), Not(parts[0]))[random.integers(0, 3)]


def random_customers(random: np.random.Generator, count: int = 60) -> pd.DataFrame:
    def holes(values: Any) -> Any:
        return np.where(random.random(count) < 0.3, np.nan, values)

    frame = pd.DataFrame(index=pd.Index([f"c{n:03d}" for n in range(count)], name="customer_id"))
    for suffix in ("", "@91"):
        frame[f"amount{suffix}"] = holes(random.integers(-1, 6, count) * 10_000.0)
        frame[f"repeat_order_share{suffix}"] = holes(random.choice([0, 0.2, 0.5, 0.6, 0.8, 5 / 6], count))
        frame[f"order_count{suffix}"] = random.integers(0, 6, count)
    frame["recency_days"] = holes(random.choice([0, 1, 3, 30, 60, 91, 121, 182], count))
    frame["own_size"] = holes(random.integers(0, 6, count))
    frame["attribute:seats"] = holes(random.integers(0, 6, count))
    frame["industry"] = pd.Series(random.choice(np.array(TEXTS, dtype=object), count), frame.index).astype(
        "str"
    )
    return frame


@pytest.mark.parametrize("seed", range(60))
def test_answers_are_those_of_asking_one_customer_after_another(seed: int) -> None:
    random = np.random.default_rng(seed)
    frame = random_customers(random)
    everybody = frame.to_dict("records")
    for _ in range(5):
        tree = random_tree(random)
        expected = [
            {True: YES, False: NO, None: UNKNOWN}[ask_one(tree, customer, everybody)]
            for customer in everybody
        ]
        assert answer(tree, frame).tolist() == expected, tree
        assert answer(Not(tree), frame).tolist() == [YES - told for told in expected]


@pytest.mark.parametrize("seed", range(30))
def test_a_tree_comes_back_from_toml(seed: int) -> None:
    tree = random_tree(np.random.default_rng(seed))

    def tuples(value: Any) -> Any:
        return tuple(map(tuples, value)) if isinstance(value, list) else value

    written = tomli_w.dumps({"rule": to_plain(tree)})
    assert from_plain(tuples(tomllib.loads(written)["rule"])) == tree
    assert from_plain(tomllib.loads(written)["rule"]) == tree


def test_unknown_is_neither_no_nor_low() -> None:
    frame = pd.DataFrame({"recency_days": [np.nan, 10.0, 400.0], "total_order_count": [0, 3, 3]})
    late, never = Condition("recency_days", ">", 6, "months"), Condition("total_order_count", "=", 0)
    assert answer(late, frame).tolist() == [UNKNOWN, NO, YES]
    assert answer(Condition("recency_days", "!=", 10, "days"), frame).tolist() == [UNKNOWN, NO, YES]
    assert answer(AnyOf((late, never)), frame).tolist() == [YES, NO, YES]
    assert answer(All((late, never)), frame).tolist() == [UNKNOWN, NO, NO]
    assert answer(All((late, Condition("total_order_count", ">", 1))), frame)[0] == NO


def test_the_line_of_the_highest_keeps_equals_together_and_never_is_empty() -> None:
    frame = pd.DataFrame({"amount": [9.0, 9, 9, 5, 4, 3, 2, 1, np.nan, np.nan]})
    for percent, taken in ((10, 3), (37, 3), (38, 3), (50, 4), (100, 8)):
        told = answer(Condition("amount", "top", percent, "percent"), frame)
        assert (told == YES).sum() == taken, percent
        assert (told == UNKNOWN).sum() == 2
    nobody = top_lines([Condition("amount", "top", 10, "percent")], frame.iloc[8:])
    assert nobody == {"amount top 10": ()}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_data(text: str) -> None:
    other = pd.Series([text, text.swapcase(), "x", None, f"before {text} after"], dtype="str")
    frame = pd.DataFrame({"industry": other})
    same = Condition("industry", "=", text)
    assert answer(same, frame).tolist() == [
        YES,
        YES if fold(text.swapcase()) == fold(text) else NO,
        NO,
        1,
        NO,
    ]
    assert answer(Condition("industry", "contains", text), frame)[[0, 4]].tolist() == [YES, YES]
    written = tomli_w.dumps({"rule": to_plain(same)})
    assert from_plain(tomllib.loads(written)["rule"]) == same


@pytest.mark.parametrize(
    ("arguments", "code", "fact"),
    [
        (("revenue_12", ">", 1), "e.rule.field", "revenue_12m"),
        (("grade", "=", "A"), "e.rule.field", ""),
        (("__class__", ">", 1), "e.rule.field", ""),
        (("attribute:", ">", 1), "e.rule.field", ""),
        (("attribute:" + "x" * 201, ">", 1), "e.rule.long", ""),
        (("amount", "contain", "x"), "e.rule.operator", "contains"),
        (("industry", ">", "x"), "e.rule.operator", ""),
        (("amount", "within", 3, "days"), "e.rule.operator", ""),
        (("amount", ">", "x"), "e.rule.number", "amount"),
        (("amount", ">", float("nan")), "e.rule.number", ""),
        (("amount", ">", float("inf")), "e.rule.number", ""),
        (("amount", ">", 1e300), "e.rule.number", ""),
        (("amount", ">", True), "e.rule.number", ""),
        (("amount", ">", None), "e.rule.number", ""),
        (("amount", ">", 1, "万元"), "e.rule.unit", "wan"),
        (("amount", "between", (2, 1)), "e.rule.items", "a ≤ b"),
        (("amount", "between", (1, 2, 3)), "e.rule.items", ""),
        (("amount", "one_of", ()), "e.rule.items", ""),
        (("industry", "one_of", ("x",) * 201), "e.rule.items", ""),
        (("industry", "=", " "), "e.rule.value", ""),
        (("industry", "=", "x" * 100_000), "e.rule.long", ""),
        (("industry", "=", "a\ud800"), "e.rule.broken", ""),
        (("amount", "top", 0, "percent"), "e.setting", "top"),
        (("amount", "top", 101, "percent"), "e.setting", "top"),
        (("recency_days", "within", -1, "days"), "e.setting", "within"),
        (("recency_days", ">", 1, "days", 90), "e.rule.window", ""),
        (("amount", ">", 1, "", 0), "e.setting", "window_days"),
        (("amount", ">", 1, "", 4000), "e.setting", "window_days"),
        (("amount", ">", 1, "", 90.5), "e.setting", "window_days"),
        ((None, ">", 1), "e.rule.value", ""),
    ],
)
def test_what_makes_no_condition_is_refused_with_its_reason(arguments: tuple, code: str, fact: str) -> None:
    with pytest.raises(SettingError) as refused:
        Condition(*arguments)
    assert refused.value.code == code
    assert fact in str(refused.value)


LEAF = ("if", "amount", ">", 1.0, "", 0)


@pytest.mark.parametrize(
    "plain",
    [
        (), "x", None, 5, ("if",), ("al", LEAF), ("all",), ("any",), ("not",), ("not", LEAF, LEAF),
        ("all", "x"), LEAF[:-1], (*LEAF, 1), ("if", "amount", ">", 1.0, "", "90"), ("if", "amount", ">", 1.0, 3, 0),
        ("if", "amount", ">", 1.0, "", True), ("if", ["amount"], ">", 1.0, "", 0), ("if", "amount", [">"], 1.0, "", 0),
        ("all", *[LEAF] * 61), ("not", ("not", ("not", ("not", LEAF)))),
    ],
    ids=lambda plain: str(plain)[:40],
)  # fmt: skip
def test_a_form_that_tells_no_tree_is_refused(plain: Any) -> None:
    with pytest.raises(SettingError):
        from_plain(plain)


def test_a_very_deep_form_is_refused_without_going_down() -> None:
    deep: Any = LEAF
    for _ in range(100_000):
        deep = ("not", deep)
    with pytest.raises(SettingError):
        from_plain(deep)


def test_every_field_is_a_feature_and_every_feature_but_dates_and_grades_a_field() -> None:
    assert set(FIELDS) <= set(COLUMNS)
    missing = {name for name in set(COLUMNS) - set(FIELDS) if not name.endswith(("_e4", "_on"))}
    read_by_a_model_alone = {"contract_lapsed", "first_contract_renewals", "first_contract_lost"}
    assert missing == {"grade", "has_order", "has_contact"} | read_by_a_model_alone
    texts = [field.text for field in FIELDS.values()]
    assert len({text.en for text in texts}) == len({text.zh for text in texts}) == len(texts)


def test_the_columns_read_are_named_once() -> None:
    amount = Condition("amount", ">", 1)
    tree = All((amount, Not(amount), AnyOf((Condition("amount", ">", 1, "", 90), amount))))
    assert columns(tree) == ("amount", "amount@90")
    assert [len(children(node)) for node in (tree, Not(amount), amount)] == [3, 1, 0]
    assert columns(from_plain(list(to_plain(tree)))) == columns(tree)
