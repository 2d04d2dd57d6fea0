"""The scheme on the screen: a base (published, saved or proposed) and what the controls changed on it.

Every control has a key of its own in the URL, its default the base's value, so a link holds exactly the changes.
`values_of` says which control shows what; `adopt` puts a whole scheme onto the controls. What a link cannot hold (too
many characters, a scheme from a file, lines fitted anew) is kept in the journal as a draft; the link then names its id
and the draft is the base.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from segmentation.errors import SettingError
from segmentation.methods.base import lists_of, params_of
from segmentation.methods.registry import make, methods
from segmentation.schemes import CUT_KINDS, CutKind, Scheme, TierPolicy
from segmentation.ui.controls import REFUSED, as_list, drop_from_link
from segmentation.ui.session import AUTHOR, Session, current, now, proposal

SCHEME_KEY, KIND_KEY, METHOD_KEY, OUTCOME_KEY, DAYS_KEY = "scheme", "lines", "method", "outcome", "days"
NAMES_KEY, LIST_DATE_KEY, WITHIN_KEY = "names", "list", "within"
STATED_KEY = "stated_lines"  # the lines last stated for each method
LINK_KEY, LINKED_KEY = "draft", "linked_draft"  # a kept draft's id in the link and in the session
PROPOSED, NOT_WITHIN = "proposed", "all"
LINK_CHARACTERS, ADDRESS_CHARACTERS = 2_000, 60
_DECISIONS = frozenset(
    {SCHEME_KEY, KIND_KEY, METHOD_KEY, OUTCOME_KEY, DAYS_KEY, NAMES_KEY, LINK_KEY, WITHIN_KEY}
)
_SCHEME_STATE = _DECISIONS | {LIST_DATE_KEY, LINKED_KEY, STATED_KEY, "held_lines"}
PERCENT_KINDS: frozenset[CutKind] = frozenset({"customers", "value"})
WHOLE_KINDS: frozenset[CutKind] = frozenset({"number", "hours"})


def base_schemes(session: Session) -> dict[str, Scheme]:
    """Every scheme to start from by its key in the URL: a draft kept for its link, the published one, saved ones, one
    no longer offered that the link names, the proposal."""
    found: dict[str, Scheme] = {}
    linked = linked_draft(session)
    if linked is not None:
        found[st.session_state[SCHEME_KEY]] = linked[0]
    if not session.is_sample:
        if session.published is not None:
            found[scheme_key(session.published.scheme)] = session.published.scheme
        for saved in session.journal.schemes().values():
            found.setdefault(scheme_key(saved.scheme), saved.scheme)
        _add_asked(found, session)
    return found | {PROPOSED: proposal(session).scheme}


def _add_asked(found: dict[str, Scheme], session: Session) -> None:
    """An earlier revision, an archived scheme, or one renamed since: whatever was saved opens by its link."""
    asked = str(st.session_state.get(SCHEME_KEY) or st.query_params.get(SCHEME_KEY) or "")
    saved = None if asked in found else session.journal.find_scheme(asked)
    if saved is not None:
        st.session_state[SCHEME_KEY] = scheme_key(saved.scheme)
        found.setdefault(scheme_key(saved.scheme), saved.scheme)


def linked_draft(session: Session) -> tuple[Scheme, str] | None:
    """The kept draft the link names, and the key of the scheme it was changed from; None where it names none."""
    told = st.session_state.get(LINKED_KEY) or st.query_params.get(LINK_KEY)
    found = session.journal.find_draft(str(told)) if told else None
    if found is None:
        if told:
            st.session_state.setdefault(REFUSED, {})[LINK_KEY] = str(told)
        leave_draft()
        return None
    st.session_state[LINKED_KEY] = st.query_params[LINK_KEY] = str(told)
    st.session_state[SCHEME_KEY] = f"{LINK_KEY}={told}"
    return found


def leave_draft() -> None:
    """The link names no draft any more."""
    st.session_state.pop(LINKED_KEY, None)
    if LINK_KEY in st.query_params:
        del st.query_params[LINK_KEY]


def link_draft(session: Session, draft: Scheme, origin: str) -> None:
    """Keep a draft in the journal and name only its id in the link; from the next run on it is the base."""
    st.session_state[LINKED_KEY] = session.journal.keep_draft(draft, origin, AUTHOR, now())
    for key in [str(key) for key in st.query_params if str(key) in _DECISIONS or is_control(str(key))]:
        del st.query_params[key]
    st.query_params[LINK_KEY] = st.session_state[LINKED_KEY]
    st.session_state["draft"] = draft


def take_params(session: Session, method: str, params: Mapping[str, Any]) -> None:
    """The scheme on the screen with these parameters becomes a draft of its own, named by the link: for what no single
    control holds. Call it from a callback. SettingError where they make no method."""
    make(method, params)
    held: Scheme | None = st.session_state.get("draft")
    if held is None:
        raise SettingError("rules.none")
    scheme = held.changed(method=method, method_params=dict(params), fitted=None)
    link_draft(session, scheme, find_origin(session, base_schemes(session))[0])
    adopt(scheme)


def find_origin(session: Session, bases: Mapping[str, Scheme]) -> tuple[str, Scheme]:
    """What the draft was changed from, with its key: the scheme picked, for a kept draft the one it came from."""
    picked: str = st.session_state[SCHEME_KEY]
    linked = linked_draft(session)
    if linked is None:
        return picked, bases[picked]
    draft, key = linked
    saved = None if key in bases else session.journal.find_scheme(key)
    return (key, bases[key]) if key in bases else (picked, saved.scheme if saved else draft)


def start_from(key: str, scheme: Scheme) -> None:
    """Begin anew from a scheme; call it from a callback, before the controls are drawn."""
    leave_draft()
    st.session_state.pop(STATED_KEY, None)
    st.session_state[SCHEME_KEY] = key
    st.session_state["draft"] = scheme
    adopt(scheme)


def scheme_key(scheme: Scheme) -> str:
    """`name.revision`, as a link names a saved scheme."""
    return f"{scheme.name}.{scheme.revision}"


def current_scheme(session: Session) -> Scheme:
    """The scheme on the screen, for pages that have no controls for it."""
    held: Scheme | None = st.session_state.get("draft")
    bases = base_schemes(session)
    return held or bases.get(st.session_state.get(SCHEME_KEY, "")) or next(iter(bases.values()))


def cut_key(kind: CutKind, place: int) -> str:
    return f"{kind}{place + 1}"


def param_key(method: str, name: str) -> str:
    return f"{method}.{name}"


def shown_cut(kind: CutKind, cut: float) -> float:
    """A cut as its slider shows it: shares in percent."""
    return round(cut * 100, 6) if kind in PERCENT_KINDS else cut


def meant_cut(kind: CutKind, value: float) -> float:
    """What a slider's value means as a cut."""
    return round(value / 100, 8) if kind in PERCENT_KINDS else float(value)


