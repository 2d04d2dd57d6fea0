"""Who may import whom, where the clock is, and how long things may get."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.source import ROOT, imports, trees

# Left to right: a room may import its own row and the rows before it. A name is a module or a folder of the core.
ORDER: tuple[tuple[str, ...], ...] = (
    ("errors", "settings", "tables", "identities", "background"),
    ("i18n",),
    ("schemes",),
    ("intake",),
    ("store", "journal"),
    ("features", "ratings", "outcomes", "effort", "summary"),
    (
        "scales",
        "tally",
        "clv",
        "fields",
        "conditions",
        "answers",
        "condition_forms",
        "condition_sentences",
        "coverage",
    ),
    ("planes", "score_cards", "segment_order", "rule_presets", "stages", "levels", "weighing", "rule_edits"),
    ("clustering",),
    ("methods",),
    ("within",),
    ("ladder", "tiers", "rates", "verdicts", "search", "cutpoints", "survival"),
    ("proposals",),
    ("allocation",),
    ("histories", "standing", "replays"),
    (
        "rosters",
        "crossings",
        "overrides",
        "tags",
        "tag_presets",
        "tag_bearers",
        "pasted_customers",
        "holdouts",
    ),
    ("groupings", "cycles", "override_results"),
    ("results",),
    (
        "tuning",
        "comparisons",
        "matrix",
        "scheme_differences",
        "scheme_files",
        "sweep",
        "paired",
        "certainties",
        "fragmentation",
        "guards",
    ),
    ("validation",),
    ("agreement", "comfort", "standouts"),
    (
        "ways",
        "quality",
        "groups",
        "explanations",
        "reasons",
        "lists",
        "modelled",
        "seller_lists",
        "records",
        "drivers",
    ),
    ("figures",),
    ("export",),
    ("audits", "departures", "restorations"),
    ("restatements",),
    ("aliases",),
    ("sample", "imports", "commands"),
    ("import_command", "score_command", "scoreboard_command", "tag_command"),
    ("ui",),
    ("pages", "app", "__main__"),
)
RANKS = {name: rank for rank, names in enumerate(ORDER) for name in names}
LIBRARIES = {
    "streamlit": {"ui", "pages", "app"},
    "plotly": {"figures"},
    "sklearn": {"methods", "clustering", "validation"},
}
DUCKDB = ("segmentation/store", "segmentation/intake/fast_csv")
CLOCK = {"now", "today", "utcnow"}


def room(path: Path) -> str:
    parts = path.with_suffix("").parts
    name = parts[1] if parts[0] == "segmentation" and len(parts) > 1 else parts[0]
    return family(name)


def family(name: str) -> str:
    """`store_files` belongs to `store`, `journal_log` to `journal`."""
    stem = name.split("_", maxsplit=1)[0]
    return stem if stem in ("store", "journal") else name


def own_imports(path: Path, tree: ast.Module) -> set[str]:
    found = set()
    for name in imports(tree):
        parts = name.split(".")
        if parts[0] == "segmentation" and len(parts) > 1:
            found.add(family(parts[1]))
        elif parts[0] in ("pages", "app"):
            found.add(parts[0])
    return {name for name in found if name in RANKS}


@pytest.mark.parametrize("path", trees(), ids=str)
def test_every_room_is_on_the_plan(path: Path) -> None:
    assert room(path) in RANKS or path.name == "__init__.py", f"{path} has no place in ORDER"


@pytest.mark.parametrize("path", trees(), ids=str)
def test_data_flows_left_to_right(path: Path) -> None:
    if path == Path("segmentation/__init__.py"):
        return
    rank = RANKS[room(path)]
    backwards = {name for name in own_imports(path, trees()[path]) if RANKS[name] > rank}
    assert not backwards, f"{path} imports {backwards}"


@pytest.mark.parametrize("path", trees(), ids=str)
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(trees()[path])}
    for library, rooms in LIBRARIES.items():
        assert library not in roots or room(path) in rooms, f"{path} imports {library}"
    assert "duckdb" not in roots or str(path.as_posix()).startswith(DUCKDB), f"{path} imports duckdb"


def test_methods_never_import_each_other() -> None:
    for path, tree in trees().items():
        if path.parts[:2] == ("segmentation", "methods") and path.stem not in (
            "base",
            "registry",
            "__init__",
        ):
            others = {n for n in imports(tree) if n.startswith("segmentation.methods")}
            own = f"segmentation.methods.{path.parts[2].removesuffix('.py').removesuffix('_model')}_model"
            allowed = (
                "segmentation.methods.base",
                own,
            )  # what one method needs beside its file stands in its folder
            assert all(n.startswith(allowed) for n in others), f"{path}: {others}"


@pytest.mark.parametrize("path", trees(), ids=str)
def test_the_clock_is_read_only_above_the_core(path: Path) -> None:
    if room(path) in ("ui", "__main__"):
        return
    for node in ast.walk(trees()[path]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_clock = node.func.attr in CLOCK or (
                node.func.attr == "time"
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "time"
            )
            assert not is_clock, f"{path}:{node.lineno} reads the clock"


@pytest.mark.parametrize("path", trees(), ids=str)
def test_nothing_grows_too_long(path: Path) -> None:
    lines = len((ROOT / path).read_text("utf-8").splitlines())
    most = 60 if path == Path("app.py") else 100 if path.parts[0] == "pages" else 300
    assert lines <= most, f"{path} has {lines} lines, at most {most}"
    for node in ast.walk(trees()[path]):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= 50, f"{path}:{node.lineno} {node.name} has {length} lines"


def test_no_module_is_called_by_what_it_is_not() -> None:
    shunned = {"utils", "helpers", "common", "manager", "service", "util", "helper"}
    assert not [path for path in trees() if path.stem in shunned]


def test_no_posix_only_import_at_module_level() -> None:
    for path, tree in trees().items():
        top = {
            alias.name
            for node in tree.body
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in (node.names if isinstance(node, ast.Import) else [ast.alias(node.module or "")])
        }
        assert not top & {"resource", "fcntl", "pwd", "grp", "termios"}, path
