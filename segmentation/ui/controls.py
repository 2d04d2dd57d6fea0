"""Controls whose value is held under a key of its own: it survives page switches, stands in the link, and can be set.

Streamlit's own URL binding is not used: it writes what `format_func` shows, so a Chinese link would not open in
English, and it misses values set by the program. Here `st.session_state[key]` is the value, the widget only shows it,
and the link holds exactly what differs from the defaults.

A widget on the screen is never written to. Where keys are pressed faster than runs end, the browser sends along what
every widget showed before the last run; of a widget that run has written to, the old value would count as a choice and
undo the keys pressed since. A value set from elsewhere is therefore shown by a *new* widget; the one before has no say.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from segmentation.ui.session import current

T = TypeVar("T")
React = Callable[[], None]
REFUSED = "refused_link"


def choose(
    label: str,
    texts: Mapping[str, str],
    default: str,
    key: str,
    *,
    on_change: React | None = None,
    accepts_new: Callable[[str], bool] | None = None,
    is_always_told: bool = False,
    **look: Any,
) -> str:
    """A selectbox over value → text. `accepts_new` lets a person type a value of their own that passes it;
    with `is_always_told` the link names the value even where it is the default."""
    held, widget = _hold(
        key, default, _reader(texts, accepts_new), current().language.code, is_always_told=is_always_told
    )
    options = list(texts) if held in texts else [*texts, held]
    st.selectbox(
        label,
        options,
        options.index(held),
        format_func=lambda value: texts.get(value, value),
        key=widget,
        on_change=_take,
        args=(key, widget, on_change),
        accept_new_options=accepts_new is not None,
        **look,
    )
    return held


def switch(label: str, texts: Mapping[str, str], default: str, key: str) -> str:
    """One of a few, all in sight."""
    held, widget = _hold(key, default, _reader(texts), current().language.code)
    st.segmented_control(
        label,
        list(texts),
        default=held,
        format_func=texts.__getitem__,
        key=widget,
        on_change=_take,
        args=(key, widget, None),
        required=True,
        label_visibility="collapsed",
    )
    return held


def hold_choice(texts: Mapping[str, str], default: str, key: str) -> str:
    """The value the switch of `key` will show."""
    return _hold(key, default, _reader(texts), current().language.code)[0]


def hold_number(bounds: tuple[float, float, float], default: float, key: str) -> float:
    """The value the slider of `key` will show."""
    return _hold(key, default, lambda text: _number(text, bounds), "slider")[0]


def slide(
    label: str,
    bounds: tuple[float, float, float],
    default: float,
    key: str,
    *,
    on_change: React | None = None,
    **look: Any,
) -> float:
    """A slider; `bounds` are lowest, highest and step, all int or all float. A held value outside gives way."""
    return _ask_number(st.slider, label, bounds, default, key, kind="slider", on_change=on_change, **look)


def count(
    label: str,
    bounds: tuple[float | None, float | None, float],
    default: float,
    key: str,
    *,
    on_change: React | None = None,
    **look: Any,
) -> float:
    """A number typed; beside a slider of the same key it is its exact twin."""
    return _ask_number(
        st.number_input, label, bounds, default, key, kind="number", on_change=on_change, **look
    )


def _ask_number(
    draw: Callable[..., object],
    label: str,
    bounds: tuple[float | None, float | None, float],
    default: float,
    key: str,
    *,
    kind: str,
    on_change: React | None,
    **look: Any,
) -> float:
    low, high, step = bounds
    held, widget = _hold(key, default, lambda text: _number(text, bounds), kind)
    args = (key, widget, on_change)
    draw(label, low, high, type(step)(held), step, key=widget, on_change=_take, args=args, **look)
    return held


def tick(label: str, default: bool, key: str, **look: Any) -> bool:
    """Yes or no."""
    held, widget = _hold(key, default, {"True": True, "False": False}.get, "tick")
    st.checkbox(label, held, key=widget, on_change=_take, args=(key, widget, None), **look)
    return held


def pick(
    label: str, options: Sequence[str], default: Sequence[str], key: str, *, placeholder: str, **look: Any
) -> tuple[str, ...]:
    """Any number of names, those not among the options too: they are data, and another month may not have them."""
    held, widget = _hold(key, as_list(default), _listed, "pick", as_list)
    names = json.loads(held)
    st.multiselect(
        label,
        list(dict.fromkeys([*options, *names])),
        names,
        key=widget,
        on_change=_take,
        args=(key, widget, None, as_list),
        placeholder=placeholder,
        **look,
    )
    return tuple(names)


def as_list(names: Sequence[str]) -> str:
    """Names as one text, as the link holds them."""
    return json.dumps(list(names), ensure_ascii=False)


def _listed(text: str) -> str | None:
    try:
        names = json.loads(text)
    except ValueError:
        return None
    is_fine = isinstance(names, list) and all(isinstance(name, str) and name for name in names)
    return as_list(names) if is_fine else None


def pick_date(label: str, default: dt.date, key: str, latest: dt.date, **look: Any) -> dt.date:
    """A date not after `latest`."""
    held, widget = _hold(key, default, lambda text: _date(text, latest), "date")
    earliest = min(held, latest - dt.timedelta(days=365 * 30))
    st.date_input(
        label,
        held,
        key=widget,
        min_value=earliest,
        max_value=latest,
        on_change=_take,
        args=(key, widget, None),
        **look,
    )
    return held


def refused() -> tuple[str, ...]:
    """What the link asked for and no control has, as `name=value`; forgotten once a control is changed."""
    return tuple(f"{key}={value}" for key, value in st.session_state.get(REFUSED, {}).items())


def drop_from_link(is_control: Callable[[str], bool]) -> None:
    """Take controls that were not drawn in this run out of the link (sliders of another unit or method)."""
    drawn: set[str] = st.session_state.pop("drawn_controls", set())
    for key in list(st.query_params):
        if is_control(key) and key not in drawn:
            del st.query_params[key]


def _hold(
    key: str,
    default: T,
    read: Callable[[str], T | None],
    kind: str,
    as_held: Callable[[Any], Any] = lambda shown: shown,
    *,
    is_always_told: bool = False,
) -> tuple[T, str]:
    """The value held, and the key of the widget that shows it.

    Held: what was set or chosen before, else the link's, else the default; one no longer valid gives way. The browser
    remembers the *text* of a choice, hence one widget per language (`kind`). `as_held`: what
    it shows → its value.
    """
    told = st.session_state[key] if key in st.session_state else st.query_params.get(key)
    found = default if told is None else read(str(told))
    if found is None and key not in st.session_state:
        st.session_state.setdefault(REFUSED, {})[key] = str(told)
    held = default if found is None else found
    st.session_state[key] = held
    name = f"{key}@{kind}"
    widgets: dict[str, str] = st.session_state.setdefault("widgets", {})
    widget = widgets.setdefault(name, name)
    if widget in st.session_state and as_held(st.session_state[widget]) != held:
        widget = widgets[name] = _next_of(name, widget)
    st.session_state.setdefault("drawn_controls", set()).add(key)
    _tell_link(key, _written(held), None if is_always_told else _written(default))
    return held, widget


def _take(
    key: str, widget: str, on_change: React | None, as_held: Callable[[Any], Any] = lambda shown: shown
) -> None:
    """The reader changed a widget: hold its value before anything is drawn. `_hold` judges whether it is valid."""
    if widget not in st.session_state["widgets"].values():
        return
    st.session_state.pop(REFUSED, None)  # whoever changes something has read it
    if st.session_state[widget] is not None:
        st.session_state[key] = as_held(st.session_state[widget])
    if on_change is not None:
        on_change()


def _next_of(name: str, widget: str) -> str:
    """The key of the widget that follows `widget`: `name`, `name.1`, `name.2` …"""
    return f"{name}.{int(widget.removeprefix(name).lstrip('.') or 0) + 1}"


def _written(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _tell_link(key: str, value: str, default: str | None) -> None:
    told = st.query_params.get(key)
    if value == default and told is not None:
        del st.query_params[key]
    elif value not in (default, told):
        st.query_params[key] = value


def _reader(
    texts: Mapping[str, str], accepts_new: Callable[[str], bool] | None = None
) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        return text if text in texts or (accepts_new is not None and accepts_new(text)) else None

    return read


def _number(text: str, bounds: tuple[float | None, float | None, float]) -> float | None:
    low, high, step = bounds
    try:
        value = float(text)
    except ValueError:
        return None
    if not math.isfinite(value) or (low is not None and value < low) or (high is not None and value > high):
        return None
    return int(value) if isinstance(step, int) else value


def _date(text: str, latest: dt.date) -> dt.date | None:
    try:
        value = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return value if value <= latest else None


def first_of(values: Sequence[str], wanted: str) -> str:
    """`wanted` where it is among the values, else the first."""
    return wanted if wanted in values else values[0]