def values_of(scheme: Scheme) -> dict[str, Any]:
    """Control key → value that shows this scheme."""
    values: dict[str, Any] = {
        KIND_KEY: scheme.policy.kind,
        METHOD_KEY: scheme.method,
        OUTCOME_KEY: scheme.outcome,
        DAYS_KEY: str(scheme.outcome_days),
        NAMES_KEY: ",".join(scheme.policy.names),
        WITHIN_KEY: scheme.lines_within or NOT_WITHIN,
    }
    for place, cut in enumerate(scheme.policy.cuts):
        values[cut_key(scheme.policy.kind, place)] = shown_cut(scheme.policy.kind, cut)
    for told in params_of(methods()[scheme.method]):
        value = scheme.method_params.get(told.name, told.default)
        values[param_key(scheme.method, told.name)] = str(value) if told.choices else value
    for listed in lists_of(methods()[scheme.method]):
        names = scheme.method_params.get(listed.name, listed.default)
        values[param_key(scheme.method, listed.name)] = names if listed.is_single else as_list(names)
    return values


def adopt(scheme: Scheme) -> None:
    """Put a whole scheme onto the controls; call it from a callback, before they are drawn."""
    for key, value in values_of(scheme).items():
        st.session_state[key] = value


def ordered(kind: CutKind, cuts: list[float]) -> tuple[float, ...]:
    """Cuts in the order their kind asks for, as a link may bring them in any: falling points, rising shares."""
    if kind == "hours":
        return tuple(cuts)
    return tuple(accumulate(cuts, min if kind == "score" else max))


