"""Every possible line: four panels of what each position would give, with the line as it stands on all of them."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, isnan, log10
from typing import Any

import numpy as np

from segmentation.figures.conversion import VALUE_OUTCOMES, is_thin
from segmentation.figures.theme import BOLD, Figure, Look, base_layout, literal, short
from segmentation.i18n import ABSENT
from segmentation.schemes import CutKind, Outcome
from segmentation.sweep import Sweep

HEIGHT = 172
PANELS = ("customers", "rate", "revenue_share", "hours_needed")
RATES = ("rate", "low", "high")
CURVES = (*PANELS, *RATES[1:])
SHARE_KINDS: tuple[CutKind, ...] = ("customers", "value")
WHOLE_KINDS: tuple[CutKind, ...] = ("number", "hours")
WHOLE_PANELS = ("customers", "hours_needed")
WIDTH, LEFT = 0.25, 0.043  # of the figure: a panel, and the room for its numbers
RIGHT = 0.012
GAP = LEFT + RIGHT
BAND = {"light": 0.16, "dark": 0.26}
TALL = 1000  # the height of a panel in its own units: whole numbers are short, and finer than pixels
NEARLY_WHOLE = 0.8  # from here on a share is drawn on the whole scale
CLEARANCE = 0.17  # of a panel's height: what a value needs between its dot and the edge
EDGE = 0.22  # of a panel: what the name of the published line is wide


def draw_sweep(
    sweep: Sweep, outcome: Outcome, look: Look, published: tuple[float, str] | None = None
) -> Figure:
    """One curve per panel in the colour of the tier above the line, the band of the rate, the plateau in grey.

    `published`: where the other scheme's line stands, in the unit of the positions, and what it is called.
    """
    layout = base_layout(look, HEIGHT, (0, 26, 0, 20))
    marks, kept = _marks(sweep, look, published), _kept(sweep)
    layout |= {
        "hovermode": False,
        "grid": {
            "columns": len(PANELS),
            "rows": 1,
            "pattern": "independent",
            "xgap": round(GAP / WIDTH, 4),
            "domain": {"x": [LEFT, 1 - RIGHT]},
        },
        "template": _template(sweep, marks, look) | {"data": {"scatter": [_curve(sweep, kept, look)]}},
        "shapes": [],
        "annotations": [],
    }
    figure: Figure = {"data": [], "layout": layout}
    for place, name in enumerate(PANELS):
        panel = _Panel(sweep, name, place, outcome, look)
        layout |= panel.axes()
        layout["shapes"] += [{"templateitemname": mark["name"], "xref": f"x{panel.axis}"} for mark in marks]
        layout["annotations"] += panel.labels(published)
        figure["data"] += panel.traces(kept)
    return figure


def position_text(kind: CutKind, position: float, look: Look) -> str:
    """A position as its slider writes it."""
    if kind in SHARE_KINDS:
        return look.language.percent(position)
    return look.language.number(round(position, 1) if kind == "score" else round(position))


def value_text(name: str, value: float, outcome: Outcome, look: Look) -> str:
    """What a panel's line comes to; a dash where it is unknown."""
    if isnan(value):
        return ABSENT
    if name == "customers":
        return look.language.number(round(value))
    if name == "hours_needed":
        return look.say("fig.sweep.hours", hours=look.language.number(round(value)))
    if name == "rate" and outcome in VALUE_OUTCOMES:
        return look.money(value)
    return look.language.percent(value)


def panel_title(name: str, sweep: Sweep, outcome: Outcome, look: Look) -> str:
    tier = look.language.tier(sweep.tier)
    if name == "rate":
        return look.say("fig.sweep.rate", outcome=look.say(f"fig.outcome.{outcome}"), tier=tier)
    return look.say(f"fig.sweep.{name}", tier=tier)


def _span(sweep: Sweep) -> tuple[float, float]:
    """The lowest and the highest position."""
    positions = sweep.points["position"]
    return (float(positions[0]), float(positions[-1])) if len(positions) else (0.0, 0.0)


def _kept(sweep: Sweep) -> list[int]:
    """The points the curves need: within a flat stretch of all of them its ends draw the same."""
    if not len(sweep.points):
        return []
    curves = np.array([sweep.points[name] for name in CURVES], dtype=float)
    before, after = curves[:, :-1], curves[:, 1:]
    is_flat = ((before == after) | (np.isnan(before) & np.isnan(after))).all(axis=0)
    kept: list[int] = np.flatnonzero(~(np.append(False, is_flat) & np.append(is_flat, False))).tolist()
    return kept


