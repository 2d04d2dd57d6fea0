"""A line moved as a browser moves it: only what follows the line runs again, over a real websocket. AppTest always runs
the whole page and would not see what such a run forgets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from segmentation.proposals import propose
from segmentation.schemes import Scheme
from segmentation.store import Store
from segmentation.tuning import draw_lines, prepare
from tests.benchmarks.bench_reruns import serving
from tests.benchmarks.raw_sessions import Reader
from tests.pages.test_tier_tuning import customers
from tests.worlds import make_store

LINE, WEIGHT = "customers1@slider", "rfm.recency_weight"
WEIGHTED = f"{WEIGHT}=4"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    path = make_store(tmp_path_factory.mktemp("served"), **customers(120)).path
    with serving(path) as port:
        yield port, path


def customers_at(path: Path, share: float) -> int:
    """Customers of the first tier by the core itself, with the weight of the link."""
    book = Store(path).open()
    scheme, as_of = propose(book).scheme, book.data_through_on
    assert as_of is not None and scheme.method == "rfm"
    cuts = (share, *(max(cut, share) for cut in scheme.policy.cuts[1:]))
    policy = type(scheme.policy)(scheme.policy.names, "customers", cuts)
    moved: Scheme = scheme.changed(method_params={**scheme.method_params, "recency_weight": 4}, policy=policy)
    return int(draw_lines(prepare(book, moved, as_of), moved).tiers.at("A", "customers"))


async def moves(port: int, *positions: float) -> list[tuple[str, dict[str, list[str]]]]:
    """Headline and link after each move."""
    reader, _ = await Reader.open(port, WEIGHTED)
    found = []
    for position in positions:
        answered = await reader.move(LINE, position)
        (headline,) = [text for text in answered.texts if text.startswith("Tier A: ")]
        found.append((headline, parse_qs(reader.query)))
    await reader.close()
    return found


def test_a_moved_line_tells_its_figures_and_keeps_the_link(served: tuple[int, Path]) -> None:
    port, path = served
    told = asyncio.run(moves(port, 20.0, 35.0))
    for (headline, link), share in zip(told, (0.2, 0.35), strict=True):
        assert headline.startswith(f"Tier A: {customers_at(path, share)} customers"), headline
        assert link["customers1"] == [f"{share * 100:g}"]
        assert link[WEIGHT] == ["4"], "what the rest of the page decided is still in the link"


def test_two_readers_at_once_see_their_own_lines(served: tuple[int, Path]) -> None:
    port, path = served

    async def both() -> list[list[tuple[str, dict[str, list[str]]]]]:
        return list(await asyncio.gather(moves(port, 15.0, 30.0, 45.0), moves(port, 45.0, 30.0, 15.0)))

    first, second = asyncio.run(both())
    assert [headline for headline, _ in first] == [headline for headline, _ in reversed(second)]
    assert first[0][0].startswith(f"Tier A: {customers_at(path, 0.15)} customers")
