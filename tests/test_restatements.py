"""History told otherwise: who changes tier only because of that, what is asked, what the command line says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from segmentation.__main__ import main
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.journal import Journal
from segmentation.overrides import held_on, set_override
from segmentation.restatements import (
    ALL_MONTHS,
    flipped_customers,
    restated_code,
    restated_facts,
    say_kept_rows,
    weigh,
)
from segmentation.schemes import Scheme, TierPolicy
from segmentation.store import Store
from segmentation.store_difference import Difference, TableDifference
from tests.worlds import PUBLISHED_AT, make_store, make_upload

SCHEME = Scheme(policy=TierPolicy(("A", "B"), "number", (3.0,)), outcome="repurchase", outcome_days=30)


def orders(rows: list[tuple[str, str, str, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["order_id", "customer_id", "ordered_on", "amount"])


def world(months: int = 4) -> list[tuple[str, str, str, int]]:
    """Eight customers with an order a month; C7 buys most, C0 least."""
    return [
        (f"O{month}-{k}", f"C{k}", f"2026-{month:02d}-{5 + k:02d}", 100 * (k + 1))
        for month in range(1, months + 1)
        for k in range(8)
    ]


def test_only_rewritten_history_counts_as_a_flip(tmp_path: Path) -> None:
    store = make_store(tmp_path, orders=orders(world()))
    new = [
        ("N1", "C1", "2026-05-05", 9_000),
        ("N2", "C1", "2026-05-06", 9_000),
        ("N3", "C1", "2026-05-07", 9_000),
    ]
    weighed = weigh(store, make_upload(tmp_path, orders=orders(new)))
    assert weighed.questions == () and flipped_customers(store, weighed, SCHEME) == []
    late = [(f"L{k}", "C0", f"2026-04-{20 + k}", 5_000) for k in range(6)]
    weighed = weigh(store, make_upload(tmp_path, orders=orders([*new, *late])))
    assert [question.id for question in weighed.questions] == ["restated:2026-04"]
    flipped = flipped_customers(store, weighed, SCHEME)
    assert "C0" in flipped and "C1" not in flipped, "C1 rises by this month's own orders"
    days = {"since_on": date(2026, 1, 1), "expires_on": date(2027, 1, 1)}
    journal = Journal(store.path)
    set_override(journal, "C0", "B", "other", note="small", author="anna", at=PUBLISHED_AT, **days)
    held = flipped_customers(store, weighed, SCHEME, lambda standing: held_on(journal, standing))
    assert "C0" not in held, "nobody set by hand is said to flip"
    facts = restated_facts(weighed.difference, flipped)
    assert (facts["n"], facts["before"], facts["after"], facts["m"]) == (6, 3_600, 33_600, len(flipped))
    assert store.current() is not None and len(store.versions()) == 1, "nothing is stored by asking"
    assert not [path for path in (store.path / "building").iterdir() if path.is_dir()]
    kept = weigh(store, weighed.offered, {"restated:2026-04": "keep"})
    assert kept.kept_months == {date(2026, 4, 1)} and kept.difference.table("orders").withheld == 6  # type: ignore[union-attr]


def test_many_months_are_one_question(tmp_path: Path) -> None:
    store = make_store(tmp_path, orders=orders(world(9)))
    again = orders([(*row[:3], row[3] + 1) for row in world(9)])
    weighed = weigh(store, make_upload(tmp_path, orders=again))
    (question,) = weighed.questions
    assert question.id == ALL_MONTHS and question.facts["n"] == 64
    for code, said in (
        ("en", "Jan 2026 – Aug 2026: 64 numbers are different now (rows added: 0, changed: 64,"),
        ("zh", "2026年1月 – 2026年8月：64 个数被改动（新增 0 行，修改 64 行，"),
    ):
        assert said in Language(code).say(question.code, **dict(question.facts))  # type: ignore[arg-type]
    kept = weigh(store, weighed.offered, {ALL_MONTHS: "keep"})
    found = kept.difference.table("orders")
    assert found is not None and (found.withheld, found.changed) == (64, 8)


def written(path: Path, rows: list[tuple[str, str, str, int]]) -> str:
    orders(rows).to_csv(path, index=False)
    return str(path)


def test_the_command_line_asks_says_and_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "store"
    shared = ["--store", str(folder), "--language", "en", "--json"]
    assert main(["import", written(tmp_path / "a.csv", world()), "--yes", *shared]) == 0
    changed = [("O2-0", "C0", "2026-02-05", 150), *world()[-1:], ("N1", "C1", "2026-05-05", 70)]
    file = written(tmp_path / "b.csv", changed)
    capsys.readouterr()
    assert main(["import", file, *shared]) == 1
    told = capsys.readouterr()
    asked = (
        "[restated:2026-02] Feb 2026: 1 number is different now (rows added: 0, changed: 1, taken away: 0;"
    )
    assert told.out == "" and asked in told.err
    assert main(["import", file, "--answer", "restated:2026-02=keep", *shared]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["difference"][0]["withheld"] == 1 and document["data_version"] == 2
    said = "\n".join(document["history"])
    assert "The file covers 5 Feb 2026 to 5 May 2026. Rows outside it stay as they are." in said
    assert "1 number of earlier months is different now (3,600 → 3,650)." in said
    assert "May 2026: 1 orders, 70. Before: 0, 0." in said
    (recorded,) = Journal(folder).history().values()
    assert recorded["answers"] == {"restated:2026-02": "keep"}
    assert [(month["month"], month["kept"]) for month in recorded["months"]] == [("2026-02-01", True)]
    assert main(["import", file, "--yes", *shared]) == 0
    capsys.readouterr()
    with Store(folder).open() as book:
        february = book.query("months").set_index("month")["amount"].loc["2026-02-01"]
    assert february == 3_650


def test_a_malformed_answer_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as left:
        main(["import", "x.csv", "--answer", "keep", "--store", str(tmp_path)])
    assert left.value.code == 2


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_stays_is_said_of_every_table(code: Code) -> None:
    """Two tables of an upload, the first with rows of other lists in its period: each has its own sentence."""
    language, covers = Language(code), (date(2026, 1, 1), date(2026, 3, 31))
    first = TableDifference("orders", 3, 3, 0, 0, set_aside=2, covers=covers)
    second = TableDifference("deals", 3, 3, 0, 0, covers=covers)
    told = say_kept_rows(Difference((first, second), (), False, base=1), language)
    assert told[1] == language.say("up.set_aside", n=2) and len(told) == 3
    assert language.say("table.orders") in told[0] and language.say("table.deals") in told[2]


@pytest.mark.parametrize("code", LANGUAGES)
def test_one_customer_is_said_as_one(code: Code) -> None:
    said = Language(code).say(restated_code(["C1"]), n=3, before=1, after=2, m=1)
    assert ("1 customer changes" if code == "en" else "1 家客户") in said
