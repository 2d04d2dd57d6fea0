"""Every text in both languages, every id used exists, and no id is left over."""

from __future__ import annotations

import ast
import re
import string

import pytest

from segmentation.i18n import LANGUAGES, LOCALES, Code
from tests.house.source import CORE, trees

# Ids made from a code at run time: the code is data of the core, the prefix is fixed.
MADE = re.compile(r"^[a-z_]+(\.[a-z0-9_]+)+$")


def entries(code: Code) -> dict[str, tuple[str, ...]]:
    """Message id → its wordings in `code`."""
    from babel.messages.pofile import read_po

    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((CORE / "locale" / code).glob("*.po")):
        with path.open("rb") as handle:
            for message in read_po(handle, locale=LOCALES[code]):
                key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
                if key:
                    assert key not in found, f"{key} twice in {code}"
                    found[key] = message.string if isinstance(message.string, tuple) else (message.string,)
    return found


def placeholders(wording: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(wording) if name}


def literals_of_the_source() -> set[str]:
    """Every string literal of the product."""
    return {
        node.value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def said_ids() -> dict[str, str]:
    """Ids passed literally to `say(...)` or as the code of an error, an issue or a question."""
    said = {}
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            speaks = name == "say" or name.endswith("Error") or name == "Issue"
            is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
            if speaks and is_text and MADE.match(first.value):
                said[first.value] = f"{path}:{node.lineno}"
    return said


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_wording_is_empty(code: Code) -> None:
    assert not [key for key, wordings in entries(code).items() if not all(wordings)]


def test_both_languages_say_the_same_things() -> None:
    en, zh = entries("en"), entries("zh")
    assert not set(en) ^ set(zh), f"only in one language: {sorted(set(en) ^ set(zh))}"
    for key in en:
        used_en = set().union(*map(placeholders, en[key]))
        used_zh = set().union(*map(placeholders, zh[key]))
        assert used_en == used_zh, f"{key}: {used_en} against {used_zh}"


def test_what_is_said_has_words() -> None:
    known = entries("en")
    missing = {key: place for key, place in said_ids().items() if key not in known}
    assert not missing, missing


def test_no_words_are_left_over() -> None:
    literals = literals_of_the_source()
    source = "\n".join(path.read_text("utf-8") for path in CORE.rglob("*.py"))
    source += "\n".join(path.read_text("utf-8") for path in (CORE.parent / "pages").glob("*.py"))
    prefixes = set(re.findall(r'f"([a-z_]+(?:\.[a-z_]+)*\.)\{', source))
    unused = [
        key
        for key in entries("en")
        if key not in literals and not any(key.startswith(prefix) for prefix in prefixes)
    ]
    assert not unused, unused


def test_chinese_is_chinese() -> None:
    """Running Chinese text carries Chinese; half-width commas and colons between Han characters are slips."""
    slip = re.compile(r"[\u4e00-\u9fff][,:;?!][\u4e00-\u9fff]")
    slips = {key: wordings for key, wordings in entries("zh").items() if any(map(slip.search, wordings))}
    assert not slips, slips
    bold = {
        key: w
        for key, w in entries("zh").items()
        if any(re.search(r"[。，；：）]\*\*\S", text) for text in w)
    }
    assert not bold, bold
