"""Fitted models as names and numbers, the way a scheme keeps them, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from segmentation.clv.bg_nbd import BgNbd
from segmentation.clv.customer_values import Learned, Models
from segmentation.clv.gamma_gamma import GammaGamma
from segmentation.clv.histories import Floats
from segmentation.clv.nbd import Nbd

Written = dict[str, tuple[float, ...]]
LETTERS: Mapping[str, tuple[str, ...]] = {
    "bg_nbd": ("r", "alpha", "a", "b", "log_likelihood"),
    "nbd": ("r", "alpha", "log_likelihood"),
    "gamma_gamma": ("p", "q", "v", "log_likelihood"),
}


def write(learned: Learned) -> Written:
    """The numbers of each model in the order of `LETTERS`, time in weeks; under `<model>_covariance` the covariance of
    the logarithms of its parameters, row by row. Empty after a refusal."""
    if learned.models is None or learned.tops is None:
        return {}
    fits = zip(
        ("nbd" if isinstance(learned.models.orders, Nbd) else "bg_nbd", "gamma_gamma"),
        (learned.models.orders.parameters, learned.models.spend.parameters),
        learned.tops,
        strict=True,
    )
    found: Written = {}
    for name, parameters, top in fits:
        found[name] = (*parameters.tolist(), float(top.log_likelihood))
        found[f"{name}_covariance"] = tuple(top.covariance.ravel().tolist())
    return found


def read(written: Mapping[str, Sequence[float]]) -> Models | None:
    """The models that were written; None where none was."""
    if "gamma_gamma" not in written or not {"bg_nbd", "nbd"} & set(written):
        return None
    orders = BgNbd(*written["bg_nbd"][:4]) if "bg_nbd" in written else Nbd(*written["nbd"][:2])
    return Models(orders, GammaGamma(*written["gamma_gamma"][:3]))


def read_covariance(written: Mapping[str, Sequence[float]]) -> Floats:
    """Covariance of the logarithms of all parameters, those of orders first; the two models are fitted apart."""
    name, count = ("bg_nbd", 4) if "bg_nbd" in written else ("nbd", 2)
    covariance = np.zeros((count + 3, count + 3))
    covariance[:count, :count] = np.reshape(written[f"{name}_covariance"], (count, count))
    covariance[count:, count:] = np.reshape(written["gamma_gamma_covariance"], (3, 3))
    return covariance
