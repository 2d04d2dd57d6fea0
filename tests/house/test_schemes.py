"""A scheme survives its TOML unchanged, and says what it refuses."""

from __future__ import annotations

import dataclasses

import pytest

from segmentation.errors import SettingError
from segmentation.schemes import Scheme, TierPolicy, from_toml, to_toml

EDITED = Scheme(
    name="春季方案",
    revision=3,
    method="scorecard",
    method_params={"window_days": 365, "preset": "three_factors", "weights": (1.0, 2.0)},
    fitted={"amount": (1.0, 2.5)},
    policy=TierPolicy(("战略客户", "重点客户", "普通客户", "D"), "score", (80.0, 50.0, 20.0)),
    outcome="win_rate",
    outcome_days=180,
    selling_share=0.5,
    lines_within="industry",
)


@pytest.mark.parametrize("scheme", [Scheme(), EDITED], ids=["default", "edited"])
def test_a_scheme_round_trips(scheme: Scheme) -> None:
    again = from_toml(to_toml(scheme))
    assert again == scheme
    assert again.id == scheme.id
    assert to_toml(again) == to_toml(scheme)


def test_every_field_reaches_the_file_and_so_the_identity() -> None:
    changed = {
        "name": "x", "revision": 9, "method": "abc", "method_params": {"a": 1}, "fitted": {"x": (1.0,)},
        "policy": TierPolicy(("A", "B"), "score", (50.0,)), "outcome": "first_order", "outcome_days": 30,
        "minimum_history_days": 1, "minimum_orders": 9, "standards": Scheme().standards[:1],
        "unrated_standard": Scheme().standards[0], "minutes": {"visit": 1.0}, "working_hours_per_month": 1.0,
        "selling_share": 0.1, "lines_within": "region",
    }  # fmt: skip
    assert set(changed) == {field.name for field in dataclasses.fields(Scheme)}
    for name, value in changed.items():
        assert Scheme(**{name: value}).id != Scheme().id, name
        assert getattr(from_toml(to_toml(Scheme(**{name: value}))), name) == value


@pytest.mark.parametrize(
    ("policy", "fact"),
    [
        ((("A",), "score", ()), "tiers"),
        ((tuple("ABCDEFG"), "score", (6, 5, 4, 3, 2, 1)), "tiers"),
        ((("A", "A"), "score", (50,)), "A, A"),
        ((("A", "unrated"), "score", (50,)), "unrated"),
        ((("A", "B", "C"), "score", (50,)), "cuts"),
        ((("A", "B", "C"), "score", (40, 50)), "falling"),
        ((("A", "B", "C"), "customers", (0.5, 0.4)), "rising"),
        ((("A", "B"), "customers", (1.1,)), "<= 1"),
        ((("A", "B"), "score", (-1,)), ">= 0"),
        ((("A", "B"), "score", (float("nan"),)), ">= 0"),
    ],
)
def test_a_policy_refuses_what_makes_no_order(policy: tuple, fact: str) -> None:
    with pytest.raises(SettingError) as refused:
        TierPolicy(*policy)
    assert fact in str(refused.value)


@pytest.mark.parametrize("text", ["format = 2", "x", "format = 1", ""])
def test_a_file_that_is_no_scheme_is_refused(text: str) -> None:
    with pytest.raises(SettingError):
        from_toml(text)
