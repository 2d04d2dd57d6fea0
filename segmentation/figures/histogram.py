"""The scores of all rated customers in whole-point bins, coloured by tier, over the sliders that move the lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segmentation.figures.theme import Figure, Look, base_layout, literal
from segmentation.i18n import shorten

HEIGHT = 84
BIN_COUNT = 50  # two points wide: cuts stand on whole points, so at most one bin is ever divided
NAME_CHARACTERS = 6
POINTS_PER_CHARACTER = 4.5  # of the score axis, about ten pixels in the sidebar


def draw_histogram(counts: Sequence[int], cuts: Sequence[float], names: Sequence[str], look: Look) -> Figure:
    """`counts` of equal bins from 0 to 100; `cuts` are score lines, falling. x is the range of the sliders."""
    width = 100 / len(counts)
    middles = (np.arange(len(counts)) + 0.5) * width
    ranks = [sum(middle < cut for cut in cuts) for middle in middles]
    bounds = [100.0, *(min(max(cut, 0.0), 100.0) for cut in cuts), 0.0]
    layout = base_layout(look, HEIGHT, (5, 18, 5, 0))
    layout["bargap"] = 0.12
    layout["xaxis"] = {"range": [0, 100], "visible": False, "fixedrange": True}
    layout["yaxis"] = {"range": [0, max([*counts, 1]) * 1.02], "visible": False, "fixedrange": True}
    layout["shapes"] = [
        {
            "type": "line",
            "x0": cut,
            "x1": cut,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": look.palette.ink, "width": 1.5},
        }
        for cut in bounds[1:-1]
    ]
    layout["annotations"] = [
        {
            "x": (bounds[rank] + bounds[rank + 1]) / 2,
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "text": f"<b>{literal(shorten(name, NAME_CHARACTERS))}</b>",
            "font": {"size": 11, "color": look.palette.ink},
            "showarrow": False,
        }
        for rank, name in enumerate(names)
        if bounds[rank] - bounds[rank + 1] >= POINTS_PER_CHARACTER * min(len(name), NAME_CHARACTERS)
    ]
    bars = {
        "type": "bar",
        "x0": width / 2,
        "dx": width,
        "y": [int(count) for count in counts],
        "marker": {"color": [look.palette.tier(rank) for rank in ranks], "line": {"width": 0}},
        "hoverinfo": "skip",
    }
    return {"data": [bars], "layout": layout}
