"""Write the README's table of inputs from `tables.py`: `python -m tests.house.readme`."""

from __future__ import annotations

import re

from segmentation.tables import TABLES
from tests.house.source import ROOT

README = ROOT / "README.md"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"


def table_of_inputs() -> str:
    """Markdown: one row per column of every canonical table, with the first names it is recognised by."""
    lines = ["| table | column | what it is | also recognised as |", "|---|---|---|---|"]
    for table in TABLES.values():
        for place, column in enumerate(table.columns):
            told = f"{column.meaning}{f' ({column.unit})' if column.unit else ''}"
            others = [alias for alias in column.aliases if alias != column.name]
            english = [alias for alias in others if alias.isascii()][:2]
            chinese = [alias for alias in others if not alias.isascii()][:2]
            first = f"**{table.name}** {table.grain}" if not place else ""
            need = " *required*" if column.required else ""
            cells = (first, f"`{column.name}`{need}", told, ", ".join([*english, *chinese]))
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def written_table(text: str) -> str:
    """What stands between the markers."""
    found = re.search(f"{BEGIN}\n(.*?)\n?{END}", text, re.S)
    assert found, "README.md lost its table markers"
    return found.group(1).strip()


def rewrite() -> None:
    text = README.read_text("utf-8")
    head, rest = text.split(BEGIN)
    README.write_text(f"{head}{BEGIN}\n{table_of_inputs()}\n{END}{rest.split(END)[1]}", "utf-8")


if __name__ == "__main__":
    rewrite()
