"""Conditions read back in both languages, to the letter."""

from __future__ import annotations

import pytest

from segmentation.condition_sentences import say
from segmentation.conditions import All, AnyOf, Condition, Node, Not
from segmentation.i18n import Language
from segmentation.rule_presets import PRESETS

EXAMPLE = All(
    (Condition("revenue_12m", ">", 100, "wan"), Condition("repeat_order_share", ">", 80, "percent"))
)
RECENT = Condition("recency_days", "within", 3, "months")
TOLD: tuple[tuple[Node, str, str], ...] = (
    (
        EXAMPLE,
        "annual purchases > 1,000,000 and repurchase rate > 80%",
        "年采购额 > 100万 且 复购率 > 80%",
    ),
    (
        AnyOf((EXAMPLE, RECENT, Not(EXAMPLE))),
        "(annual purchases > 1,000,000 and repurchase rate > 80%) or last order within the last 3 months or "
        "not (annual purchases > 1,000,000 and repurchase rate > 80%)",
        "（年采购额 > 100万 且 复购率 > 80%）或 最近下单在 3 个月内 或 不满足（年采购额 > 100万 且 复购率 > 80%）",
    ),
    (
        All((RECENT, AnyOf((RECENT, EXAMPLE)))),
        "last order within the last 3 months and (last order within the last 3 months or "
        "(annual purchases > 1,000,000 and repurchase rate > 80%))",
        "最近下单在 3 个月内 且（最近下单在 3 个月内 或（年采购额 > 100万 且 复购率 > 80%））",
    ),
    (Condition("amount", ">=", 1_500_000), "purchases ≥ 1,500,000", "采购额 ≥ 150万"),
    (Condition("amount", "<", 9_999.5), "purchases < 9,999.5", "采购额 < 9,999.5"),
    (Condition("amount", ">", 12_345), "purchases > 12,345", "采购额 > 12,345"),
    (Condition("amount", "=", 0), "purchases = 0", "采购额 = 0"),
    (Condition("amount", "<", -1), "purchases < \u22121", "采购额 < \u22121"),
    (Condition("amount", ">", 2, "million"), "purchases > 2 million", "采购额 > 200万"),
    (Condition("amount", ">", 1.25, "million"), "purchases > 1.25 million", "采购额 > 125万"),
    (Condition("amount", ">", 12_500, "wan"), "purchases > 125,000,000", "采购额 > 1.25亿"),
    (Condition("amount", ">", 0.1, "wan"), "purchases > 1,000", "采购额 > 0.1万"),
    (Condition("amount", "top", 20, "percent", 91),
     "purchases in the last 3 months among the highest 20%", "近 3 个月采购额排在前 20%"),
    (Condition("order_count", ">=", 3, "", 90), "order count in the last 90 days ≥ 3", "近 90 天下单次数 ≥ 3"),
    (Condition("order_count", "!=", 1, "", 30), "order count in the last 1 month ≠ 1", "近 1 个月下单次数 ≠ 1"),
    (Condition("recency_days", "within", 1, "days"), "last order within the last 1 day", "最近下单在 1 天内"),
    (Condition("tenure_days", ">=", 36, "months"), "time as customer ≥ 36 months", "合作年限 ≥ 36 个月"),
    (Condition("order_count", "between", (2, 5)), "order count from 2 to 5", "下单次数在 2 到 5 之间"),
    (Condition("industry", "=", "Moulds"), "industry = “Moulds”", "行业 = “Moulds”"),
    (Condition("industry", "contains", "模"), "industry contains “模”", "行业包含“模”"),
    (Condition("region", "one_of", ("华东", "华南")), "region is one of “华东”, “华南”", "区域为“华东”、“华南”之一"),
    (Condition("order_count", "one_of", (1, 2)), "order count is one of 1, 2", "下单次数为 1、2 之一"),
    (Condition("region", "one_of", tuple("abcdefg")), "region is one of “a”, “b”, “c”, “d”, “e” and 2 more",
     "区域为“a”、“b”、“c”、“d”、“e”等 7 项之一"),
    (Condition("paid_share", "known"), "paid share is recorded", "已回款占比有记录"),
    (Condition("need", "unknown"), "need is not recorded", "需求无记录"),
    (Condition("attribute:席位", ">", 5), "席位 > 5", "席位 > 5"),
    (Condition("industry", "=", "） 且 （"), "industry = “） 且 （”", "行业 = “） 且 （”"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("node", "en", "zh"), TOLD, ids=lambda told: told[:30] if isinstance(told, str) else ""
)
def test_read_back_in_both_languages(node: Node, en: str, zh: str) -> None:
    assert say(node, Language("en")) == en
    assert say(node, Language("zh")) == zh


def test_the_example_of_the_articles_is_a_preset() -> None:
    assert PRESETS["annual"].rules[0].condition == EXAMPLE


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_reads_back(name: str) -> None:
    for rule in PRESETS[name].rules:
        for code in ("en", "zh"):
            told = say(rule.condition, Language(code))
            assert told and "{" not in told
            assert (code == "zh") == any("\u4e00" <= letter <= "\u9fff" for letter in told)


def test_a_long_text_is_cut_in_the_middle_and_not_in_the_rule() -> None:
    told = Condition("industry", "=", "a" * 100 + "z" * 100)
    assert say(told, Language("en")) == "industry = “aaaaaaaaaaaa…zzzzzzzzzzz”"
    assert len(str(told.value)) == 200
