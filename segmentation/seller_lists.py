"""A list per seller: the customers of one owner with tier, reason and nearest line, and how they add up."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from segmentation.i18n import Language
from segmentation.lists import COLUMNS as LIST_COLUMNS
from segmentation.lists import list_customers
from segmentation.overrides import NOBODY, Held
from segmentation.schemes import UNRATED
from segmentation.standing import Standing
from segmentation.tag_bearers import Bearing
from segmentation.tuning import Evaluation

NO_OWNER = ""
FACTS = ("last_order_on", "revenue_12m", "last_touch_on", "open_deal_count")
COLUMNS = ("name", "customer_id", "tier", "computed_tier", "score", *FACTS, "why", "line")


def list_by_seller(
    standing: Standing,
    evaluation: Evaluation,
    language: Language,
    held: Held = NOBODY,
    tags: Bearing | None = None,
) -> dict[str, pd.DataFrame]:
    """Owner → its customers, best tier and score first: `COLUMNS` and those of `tags`, revenue_12m in currency, score
    0–100, null where unknown. Owners in byte order, `NO_OWNER` last; together everybody of `list_customers`, once."""
    listed = list_customers(standing, evaluation, language, held, tags)
    merged = [name for name in listed.columns if name not in LIST_COLUMNS]
    facts = standing.features.loc[listed["customer_id"], [*FACTS, "owner"]].reset_index(drop=True)
    owners = (
        facts["owner"].astype(object).map(lambda owner: NO_OWNER if pd.isna(owner) else str(owner).strip())
    )
    ranks = {name: place for place, name in enumerate((*evaluation.names, UNRATED))}
    frame = listed.assign(
        **{name: facts[name] for name in FACTS},
        line=[say_nearest_line(score, evaluation, language) for score in listed["score"]],
        rank=listed["tier"].map(ranks),
    )
    ordered = frame.sort_values("rank", kind="stable")[[*COLUMNS, *merged]]
    groups = {str(owner): rows.reset_index(drop=True) for owner, rows in ordered.groupby(owners)}
    names = sorted(groups.keys() - {NO_OWNER}, key=str.encode)
    return {name: groups[name] for name in (*names, *(groups.keys() & {NO_OWNER}))}


def say_nearest_line(score: float, evaluation: Evaluation, language: Language) -> str:
    """How far the score is from the line nearest to it, and which tier is on its other side; empty where unrated."""
    cuts, names = evaluation.cuts, evaluation.names
    lines = [cut for cut in cuts if math.isfinite(cut)]
    if pd.isna(score) or not lines:
        return ""
    line = min(lines, key=lambda cut: (abs(cut - score), -cut))
    is_above = score >= line
    tier = names[sum(cut >= line if is_above else cut > line for cut in cuts)]
    gap = abs(line - score)
    if is_above and round(gap, 1) == 0:
        return language.say("sellers.line.on", tier=language.tier(tier))
    told = language.number(max(round(gap, 1), 0.1), 1)
    code = "sellers.line.down" if is_above else "sellers.line.up"
    return language.say(code, gap=told, tier=language.tier(tier))


def sum_by_seller(lists: Mapping[str, pd.DataFrame], names: Sequence[str]) -> pd.DataFrame:
    """Per owner: customers, customers of each tier of `names` and *unrated*, revenue_12m in currency."""
    tiers = [*names, UNRATED]
    return pd.DataFrame(
        {
            owner: {
                "customers": len(frame),
                **{tier: int((frame["tier"] == tier).sum()) for tier in tiers},
                "revenue_12m": round(float(frame["revenue_12m"].sum()), 2),
            }
            for owner, frame in lists.items()
        }
    ).T
