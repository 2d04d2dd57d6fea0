"""A scheme file is read as it was written, or refused with the place and the reason."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import tomli_w

from segmentation.errors import SettingError
from segmentation.scheme_files import LIMIT_BYTES, read_scheme
from segmentation.schemes import Scheme, TierPolicy, to_toml

SCHEME = Scheme(
    name="春季",
    revision=3,
    fitted={"recency": (1.0, 2.5)},
    policy=TierPolicy(("战略", "B"), "score", (50.0,)),
)
TEXT = to_toml(SCHEME)


@pytest.mark.parametrize(
    "data", [TEXT.encode(), b"\xef\xbb\xbf" + TEXT.encode(), TEXT.replace("\n", "\r\n").encode()]
)
def test_what_was_written_is_read(data: bytes) -> None:
    assert read_scheme(data) == SCHEME


def edited(path: str, value: Any) -> bytes:
    """The file with one entry replaced, or left out where `value` is None."""
    raw = tomllib.loads(TEXT)
    *tables, last = path.split(".")
    held: Any = raw
    for name in tables:
        held = held[int(name)] if isinstance(held, list) else held[name]
    if value is None:
        del held[last]
    else:
        held[last] = value
    return tomli_w.dumps(raw).encode()


ENTRIES = [
    "format", "name", "revision", "method.name", "policy.names", "policy.kind", "policy.cuts", "outcome.name",
    "outcome.days", "rating.minimum_history_days", "rating.minimum_orders", "playbook.tiers", "playbook.unrated",
    "effort.minutes", "effort.minutes.visit", "effort.working_hours_per_month", "effort.selling_share",
    "playbook.unrated.response_hours", "playbook.unrated.contacts_per_month",
]  # fmt: skip


@pytest.mark.parametrize("path", ENTRIES)
def test_a_missing_entry_is_named(path: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_scheme(edited(path, None))
    assert refused.value.code in ("e.scheme.missing", "e.scheme.wrong")
    assert str(refused.value.facts["name"]).startswith(path)


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("name", 5, "name"),
        ("name", " ", "name"),
        ("revision", -1, "revision"),
        ("revision", True, "revision"),
        ("policy.cuts", ["a"], "policy.cuts"),
        ("policy.cuts", [float("nan")], "policy.cuts"),
        ("policy.names", "AB", "policy.names"),
        ("outcome.days", 1.5, "outcome.days"),
        ("effort.working_hours_per_month", 0, "effort.working_hours_per_month"),
        ("effort.working_hours_per_month", float("inf"), "effort.working_hours_per_month"),
        ("effort.minutes.visit", "long", "effort.minutes.visit"),
        ("effort.minutes.visit", -1, "effort.minutes.visit"),
        ("fitted", {"x": "y"}, "fitted"),
        ("playbook.tiers", [], "playbook.tiers"),
        ("playbook.tiers.0.owner_level", "boss", "playbook.tiers.1.owner_level"),
        ("playbook.tiers.1.contacts_per_month", {"visit": "x"}, "playbook.tiers.2.contacts_per_month"),
        ("playbook.unrated.contacts_per_month", {"dinner": 1}, "effort.minutes.dinner"),
        ("method.params", {"bins": "many"}, "method.params"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(path: str, value: Any, named: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_scheme(edited(path, value))
    assert refused.value.code in ("e.scheme.wrong", "e.scheme.missing")
    assert refused.value.facts["name"] == named


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("method.parms", "method.parms"),
        ("policies", "policies"),
        ("playbook.unrated.visits", "playbook.unrated.visits"),
        ("playbook.tiers.1.visits", "playbook.tiers.2.visits"),
    ],
)
def test_an_entry_no_scheme_has_is_named(path: str, named: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_scheme(edited(path, {"bins": 3}))
    assert (refused.value.code, refused.value.facts["name"]) == ("e.scheme.extra", named)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'format = 1\nname = "x\n', "e.scheme.line"),
        (b"x = " + b"[" * 5_000, "e.scheme.end"),
        (b"\xff\xfe", "e.scheme.text"),
        (b" " * (LIMIT_BYTES + 1), "e.scheme.big"),
        (edited("format", 2), "e.setting"),
        (edited("policy.kind", "magic"), "e.setting"),
        (edited("method.params", {"bins": 99}), "e.setting"),
    ],
)
def test_what_is_no_scheme_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_scheme(data)
    assert refused.value.code == code
    if code == "e.scheme.line":
        assert (refused.value.facts["line"], refused.value.facts["column"]) == (2, 10)
