"""Lines stay in place when they are stated in another unit or for another method: where they stand is remembered."""

from __future__ import annotations

from itertools import accumulate
from math import ceil, floor

import streamlit as st

from segmentation.methods.registry import methods
from segmentation.schemes import CutKind
from segmentation.tuning import Evaluation
from segmentation.ui.drafts import (
    KIND_KEY,
    METHOD_KEY,
    STATED_KEY,
    WHOLE_KINDS,
    cut_key,
    meant_cut,
    shown_cut,
)


def hold_lines(evaluation: Evaluation) -> None:
    """Remember where the lines stand in every unit, so that stating them otherwise leaves them in place."""
    count, tiers, scheme = len(evaluation.cuts), evaluation.tiers, evaluation.scheme
    stated = st.session_state.setdefault(STATED_KEY, {})
    stated[scheme.method] = scheme.policy.kind, scheme.policy.cuts
    worth = [max(revenue, 0.0) for revenue in tiers.floats("revenue")[:-1]]
    value = accumulate(revenue / (sum(worth) or 1.0) for revenue in worth)
    st.session_state["held_lines"] = {
        "score": evaluation.cuts,
        "customers": _reached_shares(evaluation),
        "value": tuple(value)[:count],
        "number": tuple(accumulate(tiers.floats("customers")))[:count],
        "hours": tuple(tiers.floats("hours_needed"))[:count],
    }


def _reached_shares(evaluation: Evaluation) -> tuple[float, ...]:
    """The share of rated customers above each line."""
    *reached, rated = accumulate(evaluation.tiers.floats("customers")[:-1])
    return tuple(number / max(rated, 1) for number in reached)


def shares_cut_off(evaluation: Evaluation) -> tuple[float, ...]:
    """The lines as shares of customers, as their sliders would state them: none loses the group it stands on."""
    shown = (_upward(shown_cut("customers", share), "customers") for share in _reached_shares(evaluation))
    return tuple(meant_cut("customers", share) for share in shown)


def restate() -> None:
    """The unit of the lines was changed: put the held lines onto the sliders of the new unit."""
    kind = st.session_state[KIND_KEY]
    for place, cut in enumerate(st.session_state.get("held_lines", {}).get(kind, ())):
        shown = shown_cut(kind, float(cut))
        st.session_state[cut_key(kind, place)] = _upward(shown, kind)


def restate_for_method() -> None:
    """The method was changed: points mean something else now, and so may shares of sales.

    The lines become those last stated for the new method, so that a look at others moves nothing; else its usual ones;
    where neither has as many, the shares of customers they had before.
    """
    method, held = st.session_state[METHOD_KEY], st.session_state.get("held_lines", {})
    usual = getattr(methods().get(method), "usual_lines", None)
    known = [lines for lines in (st.session_state.get(STATED_KEY, {}).get(method), usual) if lines]
    fitting = [lines for lines in known if len(lines[1]) == len(held.get("customers", ()))]
    if fitting:
        kind, cuts = fitting[0]
        st.session_state[KIND_KEY] = kind
        for place, cut in enumerate(cuts):
            st.session_state[cut_key(kind, place)] = shown_cut(kind, cut)
    elif st.session_state.get(KIND_KEY) in ("score", "value") and held:
        st.session_state[KIND_KEY] = "customers"
        restate()


def _upward(shown: float, kind: CutKind) -> float | int:
    """Rounded so that the line stays in place: a target a hair below the total it came from would lose a group."""
    if kind in WHOLE_KINDS:
        return ceil(shown)
    if kind == "score":
        return floor(shown * 1e4) / 1e4  # the line is the lowest score above it
    return ceil(shown * 1e4) / 1e4