def _template(sweep: Sweep, marks: list[dict[str, Any]], look: Look) -> dict[str, Any]:
    """What the panels share beside their curves: axes, the marks across them, the place of their names."""
    low, high = _span(sweep)
    pad = (high - low) * 0.02 or 0.5
    across = ticks(low, high, is_whole=sweep.kind in WHOLE_KINDS)
    axis = {"fixedrange": True, "ticklabelstandoff": 4}  # or the lowest numbers of both meet in the corner
    name = {
        "xref": "paper",
        "xanchor": "left",
        "yref": "paper",
        "yanchor": "bottom",
        "y": 1.02,
        "showarrow": False,
    }
    return {
        "layout": {
            "xaxis": axis
            | {
                "range": [short(low - pad, 5), short(high + pad, 5)],
                "tickvals": across,
                "ticktext": [position_text(sweep.kind, tick, look) for tick in across],
            },
            "yaxis": axis | {"range": [0, TALL], "zeroline": False},
            "shapes": marks,
            "annotationdefaults": name | {"font": {"color": look.palette.secondary}},
        },
    }


def _curve(sweep: Sweep, kept: list[int], look: Look) -> dict[str, Any]:
    """What the curves and dots of all panels share, and where their points stand: in even steps, or one by one."""
    colour = look.palette.tier(sweep.place)
    curve = {
        "mode": "lines",
        "line": {"color": colour, "width": 2},
        "marker": {"size": 9, "color": colour, "line": {"width": 1.5, "color": look.palette.background}},
        "textfont": {"size": 13, "weight": BOLD},
    }
    positions = sweep.points["position"]
    if len(kept) < len(positions):
        return curve | {"x": [short(position, 5) for position in positions[kept].tolist()]}
    low, high = _span(sweep)
    return curve | {"x0": short(low, 5), "dx": short((high - low) / max(1, len(positions) - 1), 5)}


def _marks(sweep: Sweep, look: Look, published: tuple[float, str] | None) -> list[dict[str, Any]]:
    """Plateau, the other scheme's line, the line as it stands, on every panel that names them."""
    low, high = _span(sweep)
    ends = [min(max(end, low), high) for end in sweep.plateau or (low, low)]
    stands = sweep.now["position"]
    other = None if published is None else published[0]
    band = {"type": "rect", "fillcolor": look.palette.ink, "opacity": 0.07, "line": {"width": 0}}
    dashed = {"color": look.palette.published, "width": 1.25, "dash": "dash"}
    found: list[dict[str, Any]] = []
    if ends[1] > ends[0]:
        found.append({"name": "plateau", "x0": ends[0], "x1": ends[1], **band})
    if other is not None and low <= other <= high:
        found.append({"name": "published", "type": "line", "x0": other, "x1": other, "line": dashed})
    if low <= stands <= high:
        solid = {"color": look.palette.ink, "width": 1.5}
        found.append({"name": "now", "type": "line", "x0": stands, "x1": stands, "line": solid})
    tall = {"yref": "paper", "y0": 0, "y1": 1}
    return [mark | tall | {"x0": short(mark["x0"], 5), "x1": short(mark["x1"], 5)} for mark in found]


