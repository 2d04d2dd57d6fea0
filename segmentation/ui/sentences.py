"""What an evaluation says, in the reader's language (sentences.md 1–4). Names from data arrive escaped in markdown."""

from __future__ import annotations

from math import isnan

import pandas as pd

from segmentation.ratings import NEW
from segmentation.reasons import say_unrated
from segmentation.schemes import UNRATED
from segmentation.standing import Standing
from segmentation.tuning import ALL
from segmentation.ui.proposal_lines import tell_scored
from segmentation.ui.rule_sentences import RuleSentences
from segmentation.ui.verdict_lines import summarise, tell_in_full

WORTH_SAYING_RATIO = 1.2  # from here on, more effort could explain part of a difference
VISIT_FACTOR = 2
PAST_SALES_OUTCOMES = frozenset({"repurchase", "revenue_per_customer"})
# What is known of the top tier → the sentence for a letter, and for a name of one's own.
HEADLINES = {
    "hours": ("head.tier", "head.tier.named"),
    "sales": ("head.tier.sales", "head.tier.sales.named"),
    "size": ("head.tier.size", "head.tier.size.named"),
}


class Sentences(RuleSentences):
    """The sentences of one evaluation; every method returns one sentence or "" where there is nothing to say."""

    def headline(self) -> str:
        """The top tier: how many, what share of sales, what share of hours, as far as each is known."""
        name = self.evaluation.names[0]
        sales, hours = self.tiers.row(name, "revenue_share", "hours_now_share")
        known = "sales" if isnan(hours) else "hours"
        code, named = HEADLINES["size" if isnan(sales) else known]
        total = sum(self.count(row) for row in self.evaluation.names)
        return self.say(
            code if len(name) == 1 else named,
            tier=self.tier(name),
            n=self.count(name),
            revenue_share=self.language.percent(sales),
            hours_share=self.language.percent(hours),
            total=total,
        )

    def sum(self) -> str:
        """116 + 349 + 699 + 36 not rated = 1,200 customers."""
        number = self.language.number
        parts = " + ".join(number(self.count(row)) for row in self.evaluation.names)
        whole = int(self.tiers["customers"].sum())
        return self.say("head.sum", parts=parts, unrated=number(self.count(UNRATED)), n=whole)

    def dates(self) -> str:
        """Both dates; why there is no second one, and whether results are only a description."""
        evaluation, check = self.evaluation, self.evaluation.check
        if check.replayed_on is None:
            told = self.say("head.dates.list", list_date=evaluation.as_of)
        else:
            days = evaluation.scheme.outcome_days
            facts = {"list_date": evaluation.as_of, "check_date": check.replayed_on, "n": days}
            told = self.say("head.dates", **facts)
        if not evaluation.is_as_recorded:
            return told
        return f"{told} {self.say('v.asis' if check.is_as_recorded else 'v.asis.score')}"

    def unrated(self, standing: Standing) -> str:
        """How many are not rated and why."""
        count = sum(standing.reason_counts.values())
        if not count:
            return ""
        share = self.language.percent(count / max(standing.population, 1))
        return self.say("head.unrated", n=count, share=share, reason=self.reason(standing))

    def reason(self, standing: Standing) -> str:
        """Why customers are not rated, the most frequent reason first, with its number where there are several."""
        counts = standing.reason_counts
        told = {code: say_unrated(code, standing, self.language) for code in counts}
        if len(told) == 1:
            return next(iter(told.values()))
        counted = [self.say("unrated.counted", reason=told[code], n=n) for code, n in counts.items()]
        return self.say("list.separator").join(counted)

    def distribution(self) -> str:
        """What the top tier brings with how many of the customers; without sales, why it is not said."""
        name = self.evaluation.names[0]
        if isnan(self.value(name, "revenue_share")):
            total = self.tiers["revenue"].sum()
            return (
                self.say("dist.refunds", amount=self.look.money(total))
                if total < 0
                else self.say("dist.none")
            )
        facts = {"value": self.percent(name, "revenue_share"), "share": self.percent(name, "customers_share")}
        return self.say("dist.sales", tier=self.tier(name), **facts)

    def conversion(self) -> list[str]:
        """What can be told apart and what cannot, in few words."""
        return summarise(self.evaluation, self.look)

    def conversion_in_full(self) -> list[str]:
        """One verdict per line of the tiers, with rates and likely ranges."""
        return [tell_in_full(verdict, self.look) for verdict in self.evaluation.verdicts]

    def left_out(self) -> str:
        """Open deals and customers too young for the check date: not counted, and said so."""
        told = []
        still_open = self.evaluation.rates.at(ALL, "open_count")
        if self.evaluation.scheme.outcome == "win_rate" and still_open > 0:
            told.append(self.say("v.open", n=int(still_open)))
        young = self.evaluation.immature_customers
        if self.evaluation.replayed_on is not None and young > 0:
            share = self.language.percent(young / max(self.evaluation.population, 1))
            told.append(self.say("v.immature", n=young, share=share))
        return " ".join(told)

    def effort_caveat(self) -> str:
        """Where the first tier converts better than the second: whether it also received more hours."""
        ratio, verdicts = self.evaluation.effort_ratio, self.evaluation.verdicts
        if not verdicts or verdicts[0].code != "higher" or ratio is None or ratio < WORTH_SAYING_RATIO:
            return ""
        first, second = (self.tier(name) for name in self.evaluation.names[:2])
        return self.say("v.effort", a=first, b=second, x=self.language.number(ratio, 1))

    def capacity(self) -> str:
        """Whether the playbook can be kept with the hours there are."""
        capacity, number = self.evaluation.capacity, self.language.number
        need = number(capacity.needed_hours, 0)
        if capacity.available_hours is None:
            return self.say("cap.unknown", need=need)
        have = number(capacity.available_hours, 0)
        gap = number(abs(capacity.available_hours - capacity.needed_hours), 0)
        if capacity.is_feasible:
            used = self.language.percent(capacity.used_share)
            return self.say("cap.ok", need=need, have=have, use=used, free=gap)
        largest = str(self.tiers.index[int(self.tiers["hours_needed"].argmax())])
        promise = self.say(
            "cap.promise",
            tier=self.tier(largest),
            hours=number(self.value(largest, "hours_needed"), 0),
            count=self.say("tune.line.count", n=self.count(largest)),
        )
        return self.say("cap.over", need=need, have=have, short=gap, promise=promise)

    def staffing(self) -> str:
        """That sellers' hours are assumed, where the data have none."""
        capacity, scheme = self.evaluation.capacity, self.evaluation.scheme
        if not capacity.assumed_sellers:
            return ""
        hours = scheme.working_hours_per_month * scheme.selling_share
        return self.say("empty.reps", n=capacity.assumed_sellers, hours=self.language.number(hours, 0))

    def hours_source(self) -> str:
        """That hours are estimated, and for how many customers none are recorded."""
        recorded, whole = self.tiers["recorded_customers"].sum(), self.tiers["customers"].sum()
        if not recorded:
            return self.say("empty.touches")
        if recorded == whole:
            return self.say("hours.source.all")
        return self.say("hours.source", share=self.language.percent(1 - recorded / max(whole, 1)))

    def hours_range(self, name: str) -> str:
        """Whether a tier's share of hours survives other minutes per visit."""
        now, half, double = (
            self.value(name, f"{column}_share")
            for column in ("hours_now", "hours_half_visits", "hours_double_visits")
        )
        value = self.value(name, "revenue_share")
        if isnan(now) or isnan(half) or isnan(double):
            return ""
        minutes = self.evaluation.scheme.minutes["visit"]
        same_side = isnan(value) or len({share < value for share in (now, half, double)}) == 1
        ends = minutes, minutes / VISIT_FACTOR, minutes * VISIT_FACTOR
        facts = dict(zip(("now", "low", "high"), (self.language.number(end, 0) for end in ends), strict=True))
        low, high = (self.language.percent(end(half, double)) for end in (min, max))
        if low == high:
            return self.say("hours.sensitive.same", tier=self.tier(name), share=low, **facts)
        code = "hours.sensitive.holds" if same_side else "hours.sensitive.flips"
        return self.say(code, tier=self.tier(name), share_low=low, share_high=high, **facts)

    def notes(self, standing: Standing) -> str:
        """What the figures stand on: dates, window, what is left out, who stays together, where hours come from."""
        told = [
            self.dates(),
            self.say(f"head.basis.{self.look.tax_basis}") if self.look.tax_basis else "",
            self.window(standing),
            self.unrated(standing),
            self.left_out(),
            self.hours_source(),
            self.movement_of_lines(),
            self.circular(),
        ]
        return " ".join(sentence for sentence in told if sentence)

    def circular(self) -> str:
        """Tiers made of past sales and judged by later sales agree partly by themselves."""
        is_circular = self.evaluation.scheme.outcome in PAST_SALES_OUTCOMES and not self.no_outcome()
        return self.say("v.circular") if is_circular else ""

    def nobody(self, standing: Standing) -> str:
        """Why there is nothing to draw, "" where there is."""
        if not self.evaluation.population:
            return self.say("empty.customers")
        if self.tiers["customers"][:-1].any():
            return ""
        if standing.scored.is_refused:
            return tell_scored(standing, self.language)
        scheme, code = self.evaluation.scheme, next(iter(standing.reason_counts))
        facts = {"days": scheme.minimum_history_days, "orders": scheme.minimum_orders}
        coming = self.say(f"rated.by.{code}", **facts)
        if code == NEW:
            seen = standing.features[["first_contact_on", "first_touch_on", "first_order_on"]].min(axis=1)
            first_on = (seen.min() + pd.Timedelta(days=scheme.minimum_history_days)).date()
            coming = f"{coming} {self.say('rated.first', date=first_on)}"
        return self.say(
            "empty.rated", n=self.evaluation.population, reason=self.reason(standing), next=coming
        )

    def checked(self) -> str:
        """Whose conversion is shown: the unit beside the chart's name."""
        date = self.evaluation.replayed_on
        return self.say("tune.conversion.unit" if date is None else "tune.conversion.checked", date=date)

    def no_outcome(self) -> str:
        """Why conversion is not shown, "" where it is."""
        check = self.evaluation.check
        if check.replayed_on is None and not check.is_as_recorded:
            if check.is_undated:
                return self.say("empty.outcome.undated")
            return self.say("empty.outcome", have=check.have_days, need=check.need_days)
        if not self.evaluation.rates.at(ALL, "n") > 0:
            is_deals = self.evaluation.scheme.outcome == "win_rate"
            return self.say("empty.deals" if is_deals else "empty.outcome.none")
        return ""
