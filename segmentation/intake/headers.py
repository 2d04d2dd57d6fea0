"""Where the header stands, what its words mean, and which unit and year the lines above it state."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import numpy as np

from segmentation.intake.grids import Grid
from segmentation.intake.money import read_number
from segmentation.intake.month_names import months_of
from segmentation.tables import words

SEARCHED_ROWS = 30
# What a column without a header is called, so that it can be pointed at.
UNTITLED = re.compile(r"列 \d+ \(无标题\)|Column \d+ \(no title\)")
_UNIT = r"(?:人民币)?(?P<unit>万元|千元|百万元|亿元|元|万|美元|usd|rmb|cny|k\$|\$|¥|%)"
_BRACKET = re.compile(rf"[(\[]\s*(?:金额)?(?:单位\s*)?(?:[:：]\s*)?{_UNIT}\s*[)\]]")
_TITLE_UNIT = re.compile(
    rf"单位\s*(?:[:：]\s*)?{_UNIT}|in (?P<thousands>thousands|millions)|[(\[]{_UNIT.replace('unit', 'alone')}[)\]]"
)
UNITS: dict[str, Decimal] = {
    "万元": Decimal(10**4), "万": Decimal(10**4), "千元": Decimal(10**3), "百万元": Decimal(10**6),
    "亿元": Decimal(10**8), "元": Decimal(1), "k$": Decimal(10**3), "thousands": Decimal(10**3),
    "millions": Decimal(10**6),
}  # fmt: skip


@dataclass(frozen=True)
class Header:
    """`position` of the (first) header row in the grid, how many rows it takes, its texts, the lines above it."""

    position: int
    height: int
    texts: tuple[str, ...]
    title: str

    @property
    def body(self) -> int:
        """Position of the first row under the header."""
        return self.position + self.height


# Header words in traditional characters are the same words: 訂單編號 is 订单编号.
_SIMPLER = str.maketrans(
    "訂單編號戶稱額銷業務員數產聯繫電話區價稅發貨進訪時間類別備註結級項預計簽約實際來費總創開階輸贏機會門經應餘歷歸屬"
    "團國過狀態購買賣價錢紀錄隊職資歷負責創東號碼幣萬",
    "订单编号户称额销业务员数产联系电话区价税发货进访时间类别备注结级项预计签约实际来费总创开阶输赢机会门经应余历归属"
    "团国过状态购买卖价钱纪录队职资历负责创东号码币万",
)


@cache
def normalise(text: str) -> str:
    """A header for comparison: NFKC, lower case, simplified characters, without units in brackets, blanks,
    underscores, hyphens, brackets."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(_SIMPLER)
    return re.sub(r"[\s_()\[\]:*.#-]+", "", _BRACKET.sub("", plain))


def header_unit(text: str) -> Decimal | None:
    """The unit a header states in brackets, `预计金额(万元)` → 10,000; None where it states none."""
    found = _BRACKET.search(unicodedata.normalize("NFKC", text).lower())
    return UNITS.get(found["unit"]) if found else None


def title_unit(text: str) -> Decimal | None:
    """The unit the lines above a header state: `(单位:万元)` → 10,000."""
    found = _TITLE_UNIT.search(unicodedata.normalize("NFKC", text).lower())
    if not found:
        return None
    return UNITS.get(found["unit"] or found["thousands"] or found["alone"])


@cache
def known_words() -> frozenset[str]:
    """Every header word of every table, normalised."""
    helpers = (names for vocabulary, entries in words().values.items() if vocabulary.startswith("helper_")
               for names in entries.values())  # fmt: skip
    lists: Iterable[Sequence[str]] = [*words().headers.values(), *helpers]
    return frozenset(normalise(name) for names in lists for name in names)


def _looks_like_data(text: str) -> bool:
    return text[:1].isdigit() or read_number(text).value is not None


def _score(cells: Sequence[str | None], below: Sequence[Sequence[str | None]]) -> float:
    """How much a row looks like a header: known words count most, data-like cells against it."""
    texts = [text for text in cells if text]
    if not texts:
        return -1.0
    known = sum(normalise(text) in known_words() for text in texts)
    data = sum(_looks_like_data(text) for text in texts) - len(months_of(cells))
    width = max([sum(bool(cell) for cell in row) for row in below] or [0])
    return 3.0 * known + len(set(texts)) - 3.0 * data - abs(width - len(texts)) * 0.5


def find_header(grid: Grid, row: int = 0) -> Header | None:
    """The row within the first 30 that best matches known words; None in an empty sheet.

    `row`: the spreadsheet row (1-based) somebody says it is; the first filled one from there on counts. A second header
    row is joined as `金额-应收` where the first leaves gaps that the second names.
    """
    told = _row_told(grid, row) if row else None
    if told is not None:
        return header_at(grid, told)
    shown = [grid.row_texts(position) for position in range(min(len(grid), SEARCHED_ROWS))]
    best, chosen = 0.0, None
    for position, cells in enumerate(shown):
        score = _score(cells, shown[position + 1 : position + 6])
        if score > best:
            best, chosen = score, position
    if chosen is None:
        return None
    second = shown[chosen + 1] if chosen + 1 < len(shown) else []
    is_second = bool(
        chosen and not _joined(shown[chosen], second) and _joined(shown[chosen - 1], shown[chosen])
    )
    return header_at(grid, chosen - is_second)


def header_at(grid: Grid, position: int) -> Header:
    """The header that begins at this position, with the row below where both are one header."""
    upper = grid.row_texts(position)
    above = [grid.row_texts(place) for place in range(max(0, position - SEARCHED_ROWS), position)]
    title = " ".join(dict.fromkeys(text for row in above for text in row if text))
    joined = _joined(upper, grid.row_texts(position + 1)) if position + 1 < len(grid) else ()
    return Header(position, 2 if joined else 1, joined or tuple(text or "" for text in upper), title)


def _row_told(grid: Grid, row: int) -> int | None:
    """The position of the first row with a cell from this spreadsheet row on."""
    filled = np.flatnonzero((grid.rows >= row) & (grid.filled() > 0))
    return int(filled[0]) if len(filled) else None


def titled(texts: Sequence[str], is_filled: Sequence[bool]) -> tuple[str, ...]:
    """Headers with a name for every column that has cells and none: `列 4 (无标题)`."""
    pattern = "Column {} (no title)" if "".join(texts).isascii() else "列 {} (无标题)"
    return tuple(
        text or (pattern.format(index + 1) if index < len(is_filled) and is_filled[index] else "")
        for index, text in enumerate(texts)
    )


def _joined(upper: Sequence[str | None], lower: Sequence[str | None]) -> tuple[str, ...]:
    """Both rows as one header where the lower names the gaps of a group; empty where it is no second header row."""
    lower = [None if text and text == top else text for top, text in zip(upper, lower, strict=False)]
    named = [index for index, text in enumerate(lower) if text]
    if (
        len(named) < 2
        or sum(bool(text) for text in upper) * 2 < len(upper)
        or any(_looks_like_data(lower[i] or "") for i in named)
    ):
        return ()
    group, texts = "", []
    for top, under in zip(upper, lower, strict=False):
        if top:
            group = top
        if under and not (top or group):
            return ()
        texts.append(f"{group}-{under}" if under else top or "")
    gaps = [index for index in named if not upper[index]]
    # Every second-row word must stand under a group that continues into a gap: else the row is data.
    in_groups = all(i in gaps or (i + 1 in gaps) for i in named)
    return tuple(texts) if gaps and in_groups else ()
