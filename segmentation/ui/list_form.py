"""A method's lists of names: values of a column, or extra columns of the file, picked from what the data hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation.i18n import Language
from segmentation.methods.base import Method, lists_of
from segmentation.ui import drafts
from segmentation.ui.caches import names_once
from segmentation.ui.controls import choose, pick
from segmentation.ui.escape import plain
from segmentation.ui.session import current


def ask_lists(method: type[Method], held: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """A control per list; a list there is nothing to pick for is left as it is held."""
    here, found = current(), dict[str, Any]()
    for told in lists_of(method):
        value = held.get(told.name, told.default)
        options = names_once(here.book, here.store_key, told.of)
        key, label = drafts.param_key(method.name, told.name), told.text.in_(language.code)
        help_text = told.help.in_(language.code) or None
        if not options and not value:
            found[told.name] = value
        elif told.is_single:
            texts = {"": language.say("tune.pick.none"), **{name: plain(name) for name in options}}
            found[told.name] = choose(label, texts, str(value), key, help=help_text)
        else:
            placeholder = language.say("tune.pick")
            found[told.name] = pick(label, options, value, key, placeholder=placeholder, help=help_text)
    return found
