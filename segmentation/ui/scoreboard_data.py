"""The scoreboard behind the page: worked out once it is asked for, and kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property

from segmentation.schemes import Scheme, to_toml
from segmentation.ui.caches import shared_cache
from segmentation.ui.drafts import current_scheme
from segmentation.ui.session import Session, proposal
from segmentation.validation.board import Scoreboard, judge
from segmentation.validation.contenders import Contender, list_contenders
from segmentation.validation.past import Judging, choose_dates
from segmentation.validation.present import Present, score_now

Tell = Callable[[int, int], object]


@dataclass(frozen=True)
class Asked:
    """What is to be judged, and by the outcome of which scheme. `key`: what caches call it."""

    session: Session
    scheme: Scheme
    contenders: tuple[Contender, ...]

    @cached_property
    def key(self) -> tuple[Hashable, ...]:
        """(store, data version, what judges, every contender): nothing else decides a number."""
        scheme = self.scheme
        by = scheme.outcome, scheme.outcome_days, scheme.minimum_history_days, scheme.minimum_orders
        told = tuple(f"{each.key}\n{to_toml(each.scheme)}" for each in self.contenders)
        return self.session.store_key, self.session.book.version.number, by, told

    @cached_property
    def judging(self) -> Judging:
        """The dates it would be judged on."""
        return choose_dates(self.session.book, self.scheme.outcome, self.scheme.outcome_days)


def ask(session: Session) -> Asked:
    """Every method and every saved scheme, by the outcome of the scheme on the screen."""
    scheme = current_scheme(session)
    proposed = proposal(session).scheme.changed(outcome=scheme.outcome, outcome_days=scheme.outcome_days)
    saved = [] if session.is_sample else [each.scheme for each in session.journal.schemes().values()]
    return Asked(session, scheme, list_contenders(proposed, saved))


def is_judged(asked: Asked) -> bool:
    """Whether `judge_once` would answer at once."""
    return ("scoreboard", *asked.key) in shared_cache() or not asked.judging.dates


def judge_once(asked: Asked, tell: Tell | None = None) -> Scoreboard:
    """The scoreboard, kept on its key."""
    board: Scoreboard = shared_cache().get(
        ("scoreboard", *asked.key),
        lambda: judge(asked.session.book, asked.contenders, asked.scheme, tell),
    )
    return board


def present_once(asked: Asked) -> Present:
    """Everybody's scores on the list date, kept likewise."""
    on = asked.session.list_date
    present: Present = shared_cache().get(
        ("present", on, *asked.key),
        lambda: score_now(asked.session.book, asked.contenders, asked.scheme, on),
    )
    return present
