"""Clusters learned from features, and all that has to be kept of them so that anybody can be placed later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from segmentation.clustering.choosing import REASONS, Evidence, Reason, choose, weigh
from segmentation.clustering.matching import match_ids
from segmentation.clustering.partitions import adjusted_rand, grow, lloyd, nearest
from segmentation.clustering.preparing import Scale, learn_scales, loosened, place
from segmentation.clustering.sampling import Whole, canonical_rows, row_hashes, seed_of, spread_out
from segmentation.scales import Floats

Algorithm = Literal["k_means", "ward"]
Kept = Mapping[str, tuple[float, ...]]

EVIDENCE_SAMPLE = 500
START_SAMPLE, FIT_SAMPLE = 1_500, 50_000
WARD_MOST, WARD_SAMPLE = 10_000, 5_000
SCALE, CENTRE = "scale ", "centre "
NOT_MEASURED = -1.0


@dataclass(frozen=True)
class Told:
    """What the verdict is made of. reason: why there are no clusters, or "found" · is_asked: somebody set the number ·
    evidence: None where there was too little to weigh · unknown_share: customers with a figure filled in · used, total:
    features that differ between customers, of those looked at · agreement: adjusted Rand of Ward's tree on two samples,
    NOT_MEASURED where all customers are in it."""

    reason: Reason
    is_asked: bool = False
    evidence: Evidence | None = None
    unknown_share: float = 0.0
    used: int = 0
    total: int = 0
    agreement: float = NOT_MEASURED


@dataclass(frozen=True)
class Model:
    """scales: how features become coordinates, by name in order of names · centres: id → coordinates · ranking: ids,
    best first · last_id: the highest id ever given. Without centres there are no clusters."""

    told: Told
    scales: Mapping[str, Scale]
    centres: Mapping[int, Floats]
    ranking: tuple[int, ...] = ()
    last_id: int = 0

    def place(self, columns: Mapping[str, Floats]) -> Whole:
        """The id of the nearest centre for each customer."""
        ids = np.array(sorted(self.centres))
        points = place(columns, self.scales)
        return ids[nearest(points, np.array([self.centres[number] for number in ids]))]

    def kept(self) -> dict[str, tuple[float, ...]]:
        """The model as named tuples of numbers, as a scheme writes them down."""
        told, evidence = self.told, self.told.evidence
        found: dict[str, tuple[float, ...]] = {
            "told": (
                float(REASONS.index(told.reason)),
                float(told.is_asked),
                told.unknown_share,
                float(told.used),
                float(told.total),
                told.agreement,
            ),
            "last_id": (float(self.last_id),),
        }
        if evidence is not None:
            found["evidence"] = (
                float(evidence.count),
                evidence.silhouette,
                evidence.stability,
                evidence.smallest_share,
                evidence.heap_silhouette,
            )
        if self.centres:
            found["ranking"] = tuple(map(float, self.ranking))
            found |= {SCALE + name: (s.fill, s.unit, s.middle, s.spread) for name, s in self.scales.items()}
            found |= {f"{CENTRE}{number}": tuple(centre.tolist()) for number, centre in self.centres.items()}
        return found


def model_from(kept: Kept) -> Model:
    """The model `Model.kept` wrote down."""
    reason, is_asked, unknown, used, total, agreement = kept["told"]
    evidence = None
    if "evidence" in kept:
        count, *figures = kept["evidence"]
        evidence = Evidence(int(count), *figures)
    told = Told(REASONS[int(reason)], bool(is_asked), evidence, unknown, int(used), int(total), agreement)
    scales = {key.removeprefix(SCALE): Scale(*kept[key]) for key in sorted(kept) if key.startswith(SCALE)}
    centres = {
        int(key.removeprefix(CENTRE)): np.array(kept[key], float)
        for key in sorted(kept)
        if key.startswith(CENTRE)
    }
    ranking = tuple(map(int, kept.get("ranking", ())))
    return Model(told, scales, centres, ranking, int(kept["last_id"][0]))


def learn(
    columns: Mapping[str, Floats],
    worth: Floats,
    *,
    algorithm: Algorithm,
    count: int | None,
    farthest: frozenset[str],
    earlier: Model | None = None,
) -> Model:
    """Clusters of n customers. columns: feature values by name, null = NaN · worth: what clusters are ranked by, the
    largest median first · count: None to let the evidence say how many, and whether any · farthest: features whose
    unknown means *never* · earlier: whose ids are kept where clusters stayed what they were.
    """
    scales = learn_scales(columns, farthest) if len(worth) else {}
    last_id = earlier.last_id if earlier is not None else 0
    if not scales:
        reason: Reason = "all_equal" if len(worth) else "nobody"
        return Model(Told(reason, count is not None, total=len(columns)), {}, {}, last_id=last_id)
    raw = np.column_stack([columns[name] for name in scales])
    hashes = row_hashes(raw)
    rows, rounds = canonical_rows(hashes), 0 if algorithm == "ward" else None
    unknown = float(np.isnan(raw).any(axis=1).mean())
    points = _loose_points(raw, rows, scales, seed_of(hashes, "loosening"))
    seed, few = seed_of(hashes, "evidence"), {} if rounds is None else {"rounds": rounds}
    if count is None:
        choice = choose(points, seed, **few)
        reason, evidence, wanted = choice.reason, choice.best, choice.count
    else:
        reason, evidence, wanted = "found", weigh(points, count, seed, **few), count
    told = Told(reason, count is not None, evidence, unknown, len(scales), len(columns))
    if wanted is None:
        return Model(told, {}, {}, last_id=last_id)
    fit = _fit_ward if algorithm == "ward" else _fit_k_means
    centres, agreement = fit(raw, rows, scales, wanted)
    told = replace(told, agreement=agreement)
    centres = np.unique(centres, axis=0)
    labels = nearest(place(columns, scales), centres)
    best = _best_first(labels, worth, len(centres))
    if len(best) < 2:
        return Model(replace(told, reason="all_equal", evidence=None), {}, {}, last_id=last_id)
    ids = match_ids(_moved(earlier, scales), centres[best], last_id)
    return Model(told, scales, dict(zip(ids, centres[best], strict=True)), ids, max([last_id, *ids]))


def _points(raw: Floats, scales: Mapping[str, Scale]) -> Floats:
    return place(dict(zip(scales, raw.T, strict=True)), scales)


def _loose_points(raw: Floats, rows: Whole, scales: Mapping[str, Scale], seed: int) -> Floats:
    """The sample evidence is taken from, whole numbers spread over the unit they stand for."""
    rng = np.random.default_rng(seed)
    sample = raw[spread_out(rows, EVIDENCE_SAMPLE)]
    return _points(np.column_stack([loosened(column, rng) for column in sample.T]), scales)


def _fit_k_means(raw: Floats, rows: Whole, scales: Mapping[str, Scale], count: int) -> tuple[Floats, float]:
    """Centres from a small sample's tree, taken on by Lloyd over a large one."""
    [start] = grow(_points(raw[spread_out(rows, START_SAMPLE)], scales), [count], 0)
    return lloyd(_points(raw[spread_out(rows, FIT_SAMPLE)], scales), start), NOT_MEASURED


