"""What fitted models expect of each customer, with how far that may be off because parameters are only estimated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from segmentation.clv.customer_values import Models, Purchases
from segmentation.clv.gamma_gamma import GammaGamma
from segmentation.clv.histories import Floats
from segmentation.clv.intervals import Interval, spread
from segmentation.clv.written import read, read_covariance

Fitted = Mapping[str, Sequence[float]]


def estimate(purchases: Purchases, weeks: float, share: Floats | None, fitted: Fitted) -> dict[str, Floats]:
    """Per customer: alive_rate, order_days_count and value (currency) of the next `weeks`, each of the latter with
    `_low` and `_high` (95 %). KeyError where nothing was fitted."""
    models = _models(fitted)
    orders = _spread(fitted, lambda found: found.expected_orders(purchases, weeks))
    value = _spread(fitted, lambda found: found.expected_value(purchases, weeks))
    if share is not None:  # a loss is a value below zero: its nearer end stays the lower one
        ends = np.sort(np.stack([value.low * share, value.high * share]), axis=0)
        value = Interval(value.middle * share, *ends)
    return {
        "alive_rate": models.alive(purchases),
        **orders.named("order_days_count"),
        **value.named("value"),
    }


def estimate_total(
    purchases: Purchases, weeks: float, share: Floats | None, fitted: Fitted
) -> dict[str, float]:
    """The same over all customers together: order_days_count and value, each with `_low` and `_high`.

    The range is that of the expectation: what happens scatters around it by chance as well.
    """

    def orders(models: Models) -> Floats:
        return np.array([models.expected_orders(purchases, weeks).sum()])

    def value(models: Models) -> Floats:
        return np.array([models.expected_value(purchases, weeks, share).sum()])

    found = {**_spread(fitted, orders).named("order_days_count"), **_spread(fitted, value).named("value")}
    return {name: float(told[0]) for name, told in found.items()}


def _models(fitted: Fitted) -> Models:
    models = read(fitted)
    if models is None:
        raise KeyError("no model was fitted")
    return models


def _spread(fitted: Fitted, expected: Callable[[Models], Floats]) -> Interval:
    models = _models(fitted)

    def at(parameters: Floats) -> Floats:
        orders, spend = parameters[:-3].tolist(), parameters[-3:].tolist()
        return expected(Models(type(models.orders)(*orders), GammaGamma(*spend)))

    parameters = np.concatenate([models.orders.parameters, models.spend.parameters])
    return spread(at, parameters, read_covariance(fitted))
