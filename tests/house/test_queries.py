"""Every .sql file is named once in the code, says its grain, binds only named parameters, and runs."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.source import CORE, trees

FILES = sorted((CORE / "sql").glob("*.sql"))


def queried() -> set[str]:
    """Names passed literally to `.query(...)` anywhere in the core."""
    return {
        node.args[0].value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "query"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_query_has_a_file_and_every_file_a_query() -> None:
    literals = {
        node.value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    names = {path.stem for path in FILES}
    assert queried() <= names, queried() - names
    assert names <= literals, names - literals


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_query_says_its_grain_and_interpolates_nothing(path) -> None:
    text = path.read_text("utf-8")
    head = "\n".join(line for line in text.splitlines() if line.startswith("--"))
    assert "Grain:" in head or "grain:" in head, f"{path.name} does not say its grain"
    body = re.sub(r"--.*", "", text)
    assert "{" not in body and "%s" not in body and "?" not in body, path.name