def push(kind: CutKind, place: int, count: int) -> None:
    """After a line was moved: lines it was moved across go along with it."""
    moved = st.session_state[cut_key(kind, place)]
    if kind == "hours":
        return
    for other in range(count):
        key = cut_key(kind, other)
        held = st.session_state.get(key)
        if held is None or other == place:
            continue
        is_before = other < place
        goes_up = is_before == (kind == "score")
        st.session_state[key] = max(held, moved) if goes_up else min(held, moved)


def is_control(key: str) -> bool:
    """Whether a key of the link belongs to a line or to a method's parameter: those come and go."""
    return is_line(key) or is_param(key)


def is_line(key: str) -> bool:
    return key[-1:].isdigit() and key[:-1] in CUT_KINDS


def is_param(key: str) -> bool:
    method, dot, _ = key.partition(".")
    return bool(dot) and method in methods()


def forget_params() -> None:
    """Once a method's own controls are drawn: take those of another method out of the link."""
    drop_from_link(is_param)


def is_changed_in_link() -> bool:
    """Whether the link holds more of a scheme than its name: then it must name the scheme it started from, or it would
    say something else as soon as another one is published. A kept draft is such a name."""
    told = {str(key) for key in st.query_params} - {SCHEME_KEY}
    return LINK_KEY not in told and any(key in _SCHEME_STATE or is_control(key) for key in told)


def keep(draft: Scheme) -> None:
    """Keep the scheme on the screen for the other pages and for the link."""
    st.session_state["draft"] = draft
    drop_from_link(is_line)
    started_from = st.session_state[SCHEME_KEY]
    if is_changed_in_link() and st.query_params.get(SCHEME_KEY) != started_from:
        st.query_params[SCHEME_KEY] = started_from
    if ADDRESS_CHARACTERS + len(urlencode(st.query_params.to_dict())) > LINK_CHARACTERS:
        session = current()
        link_draft(session, draft, find_origin(session, base_schemes(session))[0])
        st.rerun()  # the kept draft is the base from here on: what the link says must be said against it


def follow_book(session: Session) -> None:
    """Forget what was tried on the sample once the own data are there: their scheme is proposed from them."""
    if st.session_state.get("follows_sample", session.is_sample) and not session.is_sample:
        for held in (st.session_state, st.query_params):
            for key in [str(key) for key in held if str(key) in _SCHEME_STATE or is_control(str(key))]:
                del held[key]
    st.session_state["follows_sample"] = session.is_sample


def make_draft(base: Scheme, changes: Mapping[str, Any], policy: TierPolicy) -> Scheme:
    """The scheme the controls describe. Edges stay frozen only while the method says the same as the base's."""
    method, params = changes["method"], changes["method_params"]
    is_same = method == base.method and make(method, params) == make(base.method, dict(base.method_params))
    keeps_fit = is_same and changes["lines_within"] == base.lines_within
    return base.changed(
        **{**changes, "method_params": dict(base.method_params) if is_same else params},
        policy=policy,
        fitted=base.fitted if keeps_fit else None,
    )


def count_changes(draft: Scheme, base: Scheme) -> int:
    """How many decisions differ: each line, name list, outcome, window, method and parameter counts one."""
    ours, theirs = values_of(draft), values_of(base)
    if draft.method != base.method:
        mine = {key for key in ours if key.startswith(f"{draft.method}.")}
        ours = {key: value for key, value in ours.items() if key not in mine}
    if draft.policy.kind != base.policy.kind:
        ours = {key: value for key, value in ours.items() if key.rstrip("12345") not in CUT_KINDS}
    return sum(theirs.get(key) != value for key, value in ours.items())
