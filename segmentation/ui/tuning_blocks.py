"""What the tuning page shows: the scores, three charts on common rows, and where effort goes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from weakref import ReferenceType, ref

import streamlit as st

from segmentation.allocation.current import budget_by_tier
from segmentation.figures import alternatives
from segmentation.figures.conversion import draw_conversion
from segmentation.figures.distribution import draw_distribution
from segmentation.figures.effort import draw_effort
from segmentation.figures.histogram import draw_histogram
from segmentation.figures.resources import draw_resources, rule_text
from segmentation.overrides import Held
from segmentation.paired import Difference, compare_results
from segmentation.schemes import Scheme, to_toml
from segmentation.tag_bearers import Bearing
from segmentation.tuning import Base, Evaluation, draw_lines
from segmentation.ui import blocks
from segmentation.ui.caches import (
    budget_once,
    evaluate_once,
    is_prepared,
    pairing_once,
    prepare_once,
    summary_once,
)
from segmentation.ui.escape import plain
from segmentation.ui.method_findings import draw_findings
from segmentation.ui.override_lines import held_in_run
from segmentation.ui.paired_lines import tell_paired
from segmentation.ui.proposal_lines import tell_holding, tell_scored
from segmentation.ui.resource_sentences import tell_budget, tell_gaps
from segmentation.ui.sentences import Sentences
from segmentation.ui.session import Session, proposal
from segmentation.ui.tag_lines import bearing_in_run
from segmentation.ui.tuning_places import Lane, Places


@dataclass(frozen=True)
class Answer:
    """Everything a run of the tuning page knows once the controls have been read.

    The fragments of a session keep one until their next run: what weighs by the customer stays in the shared cache.
    """

    session: Session
    draft: Scheme
    evaluation: Evaluation
    against: Evaluation | None
    near: ReferenceType[Base]  # the cache's own, for as long as it keeps it

    @property
    def prepared(self) -> Base:
        session = self.session
        return self.near() or prepare_once(session.book, session.store_key, self.draft, self.evaluation.as_of)

    @cached_property
    def held(self) -> Held:
        """Tiers set by hand, read once for all blocks."""
        return held_in_run(self.session, self.prepared.now)

    @cached_property
    def tags(self) -> Bearing | None:
        """Who bears which tag on the list date; None without tags."""
        return bearing_in_run(self.session, self.evaluation.as_of)

    @cached_property
    def sentences(self) -> Sentences:
        return Sentences(self.evaluation, self.session.look)


@dataclass
class Latest:
    """The answer on the screen: told by every run of the lines' fragment, read by a download on its click.

    A download is made in a thread that knows no session, and its button stands still while lines move.
    """

    answer: Answer


def hold_latest(found: Answer) -> Latest:
    """The session's one latest answer, which is `found` from here on."""
    latest: Latest = st.session_state.setdefault("latest_answer", Latest(found))
    latest.answer = found
    return latest


def answer(session: Session, draft: Scheme, prepared: Base) -> Answer:
    """Evaluate the draft, and the published scheme on the same data and date where one differs from it."""
    evaluation = draw_lines(prepared, draft)
    published = session.published.scheme if session.published else None
    if published is None or published == draft:
        return Answer(session, draft, evaluation, None, ref(prepared))
    against = evaluate_once(session.book, session.store_key, published, prepared.now.as_of)
    return Answer(session, draft, evaluation, against, ref(prepared))


def draw_scores(found: Answer) -> None:
    """The score histogram over the sliders."""
    evaluation, look = found.evaluation, found.session.look
    figure = draw_histogram(found.prepared.now.ladder, evaluation.cuts, evaluation.names, look)
    blocks.chart(figure, alternatives.describe_histogram(evaluation, look), "histogram")


def tell_basis(found: Answer) -> str:
    """Why this method and window, and what the method says about thin data."""
    language = found.session.language
    holding = tell_holding(proposal(found.session), found.draft, language)
    return " ".join(text for text in (tell_scored(found.prepared.now, language), holding) if text)


def tell_orders(found: Answer) -> str:
    """Orders that belong to nobody known, and won deals that stand in for orders; "" where there are none."""
    session, say = found.session, found.session.language.say
    totals, unmatched = summary_once(session.book, session.store_key)
    told = []
    # A result without a date is nobody's order: it lies in no period.
    if totals.orders_from_deals and not found.evaluation.check.is_as_recorded:
        told.append(say("orders.from_deals", n=totals.orders_from_deals))
    if unmatched.orders:
        amount = session.look.money(unmatched.amount)
        told.append(say("unmatched", n=unmatched.orders, amount=amount))
    return " ".join(told)


