"""An order and a sample of customers that depend on what is known of them alone, never on the order of rows."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from segmentation.scales import Floats

Whole = NDArray[np.int64]
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def row_hashes(points: Floats) -> NDArray[np.uint64]:
    """One 64-bit number per row of `points` (n × p): equal rows get equal ones (splitmix64, Steele et al. 2014)."""
    found = np.full(len(points), _GOLDEN)
    for column in points.T:
        tidy = np.where(np.isnan(column), np.nan, column + 0.0)  # one kind of null, and no negative zero
        found = _mixed(found + _GOLDEN ^ np.ascontiguousarray(tidy).view(np.uint64))
    return found


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def canonical_rows(hashes: NDArray[np.uint64]) -> Whole:
    """Row numbers in an order that is as good as random but the same however the rows come; equal rows adjoin."""
    return np.argsort(hashes, kind="stable").astype(np.int64)


def spread_out(rows: Whole, count: int, first: int = 0) -> Whole:
    """At most `count` of `rows`, evenly spaced from number `first` on: of canonical rows a sample in which equal rows
    keep their share."""
    if len(rows) <= count:
        return rows
    return rows[(np.arange(count, dtype=np.int64) * len(rows) // count + first) % len(rows)]


def seed_of(hashes: NDArray[np.uint64], purpose: str) -> int:
    """A seed from the hashes of rows, in any order, and a purpose: sha256 of both."""
    told = f"{len(hashes)} {int(hashes.sum(dtype=np.uint64))} {int(np.bitwise_xor.reduce(hashes))} {purpose}"
    return int.from_bytes(hashlib.sha256(told.encode()).digest()[:8], "big")
