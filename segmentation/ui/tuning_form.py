"""The controls of the tuning page in the sidebar, one decision of a scheme each; the lines have their own fragment."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, cast

import streamlit as st

from segmentation.i18n import Language
from segmentation.schemes import CUT_KINDS, OUTCOMES, RESERVED_NAMES, CutKind, Scheme, TierPolicy
from segmentation.tuning import Base, Evaluation
from segmentation.ui import drafts, held_lines
from segmentation.ui.caches import groups_once, monthly_once
from segmentation.ui.controls import choose, count, hold_number, pick_date, slide
from segmentation.ui.escape import plain
from segmentation.ui.method_form import ask_method
from segmentation.ui.proposal_lines import tell_reasons
from segmentation.ui.sentences import Sentences
from segmentation.ui.session import Session, proposal
from segmentation.ui.tier_names import PRESETS, preset_names
from segmentation.within import COLUMNS

WINDOWS_DAYS = (30, 60, 90, 180, 365)
STEPS_RISING, STEPS_FALLING = (10.0, 40.0, 70.0, 85.0, 95.0), (80.0, 60.0, 40.0, 20.0, 10.0)
LETTERS = ("A,B", "A,B,C", "A,B,C,D", "A,B,C,D,E", "A,B,C,D,E,F")


class TuningForm:
    """Places in the sidebar: they are filled in the order the answers become known, not top to bottom."""

    def __init__(self, session: Session, base: Scheme) -> None:
        self.session, self.base = session, base
        self.language = session.language
        self.reasons = tell_reasons(proposal(session), session.language)
        with st.sidebar:
            self.lines = st.container(key="lines_box")
            title, unit = self.language.say("tune.lines"), self.language.say("tune.lines.unit")
            self.lines.markdown(f"**{title}** &nbsp;:gray[:small[{unit}]]")
            self.meaning = st.container()
            self.method = st.container()
            self.remarks = st.container(key="remarks")
            self.more = st.container()  # what is rarely changed gives its place to what is moved often

    def ask(self) -> dict[str, Any]:
        """Everything but the lines, as fields of a scheme."""
        with self.meaning:
            kind = self._ask_kind()
            with self.more:
                names = ask_names(self.base, self.language)
            outcome, days = self._ask_outcome()
        with self.method:
            is_monthly = monthly_once(self.session.book, str(self.session.store_path))
            method, params = ask_method(self.base, self.language, self.reasons, is_monthly=is_monthly)
        with self.more:
            within = self._ask_within()
        self.kind, self.tier_names = kind, names
        decided = {"outcome": outcome, "outcome_days": days, "method": method, "method_params": params}
        return decided | {"lines_within": within}

    def ask_list_date(self) -> dt.date:
        """The date of the list; it may lie before the last date in the data, not after it."""
        latest = self.session.list_date
        with self.more:
            label = self.language.say("tune.list_date")
            return pick_date(label, latest, drafts.LIST_DATE_KEY, latest, format="YYYY-MM-DD")

    def read_lines(self, prepared: Base) -> TierPolicy:
        """The lines as they are held: known before anything is drawn, so that a slider can say what it reaches."""
        kind, bounds = self.kind, self._bounds(self.kind, prepared)
        cuts = [
            drafts.meant_cut(kind, hold_number(bounds, start, drafts.cut_key(kind, place)))
            for place, start in enumerate(self._starts(prepared))
        ]
        return TierPolicy(self.tier_names, kind, drafts.ordered(kind, cuts))

    def draw_lines(self, prepared: Base, evaluation: Evaluation, draw_scores: Callable[[], None]) -> None:
        """A slider per line; its label is what the line reaches and how many customers its tier has now."""
        say, told = self.language.say, Sentences(evaluation, self.session.look)
        with self.lines:
            draw_scores()
            for place, (name, start) in enumerate(zip(self.tier_names, self._starts(prepared), strict=False)):
                count = say("tune.line.count", n=told.count(name))
                self._slider(f"{told.line(place)} &nbsp;:gray[{count}]", place, start, prepared)
            exact = st.expander(say("tune.exact"), key="exact_lines", on_change="rerun")
            if exact.open:
                with exact:
                    for place, start in enumerate(self._starts(prepared)):
                        self._exact(place, start, prepared)

    def _starts(self, prepared: Base) -> list[float]:
        """Where the sliders stand before anyone moved them: the base's lines, then even steps of this unit.

        Only the base and the link may decide it: what is not in the link must be the same for everyone.
        """
        kind, policy = self.kind, self.base.policy
        told = [drafts.shown_cut(kind, cut) for cut in policy.cuts] if policy.kind == kind else []
        steps = STEPS_FALLING if kind == "score" else STEPS_RISING
        low, high, _ = self._bounds(kind, prepared)
        starts = [*told, *steps[len(told) :]][: len(self.tier_names) - 1]
        return [min(max(start, low), high) for start in starts]

    def _slider(self, label: str, place: int, start: float, prepared: Base) -> None:
        kind, count_of = self.kind, len(self.tier_names) - 1
        slide(
            label,
            self._bounds(kind, prepared),
            start,
            drafts.cut_key(kind, place),
            format="%.0f%%" if kind in drafts.PERCENT_KINDS else "%.4g" if kind == "score" else "%d",
            on_change=lambda: drafts.push(kind, place, count_of),
        )

    def _exact(self, place: int, start: float, prepared: Base) -> None:
        """The number twin of a slider: any value, not only whole steps."""
        kind, count_of = self.kind, len(self.tier_names) - 1
        low, high, step = self._bounds(kind, prepared)
        count(
            self._label(place),
            (low, high, step if kind in drafts.WHOLE_KINDS else 0.1),
            start,
            drafts.cut_key(kind, place),
            on_change=lambda: drafts.push(kind, place, count_of),
        )

    def _label(self, place: int) -> str:
        return self.language.say(
            "tune.line.label", tier=plain(self.language.tier(self.tier_names[place]), 24)
        )

    def _bounds(self, kind: CutKind, prepared: Base) -> tuple[float, float, float]:
        """Lowest, highest, step of a line's slider, whole where it counts customers or hours."""
        if kind not in drafts.WHOLE_KINDS:
            return 0.0, 100.0, 1.0
        return 0, int(_most(kind, prepared, self.base)), 1

    def _ask_kind(self) -> CutKind:
        texts = {str(kind): self.language.say(f"tune.kind.{kind}") for kind in CUT_KINDS}
        label = self.language.say("tune.kind")
        held = self.base.policy.kind
        return cast(CutKind, choose(label, texts, held, drafts.KIND_KEY, on_change=held_lines.restate))

    def _ask_within(self) -> str:
        """Whether every group of a column has lines of its own; offered where at least two groups are large enough."""
        held, large = self.base.lines_within, groups_once(self.session.book, self.session.store_key)
        offered = [name for name in COLUMNS if name in large or name == held]
        if not offered:
            return ""
        say = self.language.say
        texts = {drafts.NOT_WITHIN: say("tune.within.all")}
        for name in offered:
            texts[name] = say("tune.within.each", name=COLUMNS[name].in_(self.language.code))
        picked = choose(
            say("tune.within"),
            texts,
            held or drafts.NOT_WITHIN,
            drafts.WITHIN_KEY,
            help=say("tune.within.help"),
        )
        return "" if picked == drafts.NOT_WITHIN else picked

    def _ask_outcome(self) -> tuple[str, int]:
        say, base = self.language.say, self.base
        data = proposal(self.session).profile
        is_recorded = data.decided_deals > data.dated_decided_deals or base.outcome == "recorded"
        offered = [outcome for outcome in OUTCOMES if outcome != "recorded" or is_recorded]
        texts = {str(outcome): say(f"tune.outcome.{outcome}") for outcome in offered}
        outcome = choose(
            say("tune.outcome"), texts, base.outcome, drafts.OUTCOME_KEY, help=self.reasons["outcome"]
        )
        days = sorted({*WINDOWS_DAYS, base.outcome_days})
        told = {str(count): say("tune.outcome.days.option", n=count) for count in days}
        with self.more:
            window = choose(
                say("tune.outcome.days"),
                told,
                str(base.outcome_days),
                drafts.DAYS_KEY,
                disabled=outcome == "recorded",
                help=self.reasons["outcome_days"],
            )
        return outcome, int(window)