def tell_ground(found: Answer) -> None:
    """What the figures above stand on: one paragraph in grey, and what the method found out on the way."""
    notes = found.sentences.notes(found.prepared.now)
    blocks.grey(" ".join(text for text in (tell_orders(found), notes, tell_basis(found)) if text))
    draw_findings(found.session, found.prepared.now)


def draw_titles(found: Answer, places: Places) -> None:
    """The names of the charts with their units, and what the rule of thumb on effort means."""
    say, rule = found.session.language.say, rule_text(len(found.evaluation.names))
    units = say("tune.distribution.unit"), found.sentences.checked(), say("tune.effort.unit")
    for lane, name, unit in zip(places.lanes, ("distribution", "conversion", "effort"), units, strict=True):
        with lane.title:
            blocks.title(say(f"tune.{name}"), unit)
    with places.budgets_title:
        unit, meaning = say("tune.resources.unit", rule=rule), say("tune.resources.rule", rule=rule)
        blocks.title(say("tune.resources"), unit, meaning)


def draw_lanes(found: Answer, lanes: tuple[Lane, ...]) -> None:
    """Distribution, conversion, hours: the same rows at the same height, a verdict under each."""
    for lane, draw in zip(lanes, (_distribution, _conversion, _effort), strict=True):
        with lane.body:
            draw(found)


def _distribution(found: Answer) -> None:
    look = found.session.look
    figure = draw_distribution(found.evaluation, look, found.against)
    blocks.chart(figure, alternatives.describe_distribution(found.evaluation, look), "distribution")
    told = found.sentences
    blocks.verdict([told.distribution(), _grey(found)], caveat=told.sum())


def _conversion(found: Answer) -> None:
    look = found.session.look
    missing = found.sentences.no_outcome()
    if missing:
        blocks.empty(missing)
        return
    figure = draw_conversion(found.evaluation, look, found.against)
    blocks.chart(figure, alternatives.describe_conversion(found.evaluation, look), "conversion")
    told, in_full = found.sentences, found.sentences.conversion_in_full()
    paired = tell_paired(_paired(found), found.against, look)
    blocks.verdict([*told.conversion(), told.effort_caveat(), paired.short], [*in_full, *paired.in_full])


def _paired(found: Answer) -> tuple[Difference, ...]:
    """The draft's tiers against the published ones of the same place, on the same customers."""
    session, draft, against = found.session, found.draft, found.against
    if against is None or found.evaluation.is_as_recorded:
        return ()
    as_of = found.prepared.now.as_of
    pairing = pairing_once(session.book, session.store_key, draft, against.scheme, as_of)
    if pairing is None:
        return ()
    seeds = session.book.version.number, to_toml(draft), to_toml(against.scheme)
    return compare_results(pairing, found.evaluation.check_cuts, found.evaluation.names, *seeds)


def _effort(found: Answer) -> None:
    look = found.session.look
    figure = draw_effort(found.evaluation, look, found.against)
    blocks.chart(figure, alternatives.describe_effort(found.evaluation, look), "effort")
    told = found.sentences
    blocks.verdict([told.capacity(), told.staffing()])


def _grey(found: Answer) -> str:
    """Which scheme the grey marks are; they are drawn only where it has as many tiers."""
    against = found.against
    if against is None or len(against.names) != len(found.evaluation.names):
        return ""
    facts = {"name": plain(against.scheme.name, 24), "revision": against.scheme.revision}
    return f":gray[{found.session.language.say('tune.grey', **facts)}]"


def draw_budgets(found: Answer) -> None:
    """Where effort goes: hours against what they bring, the rule of thumb, and the budget now."""
    session, evaluation, look = found.session, found.evaluation, found.session.look
    lines = budget_once(session.book, session.store_key, evaluation.as_of)
    budget = budget_by_tier(lines, evaluation.names)
    if isnan(evaluation.tiers.total("hours_now")):
        blocks.empty(look.say("empty.touches"))
        blocks.verdict([tell_budget(found.sentences, budget)])
        return
    figure = draw_resources(evaluation, budget, look)
    blocks.chart(figure, alternatives.describe_resources(evaluation, budget, look), "resources")
    told = found.sentences
    blocks.verdict([*tell_gaps(told), tell_budget(told, budget)])


def prepare_answer(session: Session, scheme: Scheme, as_of: dt.date) -> Base:
    """The costly part, with a word about it while it runs."""
    if is_prepared(session.book, session.store_key, scheme, as_of):
        return prepare_once(session.book, session.store_key, scheme, as_of)
    with st.spinner(session.language.say("ui.menu.wait"), show_time=True):
        return prepare_once(session.book, session.store_key, scheme, as_of)
