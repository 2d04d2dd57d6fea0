"""Settings: how many tiers, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from segmentation.figures.theme import Look
from segmentation.schemes import Scheme
from segmentation.ui.blocks import grey, title
from segmentation.ui.settings_saved import key_of
from segmentation.ui.tier_names import FEWEST, MOST, PRESETS, more_names, preset_names

OWN = "own"
NAME_PIXELS = 138
COUNT_KEY = "set.count"
# Names that must not reach a customer: a forwarded screenshot loses the customer (glossary).
CAREFUL = "potential"


def ask_tiers(scheme: Scheme, look: Look) -> tuple[str, ...]:
    """How many tiers, and what they are called; a preset fills the names in."""
    title(look.say("set.tiers"), look.say("set.tiers.unit"))
    names = {preset: preset_names(preset, look.language) for preset in PRESETS}
    texts = {OWN: look.say("set.preset.own")} | {
        preset: look.say(f"set.preset.{preset}") for preset in PRESETS
    }
    held = next((preset for preset, known in names.items() if known == scheme.policy.names), OWN)
    preset = st.selectbox(
        look.say("set.preset"), list(texts), list(texts).index(held), format_func=texts.__getitem__,
        key=key_of("preset", look), on_change=_take_preset, args=(key_of("preset", look), names),
    )  # fmt: skip
    if preset == CAREFUL:
        grey(look.say("set.names.careful"))
    count = st.segmented_control(
        look.say("set.count"), list(range(FEWEST, MOST + 1)), default=len(scheme.policy.names), required=True,
        key=COUNT_KEY, on_change=_name_preset, args=(scheme, look),
    )  # fmt: skip
    wanted = more_names(scheme.policy.names, int(count or len(scheme.policy.names)))
    with st.container(horizontal=True):
        return tuple(_ask_name(place, name, scheme, look) for place, name in enumerate(wanted))


def _ask_name(place: int, name: str, scheme: Scheme, look: Look) -> str:
    typed = st.text_input(
        look.say("set.name", place=place + 1), name, max_chars=40, key=f"set.name.{place}", width=NAME_PIXELS,
        on_change=_name_preset, args=(scheme, look),
    )  # fmt: skip
    # A comma parts names in a link.
    return " ".join(str(typed).replace(",", " ").replace("，", " ").split())


def _name_preset(scheme: Scheme, look: Look) -> None:
    """The preset box says what the names are now: a known set, or own names."""
    count = int(st.session_state.get(COUNT_KEY) or len(scheme.policy.names))
    wanted = more_names(scheme.policy.names, count)
    names = tuple(
        str(st.session_state.get(f"set.name.{place}", name)).strip() for place, name in enumerate(wanted)
    )
    known = (preset for preset in PRESETS if preset_names(preset, look.language) == names)
    st.session_state[key_of("preset", look)] = next(known, OWN)


def _take_preset(key: str, names: Mapping[str, Sequence[str]]) -> None:
    chosen = names.get(st.session_state[key])
    if chosen:
        st.session_state[COUNT_KEY] = len(chosen)
        for place, name in enumerate(chosen):
            st.session_state[f"set.name.{place}"] = name
