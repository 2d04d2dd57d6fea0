"""Every possible line: four panels of what each position would give, with the line as it stands on all of them."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, isnan, log10, nan
from typing import Any

from segmentation.figures.conversion import VALUE_OUTCOMES, is_thin
from segmentation.figures.theme import TEMPLATE, Figure, Look, base_layout, digits, literal
from segmentation.i18n import ABSENT
from segmentation.schemes import CutKind, Outcome
from segmentation.sweep import Sweep

HEIGHT = 172
PANELS = ("customers", "rate", "revenue_share", "hours_needed")
SHARE_KINDS: tuple[CutKind, ...] = ("customers", "value")
WHOLE_KINDS: tuple[CutKind, ...] = ("number", "hours")
WHOLE_PANELS = ("customers", "hours_needed")
WIDTH, LEFT = 0.25, 0.043  # of the figure: a panel, and the room for its numbers
RIGHT = 0.012
BAND = {"light": 0.16, "dark": 0.26}
SIGNIFICANT = 3
NEARLY_WHOLE = 0.8  # from here on a share is drawn on the whole scale
CLEARANCE = 0.17  # of a panel's height: what a value needs between its dot and the edge


def draw_sweep(
    sweep: Sweep, outcome: Outcome, look: Look, published: tuple[float, str] | None = None
) -> Figure:
    """One curve per panel in the colour of the tier above the line, the band of the rate, the plateau in grey.

    `published`: where the other scheme's line stands, in the unit of the positions, and what it is called.
    """
    colour = look.palette.tier(sweep.place)
    layout = base_layout(look, HEIGHT, (0, 26, 0, 20))
    # Once for all eight axes: repeated on each they would weigh as much as the curves.
    axis = {
        "fixedrange": True,
        "zeroline": False,
        "showline": False,
        "ticklabelstandoff": 4,  # or the lowest numbers of both axes meet in the corner
    }
    layout["template"] = {"layout": TEMPLATE["layout"] | {"xaxis": axis | {"showgrid": False}, "yaxis": axis}}
    layout["hovermode"] = False
    layout["shapes"], layout["annotations"] = [], []
    figure: Figure = {"data": [], "layout": layout}
    for place, name in enumerate(PANELS):
        panel = _Panel(sweep, name, place, outcome, look)
        layout |= panel.axes()
        layout["shapes"] += panel.marks(published)
        layout["annotations"] += panel.labels(published)
        figure["data"] += panel.curves(colour)
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


class _Panel:
    """One of the four: its axes, its curve, and the line across it."""

    def __init__(self, sweep: Sweep, name: str, place: int, outcome: Outcome, look: Look) -> None:
        self.sweep, self.name, self.outcome, self.look = sweep, name, outcome, look
        self.axis = "" if place == 0 else str(place + 1)
        self.domain = (round(place * WIDTH + LEFT, 3), round((place + 1) * WIDTH - RIGHT, 3))
        points = sweep.points
        self.xs = points.floats("position") or [0.0]
        columns = [name, "low", "high"] if name == "rate" else [name]
        seen = [value for column in columns for value in points.floats(column) if not isnan(value)]
        self.is_known = bool(seen)
        self.top = 1.05 * max([*seen, 1e-9])
        if self.top > NEARLY_WHOLE and self._is_share():
            self.top = 1.0
        self.bottom = min([0.0, *seen])

    def _is_share(self) -> bool:
        return self.name not in WHOLE_PANELS and not (self.name == "rate" and self.outcome in VALUE_OUTCOMES)

    def axes(self) -> dict[str, Any]:
        low, high = min(self.xs), max(self.xs)
        pad = (high - low) * 0.02 or 0.5
        across = ticks(low, high, is_whole=self.sweep.kind in WHOLE_KINDS)
        up = ticks(self.bottom, self.top, is_whole=self.name in WHOLE_PANELS) if self.is_known else []
        # On each axis: colours in a template give way to the paler ones of Streamlit.
        font = {"tickfont": {"color": self.look.palette.secondary}}
        return {
            f"xaxis{self.axis}": {
                "domain": list(self.domain),
                "anchor": f"y{self.axis}",
                **font,
                "range": [_short(low - pad, 5), _short(high + pad, 5)],
                "tickvals": across,
                "ticktext": [position_text(self.sweep.kind, tick, self.look) for tick in across],
            },
            f"yaxis{self.axis}": {
                "anchor": f"x{self.axis}",
                **font,
                "range": [_short(self.bottom, 5), _short(self.top, 5)],
                "tickvals": up,
                "ticktext": [self._tick_text(tick) for tick in up],
            },
        }

    def _tick_text(self, tick: float) -> str:
        if self.name in WHOLE_PANELS:
            return self.look.language.number(round(tick))
        return value_text(self.name, tick, self.outcome, self.look)

    def marks(self, published: tuple[float, str] | None) -> list[dict[str, Any]]:
        """Plateau, the other scheme's line, the line as it stands."""
        palette, found = self.look.palette, []
        low, high = min(self.xs), max(self.xs)
        if self.sweep.plateau is not None:
            ends = [min(max(end, low), high) for end in self.sweep.plateau]
            fill = {"type": "rect", "fillcolor": palette.ink, "opacity": 0.07, "line": {"width": 0}}
            if ends[1] > ends[0]:
                found.append(fill | self._across(*ends))
        if published is not None and low <= published[0] <= high:
            line = {"color": palette.published, "width": 1.25, "dash": "dash"}
            found.append({"type": "line", "line": line} | self._across(published[0], published[0]))
        stands = self.sweep.now["position"]
        if low <= stands <= high:
            found.append(
                {"type": "line", "line": {"color": palette.ink, "width": 1.5}} | self._across(stands, stands)
            )
        return found

    def _across(self, start: float, end: float) -> dict[str, Any]:
        return {
            "x0": _short(start, 5),
            "x1": _short(end, 5),
            "y0": 0,
            "y1": 1,
            "xref": f"x{self.axis}",
            "yref": f"y{self.axis} domain",
        }

    def labels(self, published: tuple[float, str] | None) -> list[dict[str, Any]]:
        """The panel's name; on the first one what the lines are called."""
        palette = self.look.palette
        title = literal(panel_title(self.name, self.sweep, self.outcome, self.look))
        shared = {"showarrow": False, "yanchor": "bottom", "yref": "paper", "y": 1.02}
        found = [
            shared
            | {
                "x": self.domain[0],
                "xref": "paper",
                "xanchor": "left",
                "text": title,
                "font": {"color": palette.secondary},
            }
        ]
        if not self.is_known:
            nothing = {"text": self.look.say("fig.sweep.none"), "y": 0.5, "x": sum(self.domain) / 2}
            found.append(shared | nothing | {"xref": "paper", "font": {"color": palette.secondary}})
        low, high = min(self.xs), max(self.xs)
        stands = self.sweep.now["position"]
        if self.name != PANELS[0] or published is None or not low <= published[0] <= high:
            return found
        # Beside its line, on the side away from the draft's own: the two may stand close together.
        side = "right" if published[0] <= stands else "left"
        name = {"text": literal(published[1]), "font": {"size": 11, "color": palette.secondary}}
        place = {"x": _short(published[0], 5), "xref": "x", "xanchor": side, "yref": "paper", "y": 0.99}
        return [*found, {"showarrow": False, "yanchor": "top", **name, **place}]

    def curves(self, colour: str) -> list[dict[str, Any]]:
        """The band of the rate, the curve, and the dot of the line as it stands with its value."""
        points, now = self.sweep.points, self.sweep.now
        step = self.xs[1] - self.xs[0] if len(self.xs) > 1 else 1.0
        axes = {
            "x0": _short(self.xs[0], 5),
            "dx": _short(step, 5),
            "xaxis": f"x{self.axis}",
            "yaxis": f"y{self.axis}",
        }
        line = {"mode": "lines"} | axes  # a trace without a type is a scatter
        found = []
        if self.name == "rate":
            fill = f"rgba({','.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))},{BAND[self.look.shade]})"
            edge = line | {"line": {"width": 0}}
            found.append(edge | {"y": _round(points.floats("low"))})
            found.append(edge | {"y": _round(points.floats("high")), "fill": "tonexty", "fillcolor": fill})
        found.append(line | {"y": _round(points.floats(self.name)), "line": {"color": colour, "width": 2}})
        value, stands = now[self.name], now["position"]
        if not isnan(value) and min(self.xs) <= stands <= max(self.xs):
            found.append(self._dot(stands, value, colour))
        return found

    def _dot(self, stands: float, value: float, colour: str) -> dict[str, Any]:
        is_right = stands - min(self.xs) > 0.62 * (max(self.xs) - min(self.xs))
        curve = [y for y in self.sweep.points.floats(self.name) if not isnan(y)] or [value]
        # On the side the curve leaves free: under it where it rises, over it where it falls.
        is_over = (curve[-1] <= curve[0]) != is_right
        if not CLEARANCE < value / self.top < 1 - CLEARANCE:
            is_over = value <= CLEARANCE * self.top
        is_few = self.name == "rate" and is_thin(self.sweep.now["n"])
        text = self.look.say("fig.few") if is_few else value_text(self.name, value, self.outcome, self.look)
        ground = self.look.palette.background
        inside, rim = (ground, colour) if is_few else (colour, ground)
        place = f"{'top' if is_over else 'bottom'} {'left' if is_right else 'right'}"
        return {
            "mode": "markers+text",
            "x": [_short(stands, 5)],
            "y": [_short(value, 5)],
            "xaxis": f"x{self.axis}",
            "yaxis": f"y{self.axis}",
            "marker": {
                "size": 9,
                "color": inside,
                "line": {"width": 1.5, "color": rim},
            },
            "text": [f"<b>{text}</b>"],
            "textposition": place,
            "textfont": {"size": 13, "color": self.look.palette.ink},
        }


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
    return [_short(steps[place] * mark, 9) for mark in found[place]]


def _round(values: Iterable[float]) -> list[float | None]:
    return [None if value is None else _short(value) for value in digits(values, 9)]


def _short(value: float, significant: int = SIGNIFICANT) -> float:
    """Enough digits for the eye, few for the wire."""
    if isnan(value) or value == 0:
        return nan if isnan(value) else 0.0
    shortened = float(f"{value:.{significant}g}")
    return int(shortened) if shortened == int(shortened) and abs(shortened) < 1e15 else shortened
