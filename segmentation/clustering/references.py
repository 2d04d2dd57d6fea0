"""What data without clusters would look like: one heap of the same shape, drawn again and again."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from segmentation.scales import Floats

GRID = 256
HALVINGS = 12
RIDGE = 1e-6


def critical_bandwidth(values: Floats) -> float:
    """The smallest width at which a Gaussian kernel density of `values` has one peak only (Silverman 1981)."""
    low, high = float(values.min()), float(values.max())
    if not high > low:
        return 0.0
    step = (high - low) / GRID
    counts = np.zeros(3 * GRID)
    at = np.minimum(((values - low) / step).astype(np.int64), GRID - 1)
    counts[GRID : 2 * GRID] = np.bincount(at, minlength=GRID)
    narrow, wide = 0.0, high - low
    for _ in range(HALVINGS):
        width = (narrow + wide) / 2
        density = gaussian_filter1d(counts, width / step, mode="constant", truncate=5.0)
        narrow, wide = (narrow, width) if _peaks(density) <= 1 else (width, wide)
    return wide


def _peaks(density: Floats) -> int:
    slopes = np.sign(np.diff(np.round(density, 9)))
    slopes = slopes[slopes != 0]
    return int(((slopes[:-1] > 0) & (slopes[1:] < 0)).sum())


class Box:
    """An even spread over the box that points n × p fill along their principal axes (Tibshirani, Walther & Hastie
    2001, reference b): of all data with one peak only the ones k-means cuts most cleanly."""

    def __init__(self, points: Floats) -> None:
        self.count, self.middle = len(points), points.mean(axis=0)
        self.axes = np.linalg.svd(points - self.middle, full_matrices=False)[2]
        turned = (points - self.middle) @ self.axes.T
        self.low, self.high = turned.min(axis=0), turned.max(axis=0)

    def draw(self, rng: np.random.Generator) -> Floats:
        """As many points again, of no clusters."""
        drawn = rng.uniform(self.low, self.high, (self.count, len(self.low)))
        return np.asarray(drawn @ self.axes + self.middle, float)


class Heap:
    """Points n × p smoothed to one heap: each feature to one peak with its mean and spread kept, the features tied as
    they were (Helgeson, Vock & Bair 2021, the covariances brought in by a Gaussian copula)."""

    def __init__(self, points: Floats) -> None:
        self.points = points
        self.widths = [critical_bandwidth(column) for column in points.T]
        with np.errstate(invalid="ignore", divide="ignore"):
            ties = np.nan_to_num(
                np.corrcoef(points.T).reshape(points.shape[1], -1)
            )  # a constant is tied to nothing
        np.fill_diagonal(ties, 1.0)
        self.root = np.linalg.cholesky(ties + RIDGE * np.eye(len(ties)))

    def draw(self, rng: np.random.Generator) -> Floats:
        """As many points again, of no clusters."""
        count, features = self.points.shape
        tied = rng.standard_normal((count, features)) @ self.root.T
        found = np.empty((count, features))
        for number, width in enumerate(self.widths):
            column = self.points[:, number]
            drawn = rng.choice(column, count) + width * rng.standard_normal(count)
            mean, variance = column.mean(), column.var()
            shrunk = mean + (drawn - mean) / np.sqrt(1 + width**2 / variance) if variance > 0 else drawn
            found[tied[:, number].argsort(), number] = np.sort(shrunk)
        return found
