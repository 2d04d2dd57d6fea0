"""The highest point of a log-likelihood over positive parameters: several starts, L-BFGS-B, Newton steps at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from segmentation.clv.histories import Floats
from segmentation.clv.threads import one_thread

# Logarithms of the parameters → log-likelihood per customer and its gradient.
Climbed = Callable[[Floats], tuple[float, Floats]]
TRIED_STARTS = 2
REACH = 9.0  # how far, in logarithms, a parameter may go from the first start: a factor of 8,000
STEP = 1e-4
NEWTON_STEPS = 6
FLAT = 1e-9  # gradient per customer that counts as the top
NEAR_TOP = 1e-5


@dataclass(frozen=True)
class Top:
    """parameters: shape (k,) · log_likelihood: of all customers · covariance: (k, k), of the logarithms of the
    parameters, from the observed information; NaN where that is not positive definite · is_converged: the gradient
    vanishes and the information is positive definite · is_boundary: a parameter ran to the end of its range."""

    parameters: Floats
    log_likelihood: float
    covariance: Floats
    is_converged: bool
    is_boundary: bool


def climb(climbed: Climbed, starts: Sequence[Floats], customers: float) -> Top:
    """Maximise `climbed` from the most likely `TRIED_STARTS` of `starts` (parameters, shape (k,), not logarithms)."""
    with one_thread():
        return _climb(climbed, [np.log(start) for start in starts], customers)


def _climb(climbed: Climbed, logs: Sequence[Floats], customers: float) -> Top:
    likely = sorted(logs, key=lambda at: -climbed(at)[0])[:TRIED_STARTS]
    bounds = [(middle - REACH, middle + REACH) for middle in logs[0]]
    found = [_ascend(climbed, start, bounds) for start in likely]
    at = max(found, key=lambda end: climbed(end)[0])
    is_boundary = any(min(one - low, high - one) < 1e-3 for one, (low, high) in zip(at, bounds, strict=True))
    if not is_boundary:
        at = _newton(climbed, at)
    value, gradient = climbed(at)
    information = -_curvature(climbed, at) * customers
    covariance = np.full(information.shape, np.nan)
    is_peak = bool(np.isfinite(information).all() and np.linalg.eigvalsh(information).min() > 0)
    if is_peak:
        covariance = np.linalg.inv(information).astype(float)
    is_converged = is_peak and bool(np.abs(gradient).max() < NEAR_TOP)
    return Top(np.exp(at), value * customers, covariance, is_converged, is_boundary)


def _ascend(climbed: Climbed, start: Floats, bounds: Sequence[tuple[float, float]]) -> Floats:
    from scipy.optimize import minimize  # loading it would double the start of every command

    def descended(at: Floats) -> tuple[float, Floats]:
        value, gradient = climbed(at)
        return -value, -gradient

    options = {"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7}
    return np.asarray(
        minimize(descended, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x, float
    )


def _newton(climbed: Climbed, at: Floats) -> Floats:
    """Newton steps while they lead up: the same top to the last digits from whichever start."""
    value, gradient = climbed(at)
    for _ in range(NEWTON_STEPS):
        if np.abs(gradient).max() < FLAT:
            break
        try:
            step = np.linalg.solve(_curvature(climbed, at), -gradient)
        except np.linalg.LinAlgError:
            break
        if not np.isfinite(step).all() or np.abs(step).max() > 1:
            break
        next_value, next_gradient = climbed(at + step)
        if not np.abs(next_gradient).max() < np.abs(gradient).max() or next_value < value - 1e-9:
            break
        at, value, gradient = at + step, next_value, next_gradient
    return at


def _curvature(climbed: Climbed, at: Floats) -> Floats:
    """Second derivatives, shape (k, k), by central differences of the gradient."""
    rows = [(climbed(at + step)[1] - climbed(at - step)[1]) / (2 * STEP) for step in STEP * np.eye(len(at))]
    curvature = np.array(rows)
    return (curvature + curvature.T) / 2
