"""The project's own source as trees, shared by the house checks."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORE = ROOT / "segmentation"


@cache
def trees() -> dict[Path, ast.Module]:
    """Every Python file that is part of the product, parsed; paths relative to the root."""
    files = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py")), *sorted(CORE.rglob("*.py"))]
    return {path.relative_to(ROOT): ast.parse(path.read_text("utf-8")) for path in files}


def imports(tree: ast.Module) -> set[str]:
    """Dotted names of every module a file imports, at any depth; TYPE_CHECKING blocks count as imports too."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found
