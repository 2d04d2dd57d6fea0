"""Words of a customer list as levels 0–1: how serious, how it grows, who decides. What is not understood is unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from segmentation import scales
from segmentation.answers import folded

HIGH, MIDDLE, LOW = 1.0, 0.5, 0.0
_COMMON: Mapping[float, tuple[str, ...]] = {
    HIGH: ("high", "very high", "strong", "hot", "a", "高", "很高", "较高", "强", "强烈", "高意向", "明确"),
    MIDDLE: ("medium", "middle", "mid", "moderate", "warm", "b", "中", "中等", "一般", "中意向", "较明确"),
    LOW: (
        "low",
        "very low",
        "weak",
        "cold",
        "none",
        "c",
        "低",
        "很低",
        "较低",
        "弱",
        "无",
        "低意向",
        "不明确",
    ),
}
WORDS: Mapping[str, Mapping[float, tuple[str, ...]]] = {
    "intent": _COMMON,
    "growth": {
        HIGH: (*_COMMON[HIGH], "fast", "growing", "rising", "快", "快速", "快速增长", "增长", "上升", "好"),
        MIDDLE: (*_COMMON[MIDDLE], "stable", "steady", "flat", "稳定", "平稳", "持平"),
        LOW: (*_COMMON[LOW], "slow", "shrinking", "falling", "declining", "慢", "萎缩", "下滑", "下降", "差"),
    },
    "decision_level": {
        HIGH: (
            *_COMMON[HIGH], "decision maker", "owner", "ceo", "general manager", "director", "president", "vp",
            "决策者", "决策人", "拍板人", "老板", "总经理", "董事长", "总裁", "副总", "总监", "高层",
        ),
        MIDDLE: (
            *_COMMON[MIDDLE], "influencer", "manager", "head", "middle management",
            "影响者", "经理", "部门经理", "主管", "负责人", "中层",
        ),
        LOW: (
            *_COMMON[LOW], "user", "staff", "clerk", "assistant", "buyer", "gatekeeper",
            "使用者", "员工", "职员", "采购员", "助理", "前台", "基层",
        ),
    },
}  # fmt: skip
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)%")


def read_levels(column: pd.Series, words: str) -> scales.Floats:
    """0–1 for each text of a column: a known word of `WORDS[words]`, or a percentage; unknown for all else."""
    meanings = {folded(word): level for level, listed in WORDS[words].items() for word in listed}
    codes, texts = pd.factorize(column)
    found = np.full(len(texts) + 1, np.nan)  # the last is the code −1 of a null
    for place, text in enumerate(texts):
        own = folded(str(text))
        percent = _PERCENT.fullmatch(own)
        found[place] = min(float(percent.group(1)), 100.0) / 100 if percent else meanings.get(own, np.nan)
    return found[codes]
