"""Curves of cases still running, against published worked figures and against every case looked at one by one."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation.survival import FROM_THE_START, Spells, incidence, median, share_at, survival

# Freireich et al. (1963), weeks of remission under 6-MP and placebo; + = still in remission.
DRUG = ((6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1), (16, 1), (17, 0), (19, 0),
        (20, 0), (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0))  # fmt: skip
PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
# Kalbfleisch & Prentice (2002), Kleinbaum & Klein (2012): week → share, Greenwood's error.
PUBLISHED = {
    6: (0.8571, 0.0764), 7: (0.8067, 0.0869), 10: (0.7529, 0.0963), 13: (0.6902, 0.1068), 16: (0.6275, 0.1141),
    22: (0.5378, 0.1282), 23: (0.4482, 0.1346),
}  # fmt: skip


def spells(ends: object, causes: object, entries: object = FROM_THE_START) -> Spells:
    exits = np.asarray(ends, np.int64)
    entry = np.broadcast_to(np.asarray(entries, np.int64), exits.shape)
    return Spells(entry, exits, np.broadcast_to(np.asarray(causes, np.int64), exits.shape))


def drug() -> Spells:
    return spells([week for week, _ in DRUG], [cause for _, cause in DRUG])


def test_the_remissions_of_1963_come_out_as_published() -> None:
    found = survival(drug())
    assert found.days.tolist() == list(PUBLISHED)
    assert found.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert found.share == pytest.approx([share for share, _ in PUBLISHED.values()], abs=6e-5)
    assert found.errors == pytest.approx([error for _, error in PUBLISHED.values()], abs=6e-5)


def test_their_medians_are_the_published_ones_and_a_range_may_have_no_end() -> None:
    told, plain = median(survival(drug())), median(survival(spells(PLACEBO, 1)))
    assert (told.days, told.low) == (23, 13) and np.isnan(told.high)
    assert (plain.days, plain.low, plain.high) == (8, 4, 11)


def test_the_example_of_kaplan_and_meier() -> None:
    """Deaths at 0.8, 3.1, 5.4 and 9.2 months, losses at 1.0, 2.7, 7.0 and 12.1 (their section 1), in tenths."""
    found = survival(spells([8, 31, 54, 92, 10, 27, 70, 121], [1, 1, 1, 1, 0, 0, 0, 0]))
    assert found.share == pytest.approx([7 / 8, 7 / 10, 21 / 40, 21 / 80])


def test_a_curve_that_stays_above_a_half_has_no_median() -> None:
    told = median(survival(spells([3, 9, 9, 9], [1, 0, 0, 0])))
    assert np.isnan([told.days, told.high]).all()
    nobody = survival(spells([], []))
    assert nobody.days.size == 0 and np.isnan(median(nobody).days)
    assert share_at(nobody, 5, 1.0)[0] == 1.0


def test_without_anybody_running_shares_are_plain_proportions_with_their_errors() -> None:
    random = np.random.default_rng(3)
    ends, causes = random.integers(0, 40, 300), random.integers(1, 3, 300)
    found = incidence(spells(ends, causes), 2)
    plain = np.array([((ends <= day) & (causes == 2)).mean() for day in found.days])
    assert found.share == pytest.approx(plain)
    assert found.errors == pytest.approx(np.sqrt(plain * (1 - plain) / 300))
    kept = survival(spells(ends, causes))
    assert kept.share == pytest.approx([(ends > day).mean() for day in kept.days], abs=1e-12)
    assert kept.errors == pytest.approx(np.sqrt(kept.share * (1 - kept.share) / 300), abs=1e-9)


def test_with_one_kind_of_end_both_curves_say_the_same() -> None:
    kept, ended = survival(drug()), incidence(drug(), 1)
    assert ended.share == pytest.approx(1 - kept.share)
    # Aalen's and Greenwood's variances differ by less than a twentieth at these sizes.
    assert ended.errors == pytest.approx(kept.errors, rel=0.05)


def one_by_one(told: Spells, cause: int) -> tuple[list[float], list[float]]:
    """Survival and incidence by walking through the days, every case looked at."""
    cases = list(zip(told.entry_days, told.exit_days, told.causes, strict=True))
    alive, gone, kept, ended = 1.0, 0.0, [], []
    for day in sorted({int(e) for _, e, c in cases if c}):
        risk = sum(entry < day <= end for entry, end, _ in cases)
        ends = [c for _, end, c in cases if end == day and c]
        gone += alive * ends.count(cause) / risk
        alive *= 1 - len(ends) / risk
        kept.append(alive)
        ended.append(gone)
    return kept, ended


def test_late_entries_count_from_then_on() -> None:
    random = np.random.default_rng(11)
    entry = np.where(random.random(200) < 0.5, FROM_THE_START, random.integers(0, 60, 200))
    told = spells(entry + 1 + random.integers(0, 50, 200), random.integers(0, 3, 200), entry)
    kept, ended = one_by_one(told, 1)
    assert survival(told).share == pytest.approx(kept)
    assert incidence(told, 1).share == pytest.approx(ended)


def test_late_entries_leave_the_true_curve_in_place() -> None:
    """Cases that ended before anybody looked are missing from such data: without late entry the curve is too high."""
    random = np.random.default_rng(8)
    true, age = random.exponential(30.0, 40_000), random.integers(0, 60, 40_000)
    ends = np.ceil(true).astype(np.int64)
    is_seen = ends > age
    late = survival(spells(ends[is_seen], 1, age[is_seen]))
    naive = survival(spells(ends[is_seen], 1))
    wanted = float(np.exp(-30 / 30))
    assert share_at(late, 30, 1.0)[0] == pytest.approx(wanted, abs=0.01)
    assert share_at(naive, 30, 1.0)[0] > wanted + 0.1


def test_the_ranges_hold_the_truth_nineteen_times_in_twenty() -> None:
    random = np.random.default_rng(21)
    held = {"kept": 0, "won": 0}
    for _ in range(400):
        won, lost, seen = (random.exponential(mean, 120) for mean in (40.0, 60.0, 70.0))
        first = np.minimum(np.minimum(won, lost), seen)
        causes = np.where(first == seen, 0, np.where(first == won, 1, 2))
        told = spells(np.ceil(first).astype(np.int64), causes)
        ended = 1 - np.exp(-20 * (1 / 40 + 1 / 60))
        truths = {"kept": 1 - ended, "won": ended * (1 / 40) / (1 / 40 + 1 / 60)}
        for name, curve, start in (("kept", survival(told), 1.0), ("won", incidence(told, 1), 0.0)):
            _, low, high = share_at(curve, 20, start)
            held[name] += low <= truths[name] <= high
    assert 370 <= held["kept"] <= 394 and 370 <= held["won"] <= 394, held


def test_a_half_reached_exactly_is_the_median() -> None:
    assert median(survival(spells([3, 9], 1))).days == 3
    tenths = survival(spells(np.arange(1, 11), 1))  # 9/10 · 8/9 … is a half but for the last digit
    assert median(tenths).days == 5