class _Panel:
    """One of the four: its axes, its curve, and the line across it."""

    def __init__(self, sweep: Sweep, name: str, place: int, outcome: Outcome, look: Look) -> None:
        self.sweep, self.name, self.outcome, self.look = sweep, name, outcome, look
        self.axis = "" if place == 0 else str(place + 1)
        self.start = place * WIDTH + LEFT
        self.low, self.high = _span(sweep)
        columns = RATES if name == "rate" else (name,)
        seen = [value for column in columns for value in sweep.points.floats(column) if not isnan(value)]
        self.is_known = bool(seen)
        self.top = 1.05 * max([*seen, 1e-9])
        if self.top > NEARLY_WHOLE and self._is_share():
            self.top = 1.0
        self.bottom = min([0.0, *seen])

    def _is_share(self) -> bool:
        return self.name not in WHOLE_PANELS and not (self.name == "rate" and self.outcome in VALUE_OUTCOMES)

    def axes(self) -> dict[str, Any]:
        up = ticks(self.bottom, self.top, is_whole=self.name in WHOLE_PANELS) if self.is_known else []
        # On each axis: colours in a template give way to the paler ones of Streamlit.
        font = {"tickfont": {"color": self.look.palette.secondary}}
        scale = {"tickvals": self._heights(up), "ticktext": [self._tick_text(tick) for tick in up]}
        return {f"xaxis{self.axis}": font, f"yaxis{self.axis}": font | scale}

    def _heights(self, values: Iterable[float]) -> list[int | None]:
        """Where values stand between the bottom of the panel, 0, and its top, 1000."""
        unit = TALL / (self.top - self.bottom)
        return [None if isnan(value) else round((value - self.bottom) * unit) for value in values]

    def _tick_text(self, tick: float) -> str:
        if self.name in WHOLE_PANELS:
            return self.look.language.number(round(tick))
        return value_text(self.name, tick, self.outcome, self.look)

    def labels(self, published: tuple[float, str] | None) -> list[dict[str, Any]]:
        """The panel's name; on the first one what the lines are called."""
        title = literal(panel_title(self.name, self.sweep, self.outcome, self.look))
        found: list[dict[str, Any]] = [{"x": short(self.start), "text": title}]
        if not self.is_known:
            middle = short(self.start + (WIDTH - GAP) / 2)
            found.append({"text": self.look.say("fig.sweep.none"), "x": middle, "y": 0.5, "xanchor": "auto"})
        if self.name != PANELS[0] or published is None or not self.low <= published[0] <= self.high:
            return found
        # Beside its line, on the side away from the draft's own: the two may stand close together. At either end of
        # the panel it would lie over the ticks there, so it stands inside.
        across = (published[0] - self.low) / ((self.high - self.low) or 1.0)
        is_before = published[0] <= self.sweep.now["position"]
        side = "left" if across < EDGE else "right" if across > 1 - EDGE or is_before else "left"
        name = {"text": literal(published[1]), "font": {"size": 11}}
        place = {"x": short(published[0], 5), "xref": "x", "xanchor": side, "yanchor": "top", "y": 0.99}
        return [*found, {**name, **place}]

    def traces(self, kept: list[int]) -> list[dict[str, Any]]:
        """The band of the rate, the curve, and the dot of the line as it stands with its value."""
        now = self.sweep.now
        found = []
        if self.name == "rate":
            colour = self.look.palette.tier(self.sweep.place)
            channels = ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
            edge = {"line": {"width": 0}}
            found.append(self._curve("low", kept) | edge)
            fill = {"fill": "tonexty", "fillcolor": f"rgba({channels},{BAND[self.look.shade]})"}
            found.append(self._curve("high", kept) | edge | fill)
        found.append(self._curve(self.name, kept))
        value, stands = now[self.name], now["position"]
        if not isnan(value) and self.low <= stands <= self.high:
            found.append(self._dot(stands, value))
        axes = {"xaxis": f"x{self.axis}", "yaxis": f"y{self.axis}"} if self.axis else {}
        return [trace | axes for trace in found]

    def _curve(self, column: str, kept: list[int]) -> dict[str, Any]:
        values = self.sweep.points[column][kept]
        return {"y": self._heights(values.tolist())}

    def _dot(self, stands: float, value: float) -> dict[str, Any]:
        is_right = stands - self.low > 0.62 * (self.high - self.low)
        curve = [y for y in self.sweep.points.floats(self.name) if not isnan(y)] or [value]
        # On the side the curve leaves free: under it where it rises, over it where it falls.
        is_over = (curve[-1] <= curve[0]) != is_right
        if not CLEARANCE < value / self.top < 1 - CLEARANCE:
            is_over = value <= CLEARANCE * self.top
        is_few = self.name == "rate" and is_thin(self.sweep.now["n"])
        text = self.look.say("fig.few") if is_few else value_text(self.name, value, self.outcome, self.look)
        dot: dict[str, Any] = {
            "mode": "markers+text",
            "x": [short(stands, 5)],
            "y": self._heights([value]),
            "text": [text],
            "textposition": f"{'top' if is_over else 'bottom'} {'left' if is_right else 'right'}",
        }
        if is_few:
            rim = {"color": self.look.palette.tier(self.sweep.place)}
            dot["marker"] = {"color": self.look.palette.background, "line": rim}
        return dot


def ticks(low: float, high: float, most: int = 4, *, is_whole: bool = False) -> list[float]:
    """A few round numbers between `low` and `high`, none that its label would have to round."""
    span = high - low
    if not span > 0:
        return [low]
    power = 10.0 ** floor(log10(span / most))
    steps = [max(factor * power, 1) if is_whole else factor * power for factor in (1, 2, 5, 10)]
    found = [range(-floor(-low / step), floor(high / step + 1e-9) + 1) for step in steps]
    place = next(place for place, marks in enumerate(found) if len(marks) <= most)
    is_few = len(found[place]) < 2 or (len(found[place]) < 3 and len(found[place - 1]) <= most + 1)
    if is_few and place:
        place -= 1  # one number tells no scale: rather one too many
    return [short(steps[place] * mark, 9) for mark in found[place]]