def _fit_ward(raw: Floats, rows: Whole, scales: Mapping[str, Scale], count: int) -> tuple[Floats, float]:
    """Ward's centres; beyond WARD_MOST customers of a sample, with its agreement with a second one on both."""
    if len(rows) <= WARD_MOST:
        return grow(_points(raw[rows], scales), [count], 0)[0], NOT_MEASURED
    sides = [_points(raw[spread_out(rows, WARD_SAMPLE, first)], scales) for first in (0, 1)]
    [[one], [other]] = [grow(side, [count], 0) for side in sides]
    both = np.concatenate(sides)
    return one, adjusted_rand(nearest(both, one), nearest(both, other))


def _best_first(labels: Whole, worth: Floats, count: int) -> list[int]:
    """The clusters that hold anybody: largest median worth first, then the larger ones."""
    groups = {number: worth[labels == number] for number in range(count)}
    return sorted((n for n in groups if groups[n].size), key=lambda n: (*_standing(groups[n]), n))


def _standing(worth: Floats) -> tuple[float, int]:
    known = worth[~np.isnan(worth)]
    return (-float(np.median(known)) if known.size else np.inf), -len(worth)


def _moved(earlier: Model | None, scales: Mapping[str, Scale]) -> dict[int, Floats]:
    """The earlier centres in today's coordinates; none where other features are looked at."""
    if earlier is None or list(earlier.scales) != list(scales):
        return {}
    before = {
        number: np.array([s.value(x) for s, x in zip(earlier.scales.values(), centre, strict=True)], float)
        for number, centre in earlier.centres.items()
    }
    return {number: _points(values[None, :], scales)[0] for number, values in before.items()}
