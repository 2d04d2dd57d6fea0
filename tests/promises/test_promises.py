"""Every promise about strangers' files, kept; those not kept yet are named and fail on the day they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.promises.every import PROMISES
from tests.promises.promise import Promise, keep


@pytest.mark.parametrize(
    "promise",
    [
        pytest.param(one, marks=pytest.mark.xfail(strict=True, reason=one.because) if one.because else ())
        for one in PROMISES
    ],
    ids=str,
)
def test_a_promise_is_kept(promise: Promise, tmp_path: Path) -> None:
    keep(promise, tmp_path)


def test_every_promise_has_a_name_of_its_own() -> None:
    assert len({str(one) for one in PROMISES}) == len(PROMISES)
