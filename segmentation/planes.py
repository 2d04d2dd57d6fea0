"""What a method's two-axis view is called: its axes, and the nine cells of their thirds."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.i18n import Text

# By the first axis best first, within it by the second best first.
CELLS = (
    *("core", "deepen", "wake"),
    *("growing", "regular", "revisit"),
    *("promising", "standard", "light"),
)
VALUE, BEHAVIOUR = Text("Value", "价值"), Text("Behaviour", "行为")


@dataclass(frozen=True)
class Plane:
    """`axes`: columns of `Scored.axes`, first the one drawn upwards; `texts`: their names; `cells`: a name for each of
    `CELLS`."""

    axes: tuple[str, str]
    texts: tuple[Text, Text]
    cells: tuple[Text, ...]

    def cell(self, cell: str) -> Text:
        return self.cells[CELLS.index(cell)]

    @property
    def has_usual_cells(self) -> bool:
        """Whether the cells mean what value and behaviour make of them."""
        return self.cells == USUAL_CELLS


USUAL_CELLS = (
    Text("Core", "核心"),
    Text("Deepen", "深耕"),
    Text("Wake up", "唤醒"),
    Text("Growing", "成长"),
    Text("Regular", "常规"),
    Text("Revisit", "回访"),
    Text("Promising", "培育"),
    Text("Standard", "标准服务"),
    Text("Light touch", "轻量维护"),
)
VALUE_BEHAVIOUR = Plane(("value", "behaviour"), (VALUE, BEHAVIOUR), USUAL_CELLS)
