"""A method's own controls, drawn from the parameters it declares: a new method needs nothing here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from segmentation.errors import SettingError
from segmentation.i18n import Language
from segmentation.methods.base import Method, Param, of_months, params_of
from segmentation.methods.registry import broken_methods, make, methods
from segmentation.schemes import Scheme
from segmentation.ui import drafts, held_lines, rule_form, stage_form
from segmentation.ui.controls import choose, count, first_of, slide, tick
from segmentation.ui.escape import plain
from segmentation.ui.list_form import ask_lists


def ask_method(
    base: Scheme,
    language: Language,
    reasons: Mapping[str, str] | None = None,
    *,
    is_monthly: bool = False,
) -> tuple[str, dict[str, Any]]:
    """The method and the values of its parameters; methods that failed to load are named, the rest work.

    `reasons`: why "method" and parameters by their name were proposed, shown in the help of their controls.
    `is_monthly`: orders are totals of months, and labels say so.
    """
    because = dict(reasons or {})
    known = methods()
    method = choose(
        language.say("tune.method"),
        {name: found.text.in_(language.code) for name, found in known.items()},
        first_of(list(known), base.method),
        drafts.METHOD_KEY,
        on_change=held_lines.restate_for_method,
        help=_join(because.get("method"), *(_tell(found, language) for found in known.values())),
    )
    for broken in broken_methods():
        st.error(language.say(broken.code, file=plain(broken.file), detail=plain(broken.detail)))
    defaults = drafts.values_of(
        base if method == base.method else base.changed(method=method, method_params={})
    )
    held = base.method_params if method == base.method else {}
    drawn = params_of(known[method])
    if is_monthly:
        drawn = tuple(replace(told, text=of_months(told.text)) for told in drawn)
    # What has no control (the columns a flat sheet is scored by) stays as the scheme has it.
    params: dict[str, Any] = {name: held[name] for name in held.keys() - {shown.name for shown in drawn}}
    # Weights stand first, where they can be moved without scrolling, and are read after what decides on them.
    places = {True: st.container(), False: st.container()}
    for told in drawn:
        value = defaults[drafts.param_key(method, told.name)]
        if told.name not in idle_params(method, params):
            with places[told.name.endswith("_weight")]:
                params[told.name] = ask_param(told, method, value, language, because)
        else:
            params[told.name] = held.get(told.name, told.default)
    params |= ask_lists(known[method], held, language)
    if stage_form.has_stages(known[method]):
        stage_form.draw_stages(method, params, language)
    if rule_form.builds_rules(known[method]):
        rule_form.draw_rules(base, method, params, language)
    return method, params


def idle_params(method: str, params: Mapping[str, Any]) -> frozenset[str]:
    """Parameters that change nothing with the choices made above them; none where these make no method at all."""
    try:
        return frozenset(getattr(make(method, params), "idle_params", ()))
    except SettingError:
        return frozenset()


def ask_param(
    told: Param, method: str, value: Any, language: Language, because: Mapping[str, str] | None = None
) -> Any:
    """One control: a selection where choices are declared, a switch for yes/no, else a slider or a number."""
    key, label = drafts.param_key(method, told.name), told.text.in_(language.code)
    help_text = _join((because or {}).get(told.name), told.help.in_(language.code))
    if told.choices:
        return _ask_choice(told, key, label, value, language, help_text=help_text)
    if isinstance(told.default, bool):
        return tick(label, bool(value), key, help=help_text)
    kind = int if isinstance(told.default, int) else float
    low, high = (None if bound is None else kind(bound) for bound in (told.low, told.high))
    step = kind(told.step if told.step is not None else 1)
    if low is None or high is None:
        return count(label, (low, high, step), kind(value), key, help=help_text)
    shape = "percent" if told.unit == "share" else None
    return slide(label, (low, high, step), kind(value), key, format=shape, help=help_text)


def _tell(method: type[Method], language: Language) -> str:
    name, told = method.text.in_(language.code), method.help.in_(language.code)
    return f"**{name}** · {told}"


def _join(*paragraphs: str | None) -> str | None:
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) or None


def _ask_choice(
    told: Param, key: str, label: str, value: Any, language: Language, *, help_text: str | None
) -> Any:
    """Choices travel as words, so that None (all history) and numbers survive the URL."""
    meanings = {str(choice): choice for choice, _ in told.choices}
    texts = {str(choice): text.in_(language.code) for choice, text in told.choices}
    start = first_of(list(texts), str(value))
    return meanings[choose(label, texts, start, key, help=help_text)]
