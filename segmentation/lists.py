"""The list of customers: who is in which tier, and the arithmetic in words."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation.i18n import ABSENT, Language
from segmentation.methods.base import BASE, Scored
from segmentation.modelled import modelled_columns
from segmentation.overrides import NOBODY, Held
from segmentation.ratings import MISSING, find_missing
from segmentation.rosters import assign, texts_at
from segmentation.schemes import UNRATED, Scheme
from segmentation.standing import Standing
from segmentation.tag_bearers import Bearing, join_names
from segmentation.tuning import Evaluation, solve_lines

MOST_REASONS, LEAST_ODDS = 3, 0.05
COLUMNS = ("customer_id", "name", "owner", "tier", "computed_tier", "score", "segment", "why")


def list_customers(
    standing: Standing,
    evaluation: Evaluation,
    language: Language,
    held: Held = NOBODY,
    tags: Bearing | None = None,
) -> pd.DataFrame:
    """One row per customer, best score first, *unrated* last; columns `COLUMNS`, score 0–100 (null when unrated), what
    a model of value expects (see `modelled_columns`), and one for each group of `tags` (see `tag_columns`).

    `computed_tier` is what the rule says; `tier` is what holds: the same, or what `held` sets by hand.
    """
    tiers = assign(standing, evaluation.cuts, evaluation.names)
    scores = standing.scored.scores.reindex(tiers.index)
    frame = pd.DataFrame(
        {
            "customer_id": tiers.index,
            "name": standing.features["name"].to_numpy(),
            "owner": standing.features["owner"].to_numpy(),
            "tier": effective_tiers(tiers, held, evaluation.names),
            "computed_tier": tiers.to_numpy(),
            "score": scores.to_numpy(),
            "segment": _segments(standing, language).reindex(tiers.index).to_numpy(),
            "why": reasons_in_words(standing, language),
        }
    )
    order = frame.sort_values(["score", "customer_id"], ascending=[False, True], na_position="last").index
    listed = frame.loc[order].reset_index(drop=True)
    listed = listed.assign(**modelled_columns(standing, listed["customer_id"], language))
    return listed if tags is None else listed.assign(**tag_columns(tags, listed["customer_id"], language))


def tag_columns(tags: Bearing, customers: pd.Series, language: Language) -> dict[str, pd.Series]:
    """Header → what merges into a letter or a filter: the names of a customer's tags in one group, joined; null where
    there is none."""
    joined = join_names(tags, customers, language.say("tag.separator"))
    return {
        language.say("tag.column", group=group): pd.Series(texts, customers.index, dtype=object).replace(
            "", None
        )
        for group, texts in joined.items()
    }


def effective_tiers(tiers: pd.Series, held: Held, names: Sequence[str]) -> NDArray[np.object_]:
    """Computed tiers of everybody, and in their place those set by hand to a tier the rule has."""
    rows = [*names, UNRATED]
    places = pd.Categorical(tiers, categories=rows).codes.astype(np.int8)
    return np.array(rows, dtype=object)[held.place(places, names)]


def tiers_that_hold(standing: Standing, scheme: Scheme, held: Held) -> pd.Series:
    """The tier of everybody under a scheme, by customer_id: the one set by hand where there is one."""
    computed = assign(standing, solve_lines(standing, scheme), scheme.policy.names)
    return pd.Series(effective_tiers(computed, held, scheme.policy.names), computed.index)


def _segments(standing: Standing, language: Language) -> pd.Series:
    """The segment of every rated customer by its name in the language; empty where the method finds none."""
    scored = standing.scored
    if scored.segments is None:
        return pd.Series(dtype=object)
    return scored.segments.map(
        lambda segment: scored.labels[segment].in_(language.code) if segment in scored.labels else segment,
        na_action="ignore",
    )


def reasons_in_words(
    standing: Standing, language: Language, rows: NDArray[np.integer] | None = None
) -> list[str]:
    """Per customer: the points of each part out of the most it could bring, or why it is not rated.

    `rows` picks some of them (None = all, in the order of the features): texts of a million take seconds.
    """
    rows = np.arange(standing.population) if rows is None else rows
    scored, known = standing.scored, standing.scored_rows
    at = np.minimum(np.searchsorted(known, rows), max(known.size - 1, 0))
    if not known.size or scored.parts.columns.empty:
        told = [""] * len(rows)
    else:
        told = (
            _say_points(scored, at, language)
            if scored.parts_unit == "points"
            else _say_odds(scored, at, language)
        )
    whys = np.asarray(texts_at(standing.reasons, rows), dtype=object)
    lacking = whys == MISSING
    refused, needs = scored.is_refused, standing.method.needs
    whys[lacking] = find_missing(standing.features.iloc[rows[lacking]], needs, is_refused=refused)
    return [
        words if pd.isna(why) else language.say(f"unrated.{why}")
        for words, why in zip(told, whys, strict=True)
    ]


def _say_points(scored: Scored, at: NDArray[np.integer], language: Language) -> list[str]:
    """Every part with its points and the most it could bring."""
    parts = []
    for part in map(str, scored.parts.columns):
        points = scored.parts[part].to_numpy(dtype=float)[at].tolist()
        label, most = _label(scored, part, language), _most(scored, part, at)
        parts.append([f"{label} {_points(own)}{of}" for own, of in zip(points, most, strict=True)])
    return list(map(language.say("list.separator").join, zip(*parts, strict=True)))


def _say_odds(scored: Scored, at: NDArray[np.integer], language: Language) -> list[str]:
    """The parts that speak most for or against a customer, largest first; what all have in common says nothing."""
    names = [part for part in map(str, scored.parts.columns) if part != BASE]
    values = np.column_stack([scored.parts[part].to_numpy(dtype=float)[at] for part in names])
    labels = [_label(scored, part, language) for part in names]
    order = np.argsort(-np.abs(np.nan_to_num(values)), axis=1, kind="stable")[:, :MOST_REASONS]
    separator, told = language.say("list.separator"), []
    for own, first in zip(values, order, strict=True):
        said = [f"{labels[part]} {_signed(own[part])}" for part in first if abs(own[part]) >= LEAST_ODDS]
        told.append(separator.join(said) or ABSENT)
    return told


def _label(scored: Scored, part: str, language: Language) -> str:
    return scored.labels[part].in_(language.code) if part in scored.labels else part


def _signed(odds: float) -> str:
    return f"{'+' if odds > 0 else '−'}{abs(round(odds, 1)):g}"


def _most(scored: Scored, part: str, at: NDArray[np.integer]) -> list[str]:
    """`/25`: a method that gives a missing input's points to the others says the most per customer."""
    if scored.most is not None:
        most = scored.most[part].to_numpy(dtype=float)[at].tolist()
        return ["" if isnan(points) else f"/{round(points, 1):g}" for points in most]
    return [f"/{round(scored.maxima[part], 1):g}" if part in scored.maxima else ""] * len(at)


def _points(points: float) -> str:
    return ABSENT if isnan(points) else f"{round(points, 1):g}"
