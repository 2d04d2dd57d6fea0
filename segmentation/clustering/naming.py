"""Clusters named by what sets them apart from everybody, in words of both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from segmentation.i18n import Text, shorten
from segmentation.scales import Floats

ATTRIBUTE = "attribute:"
APART = 0.5  # robust standard deviations from the middle of everybody; less is said of nobody
USUAL_WORDS = 2

# Feature → what few or early is called, what many or late is called.
WORDS: Mapping[str, tuple[Text, Text]] = {
    "amount": (Text("small amounts", "采购金额小"), Text("large amounts", "采购金额大")),
    "order_count": (Text("few orders", "下单少"), Text("many orders", "下单多")),
    "recency_days": (Text("ordered recently", "最近下过单"), Text("long silent", "很久没下单")),
    "touch_count": (Text("few contacts", "跟进少"), Text("many contacts", "跟进多")),
    "touch_recency_days": (
        Text("contacted recently", "最近跟进过"),
        Text("not contacted for long", "很久没跟进"),
    ),
    "open_deal_count": (
        Text("fewer open deals", "进行中的商机少"),
        Text("more open deals", "进行中的商机多"),
    ),
}
MIDDLING = Text("Close to the middle", "接近中等水平")


def words_of(feature: str) -> tuple[Text, Text]:
    """What little and much of a feature are called; an attribute goes by its own name."""
    if feature in WORDS:
        return WORDS[feature]
    name = shorten(feature.removeprefix(ATTRIBUTE))
    return Text(f"low {name}", f"{name}低"), Text(f"high {name}", f"{name}高")


def name_clusters(features: Sequence[str], centres: Floats) -> list[Text]:
    """One name per row of `centres` (k × p, in robust standard deviations from the median of everybody), no two alike.

    The one or two features furthest from the middle; where two clusters share them, the next ones too, and a number
    where nothing else is left.
    """
    counts = [USUAL_WORDS] * len(centres)
    while True:
        named = [_name(features, centre, count) for centre, count in zip(centres, counts, strict=True)]
        shared = {name for name, times in Counter(named).items() if times > 1}
        longer = [i for i, name in enumerate(named) if name in shared and counts[i] < len(features)]
        if not longer:
            break
        for number in longer:
            counts[number] += 1
    seen: Counter[Text] = Counter()
    for number, name in enumerate(named):
        seen[name] += 1
        if name in shared:
            named[number] = Text(f"{name.en} ({seen[name]})", f"{name.zh}（{seen[name]}）")
    return named


def _name(features: Sequence[str], centre: Floats, count: int) -> Text:
    furthest = sorted(range(len(features)), key=lambda i: (-abs(centre[i]), features[i]))[:count]
    told = [words_of(features[i])[int(centre[i] > 0)] for i in furthest if np.abs(centre[i]) >= APART]
    if not told:
        return MIDDLING
    english = ", ".join(text.en for text in told)
    return Text(english[0].upper() + english[1:], "、".join(text.zh for text in told))
