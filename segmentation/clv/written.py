"""Fitted models as names and numbers, the way a scheme keeps them, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from segmentation.clv.bg_nbd import BgNbd
from segmentation.clv.customer_values import Learned, Models
from segmentation.clv.gamma_gamma import GammaGamma
from segmentation.clv.histories import Floats

Written = dict[str, tuple[float, ...]]
LETTERS: Mapping[str, tuple[str, ...]] = {
    "bg_nbd": ("r", "alpha", "a", "b", "log_likelihood"),
    "gamma_gamma": ("p", "q", "v", "log_likelihood"),
}


def write(learned: Learned) -> Written:
    """The numbers of each model in the order of `LETTERS`, time in weeks; under `<model>_covariance` the covariance of
    the logarithms of its parameters, row by row. Empty after a refusal."""
    if learned.models is None or learned.tops is None:
        return {}
    fits = zip(
        LETTERS,
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
    if not all(name in written for name in LETTERS):
        return None
    return Models(BgNbd(*written["bg_nbd"][:4]), GammaGamma(*written["gamma_gamma"][:3]))


def read_covariance(written: Mapping[str, Sequence[float]]) -> Floats:
    """Covariance of the logarithms of all seven parameters, shape (7, 7); the two models are fitted apart."""
    covariance = np.zeros((7, 7))
    covariance[:4, :4] = np.reshape(written["bg_nbd_covariance"], (4, 4))
    covariance[4:, 4:] = np.reshape(written["gamma_gamma_covariance"], (3, 3))
    return covariance