def _most(kind: CutKind, prepared: Base, base: Scheme) -> float:
    """The end of a slider: it must not move while lines move, or the slider would start anew."""
    if kind == "number":
        return max(prepared.now.population, 1)
    return -(-max(prepared.staffing.working_hours * base.selling_share, 100.0) // 100) * 100


def ask_names(base: Scheme, language: Language) -> tuple[str, ...]:
    """How many tiers there are and what they are called: a preset, or names of one's own."""
    held = ",".join(base.policy.names)
    presets = (",".join(preset_names(preset, language)) for preset in PRESETS)
    options = dict.fromkeys([held, *LETTERS, *presets])
    separator = "、" if language.code == "zh" else ", "
    picked = choose(
        language.say("tune.tiers"),
        {option: option.replace(",", separator) for option in options},
        held,
        drafts.NAMES_KEY,
        accepts_new=lambda typed: read_names(typed) is not None,
        help=language.say("tune.tiers.own"),
    )
    return read_names(picked) or base.policy.names


def read_names(typed: str) -> tuple[str, ...] | None:
    """Tier names as typed, separated by any comma; None unless they make two to six different tiers."""
    names = tuple(name.strip() for name in re.split("[,，、]", typed) if name.strip())
    is_fine = 2 <= len(names) <= 6 and len(set(names)) == len(names) and RESERVED_NAMES.isdisjoint(names)
    return names if is_fine else None
