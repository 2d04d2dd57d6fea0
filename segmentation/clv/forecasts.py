"""The two ways to model value, behind one face: by orders at times of the customers' own choosing, and by renewals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from segmentation.clv import estimates, renewals
from segmentation.clv.customer_values import Purchases, learn, purchases_of
from segmentation.clv.histories import Floats
from segmentation.clv.renewals import Learned
from segmentation.clv.written import read, write
from segmentation.i18n import Text

Given = Mapping[str, Floats]  # feature column → values, shape (customers,)
Written = Mapping[str, Sequence[float]]  # model → its numbers, as a scheme keeps them


class Forecast(Protocol):
    """columns: the features it reads · needs: those that must be known · labels: what its segments are called.

    weeks: how far ahead one looks · every method but `learn` and `can_read` expects a model in `written`.
    """

    columns: ClassVar[tuple[str, ...]]
    needs: ClassVar[tuple[str, ...]]
    labels: ClassVar[Mapping[str, Text]]

    def learn(self, given: Given, weeks: float) -> Learned:
        """A model, or why none may be used."""
        ...

    def can_read(self, written: Written) -> bool:
        """Whether a model stands in `written`."""
        ...

    def value(self, given: Given, weeks: float, written: Written) -> Floats:
        """Currency per customer."""
        ...

    def segments(
        self, given: Given, written: Written, active_rate: float, gone_rate: float
    ) -> NDArray[np.object_]:
        """A name of `labels` per customer; the rates are chances, 0–1."""
        ...

    def count(self, given: Given, weeks: float, written: Written) -> Floats:
        """Order days, or renewals, expected of each customer."""
        ...

    def estimate(self, given: Given, weeks: float, written: Written) -> dict[str, Floats]:
        """Per customer: alive_rate (0–1), a count and value (currency), the latter two with `_low` and `_high`."""
        ...

    def estimate_total(self, given: Given, weeks: float, written: Written) -> dict[str, float]:
        """The count and the value of all customers together, with `_low` and `_high`."""
        ...


class OrderForecast:
    """BG/NBD (NBD where nobody is seen to leave) × Gamma-Gamma, × the own gross profit share where it is given."""

    columns: ClassVar[tuple[str, ...]] = (
        "repeat_order_days_count",
        "order_span_days",
        "recency_days",
        "repeat_amount",
    )
    needs: ClassVar[tuple[str, ...]] = columns
    labels: ClassVar[Mapping[str, Text]] = {
        "active": Text("Probably still a customer", "大概率仍会下单"),
        "fading": Text("May have left", "可能正在流失"),
        "gone": Text("Has probably left", "大概率已流失"),
        "once": Text("Ordered on one day only: cannot tell", "只在一天下过单，看不出去留"),
    }

    def learn(self, given: Given, weeks: float) -> Learned:
        """As `customer_values.learn`."""
        learned = learn(self._purchases(given), weeks)
        return Learned(write(learned), learned.refusal, learned.remark)

    def can_read(self, written: Written) -> bool:
        """Whether both models stand in `written`."""
        return read(written) is not None

    def value(self, given: Given, weeks: float, written: Written) -> Floats:
        """Expected orders × expected spend, currency."""
        models, share = read(written), given.get("margin_share")
        assert models is not None
        return models.expected_value(self._purchases(given), weeks, share)

    def segments(
        self, given: Given, written: Written, active_rate: float, gone_rate: float
    ) -> NDArray[np.object_]:
        """By the chance to order ever again; of one order day alone nothing can be told."""
        models, purchases = read(written), self._purchases(given)
        assert models is not None
        alive = models.alive(purchases)
        conditions = [purchases.repeat_count == 0, alive >= active_rate, alive < gone_rate]
        return np.select(conditions, ["once", "active", "gone"], "fading").astype(object)

    def count(self, given: Given, weeks: float, written: Written) -> Floats:
        """Order days after the list date."""
        models = read(written)
        assert models is not None
        return models.expected_orders(self._purchases(given), weeks)

    def estimate(self, given: Given, weeks: float, written: Written) -> dict[str, Floats]:
        """As `estimates.estimate`: the count is order_days_count; of one order day alone no chance is told, which the
        model takes to be 1."""
        purchases = self._purchases(given)
        found = estimates.estimate(purchases, weeks, given.get("margin_share"), written)
        return {**found, "alive_rate": np.where(purchases.repeat_count > 0, found["alive_rate"], np.nan)}

    def estimate_total(self, given: Given, weeks: float, written: Written) -> dict[str, float]:
        """As `estimates.estimate_total`."""
        return estimates.estimate_total(self._purchases(given), weeks, given.get("margin_share"), written)

    def _purchases(self, given: Given) -> Purchases:
        return purchases_of(*(given[name] for name in self.columns))


class RenewalForecast:
    """Running contracts, and their renewals by shifted beta-geometric."""

    columns: ClassVar[tuple[str, ...]] = (
        "contract_amount", "renewal_count", "contract_term_months", "renewal_due_days", "contract_lapsed",
        "first_contract_renewals", "first_contract_lost",
    )  # fmt: skip
    needs: ClassVar[tuple[str, ...]] = ("contract_amount",)
    labels: ClassVar[Mapping[str, Text]] = {
        "active": Text("Will probably renew", "大概率续约"),
        "fading": Text("May not renew", "续约不确定"),
        "gone": Text("Will probably not renew", "大概率不续约"),
        "overdue": Text("Contract over, renewal undecided", "合同已到期，续约未定"),
        "lost": Text("Did not renew", "未续约"),
        "lapsed": Text("Contract long over, nothing decided", "合同早已到期，一直未定"),
    }

    def learn(self, given: Given, weeks: float) -> Learned:
        """As `renewals.learn`, however far one looks."""
        lapsed_count = int(np.nansum(given["contract_lapsed"]))
        return renewals.learn(given["first_contract_renewals"], given["first_contract_lost"], lapsed_count)

    def can_read(self, written: Written) -> bool:
        """Whether a model of renewals stands in `written`."""
        return renewals.read(written) is not None

    def value(self, given: Given, weeks: float, written: Written) -> Floats:
        """Under contract within the weeks, currency."""
        model = renewals.read(written)
        assert model is not None
        return renewals.expected(model, renewals.contracts_of(given), weeks, "value")

    def segments(
        self, given: Given, written: Written, active_rate: float, gone_rate: float
    ) -> NDArray[np.object_]:
        """By the chance of the next renewal; what is over is said as it is."""
        model, contracts = renewals.read(written), renewals.contracts_of(given)
        assert model is not None
        chance = renewals.next_chance(model, contracts)
        conditions = [
            given["contract_lapsed"] == 1, contracts.is_lost, given["renewal_due_days"] < 0, chance >= active_rate,
            chance < gone_rate,
        ]  # fmt: skip
        names = ["lapsed", "lost", "overdue", "active", "gone"]
        return np.select(conditions, names, "fading").astype(object)

    def count(self, given: Given, weeks: float, written: Written) -> Floats:
        """Renewals signed within the weeks."""
        model = renewals.read(written)
        assert model is not None
        return renewals.expected(model, renewals.contracts_of(given), weeks, "renewals")

    def estimate(self, given: Given, weeks: float, written: Written) -> dict[str, Floats]:
        """As `renewals.estimate`: the count is renewals_count."""
        return renewals.estimate(renewals.contracts_of(given), weeks, written)

    def estimate_total(self, given: Given, weeks: float, written: Written) -> dict[str, float]:
        """As `renewals.estimate_total`."""
        return renewals.estimate_total(renewals.contracts_of(given), weeks, written)


FORECASTS: Mapping[str, Forecast] = {"modelled": OrderForecast(), "renewals": RenewalForecast()}
