"""The command line as a scheduler would call it: exit codes, one JSON document, and the same figures as everywhere."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pandas as pd
import pytest

from segmentation.__main__ import main
from segmentation.errors import SettingError
from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.journal import Journal
from segmentation.overrides import set_override
from segmentation.scheme_files import read_scheme
from segmentation.schemes import Scheme, TierPolicy, to_toml
from segmentation.store import Store
from segmentation.tuning import evaluate

ROOT = Path(__file__).parents[1]
CUSTOMERS = "customer_id,name,grade\n" + "".join(f"C{n:03d},Firm {n},{'ABC'[n % 3]}\n" for n in range(60))
ORDERS = "order_id,customer_id,ordered_on,amount\n" + "".join(
    f"O{n:04d},C{n % 55:03d},2025-{1 + n % 12:02d}-{1 + n % 27:02d},{100 + 37 * (n % 91)}\n"
    for n in range(900)
)
SUMMARY = {
    "customers", "orders", "order_amount", "refund_amount", "deals_won", "deals_lost", "deals_open", "won_amount",
    "touches", "reps", "first_date", "last_date",
}  # fmt: skip
TIER = ("tier", "customers", "revenue", "hours_now", "hours_needed", "k", "n", "rate", "low", "high")


def run(*words: str | Path, store: Path) -> subprocess.CompletedProcess[str]:
    """A command as `main` runs it, in this process: a start of its own costs more than most commands."""
    command = [*map(str, words), "--store", str(store)]
    told, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(told), redirect_stderr(complained):
        try:
            code = main(command)
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess(command, code, told.getvalue(), complained.getvalue())


def start(*words: str | Path, store: Path) -> subprocess.CompletedProcess[str]:
    """The same as a process of its own."""
    command = [sys.executable, "-m", "segmentation", *map(str, words), "--store", str(store)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def document(*words: str | Path, store: Path) -> dict:
    done = run(*words, "--json", store=store)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("files")
    customers, orders = folder / "customers.csv", folder / "orders.csv"
    customers.write_text(CUSTOMERS, "utf-8")
    orders.write_text(ORDERS, "utf-8")
    return customers, orders


@pytest.fixture(scope="module")
def store(files: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("served") / "store"
    imported = document("import", *files, "--yes", store=path)
    assert imported["data_version"] == 1
    assert imported["tables"] == {"customers": 60, "orders": 900}
    return path


def test_open_questions_refuse_without_yes(files: tuple[Path, Path], tmp_path: Path) -> None:
    refused = run("import", *files, store=tmp_path / "store")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "--yes" in refused.stderr and "grade" in refused.stderr.lower()
    assert Store(tmp_path / "store").current() is None


def test_the_same_files_again_change_nothing(files: tuple[Path, Path], store: Path) -> None:
    again = document("import", *files, "--yes", store=store)
    assert again["changed"] is False
    assert document("versions", store=store)["current"] == 1


def test_summary_counts_what_was_given(store: Path) -> None:
    summary = document("summary", store=store)
    started = start("summary", "--json", store=store)
    assert started.returncode == 0 and json.loads(started.stdout) == summary
    assert set(summary) >= SUMMARY
    amount = sum(100 + 37 * (n % 91) for n in range(900))
    assert (summary["customers"], summary["orders"], summary["order_amount"]) == (60, 900, amount)
    assert (summary["first_date"], summary["last_date"]) == ("2025-01-01", "2025-12-27")


def test_tiers_are_those_of_the_core_and_of_the_list(store: Path, tmp_path: Path) -> None:
    scheme = Scheme(policy=TierPolicy(("A", "B", "C"), "score", (70.0, 40.0)), outcome_days=30,
                    method_params={"window_days": 182})  # fmt: skip
    (tmp_path / "scheme.toml").write_text(to_toml(scheme), "utf-8")
    words = (
        "tiers",
        "--scheme",
        tmp_path / "scheme.toml",
        "--as-of",
        "2025-11-30",
        "--out",
        tmp_path / "list.csv",
    )
    told = document(*words, store=store)
    assert (told["as_of"], told["replayed_on"], told["outcome_days"]) == ("2025-11-30", "2025-11-27", 30)
    assert told["scheme"] == scheme.id and told["data_version"] == 1 and told["outcome"] == "repurchase"
    assert [row["tier"] for row in told["tiers"]] == ["A", "B", "C", "unrated"]
    book = Store(store).open()
    core = evaluate(book, scheme, pd.Timestamp("2025-11-30").date())
    listed = pd.read_csv(tmp_path / "list.csv", keep_default_na=False)
    assert list(listed) == [
        "customer_id",
        "name",
        "owner",
        "tier",
        "computed_tier",
        "score",
        "segment",
        "why",
    ]
    counts = listed["tier"].value_counts()
    for row in told["tiers"]:
        assert tuple(row) == TIER
        assert row["customers"] == core.tiers.at(row["tier"], "customers") == counts.get(row["tier"], 0)
        assert row["revenue"] == pytest.approx(core.tiers.at(row["tier"], "revenue"))
        assert row["hours_now"] is None
        assert row["k"] == core.rates.at(row["tier"], "k") and row["n"] == core.rates.at(row["tier"], "n")
    assert sum(row["customers"] for row in told["tiers"]) == 60 == len(listed)


def test_undo_publishes_the_next_number(files: tuple[Path, Path], tmp_path: Path) -> None:
    store = tmp_path / "store"
    document("import", files[0], "--yes", store=store)
    document("import", files[1], "--yes", store=store)
    undone = document("undo", store=store)
    assert (undone["number"], undone["rows"]["orders"], undone["rows"]["customers"]) == (3, 0, 60)
    assert [v["number"] for v in document("versions", store=store)["versions"]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("nonsense",), 2),
        (("import",), 2),
        (("tiers", "--as-of", "yesterday"), 2),
        (("summary",), 1),
        (("undo",), 1),
        (("import", "not-there.csv", "--yes"), 1),
    ],
)
def test_refusals_have_their_code_and_keep_stdout_empty(
    words: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    done = run(*words, store=tmp_path / "empty")
    assert done.returncode == code, done.stderr
    assert done.stdout == "" and done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_people_get_lines_and_chinese_where_they_ask(store: Path, tmp_path: Path) -> None:
    assert "customers: 60" in run("summary", store=store).stdout
    assert "原有数据没有变动" in run("summary", "--language", "zh", store=tmp_path / "none").stderr


def test_the_list_runs_no_formula(tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("customer_id,name\n1,=cmd|' /C calc'!A0\n2,-x\n3,@SUM(A1)\n", "utf-8")
    document("import", file, "--yes", store=tmp_path / "store")
    document("tiers", "--out", tmp_path / "list.csv", store=tmp_path / "store")
    names = pd.read_csv(tmp_path / "list.csv", dtype=str)["name"]
    assert sorted(names) == ["'-x", "'=cmd|' /C calc'!A0", "'@SUM(A1)"]


def test_what_was_answered_before_is_not_asked_again(files: tuple[Path, Path], tmp_path: Path) -> None:
    store = tmp_path / "store"
    document("import", *files, "--yes", store=store)
    later = tmp_path / "customers.csv"
    later.write_text(CUSTOMERS + "C060,Firm 60,B\n", "utf-8")
    assert document("import", later, store=store)["data_version"] == 2


def test_rows_that_would_give_way_are_asked_about(tmp_path: Path) -> None:
    """Orders without numbers: a file for the same months stands for them, but never silently."""
    store, file = tmp_path / "store", tmp_path / "orders.csv"
    lines = [f"C{n},2025-01-{n + 1:02d},{10 * n + 5}\n" for n in range(20)]
    file.write_text("customer_id,ordered_on,amount\n" + "".join(lines), "utf-8")
    document("import", file, "--yes", store=store)
    file.write_text("customer_id,ordered_on,amount\n" + lines[0] + lines[-1], "utf-8")
    refused = run("import", file, store=store)
    assert refused.returncode == 1 and "18" in refused.stderr and refused.stdout == ""
    assert document("summary", store=store)["orders"] == 20
    kept = document("import", file, "--yes", store=store)
    assert kept["changed"] is False, "a file that repeats two rows of twenty does not stand for the period"
    taken = document("import", file, "--yes", "--answer", "period:orders=replace", store=store)
    assert [table["removed"] for table in taken["difference"] if table["table"] == "orders"] == [18]


def test_a_date_before_all_data_knows_nobody(store: Path) -> None:
    told = document("tiers", "--as-of", "0001-01-02", store=store)
    assert sum(row["customers"] for row in told["tiers"] if row["tier"] != "unrated") == 0


NO_SCHEMES = {
    "line": b'format = 1\nname = "x\n',
    "text": b"\xff\xfe\x00",
    "missing": b"format = 1",
    "extra": to_toml(Scheme()).replace("[method]", "[method]\nbins = 4").encode(),
    "wrong": to_toml(Scheme()).replace("revision = 0", "revision = -1").encode(),
    "method": to_toml(Scheme(method="nonsense")).encode(),
    "param": to_toml(Scheme(method_params={"bins": 99})).encode(),
}


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("case", NO_SCHEMES)
def test_a_file_that_is_no_scheme_is_refused_as_on_the_page(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str, code: Code
) -> None:
    file = tmp_path / "scheme.toml"
    file.write_bytes(NO_SCHEMES[case])
    with pytest.raises(SettingError) as refusal:
        read_scheme(NO_SCHEMES[case])
    expected = Language(code).say(refusal.value.code, **refusal.value.facts)
    words = ("tiers", "--scheme", file, "--store", store, "--language", code, "--json")
    assert main([str(word) for word in words]) == 1
    told = capsys.readouterr()
    assert told.out == "" and told.err.startswith(expected), told.err
    assert "Traceback" not in told.err


def test_a_scheme_these_data_cannot_bear_is_a_sentence(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "scheme.toml"
    file.write_text(to_toml(Scheme(fitted={"nonsense": (1.0,)})), "utf-8")
    assert main(["tiers", "--scheme", str(file), "--store", str(store), "--language", "en"]) == 1
    told = capsys.readouterr()
    assert told.out == "" and "Nothing was changed" in told.err


def test_the_list_holds_what_was_set_by_hand_beside_what_is_computed(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    store, out = tmp_path / "store", tmp_path / "list.csv"
    document("import", *files, "--yes", store=store)
    told = document("tiers", "--out", out, store=store)
    before = pd.read_csv(out, dtype=str).set_index("customer_id")
    assert (before["tier"] == before["computed_tier"]).all()
    lowest = before.index[before["computed_tier"] == "C"][-1]
    on = dt.date.fromisoformat(told["as_of"])
    set_override(
        Journal(store), lowest, "A", "strategic", since_on=on, expires_on=on, author="x",
        at=dt.datetime(2026, 1, 5),
    )  # fmt: skip
    again = document("tiers", "--out", out, store=store)
    after = pd.read_csv(out, dtype=str).set_index("customer_id")
    assert after.loc[lowest, ["tier", "computed_tier"]].tolist() == ["A", "C"]
    pd.testing.assert_frame_equal(after.drop(index=lowest), before.drop(index=lowest))
    assert again["tiers"] == told["tiers"], "the counts are of the rule, on the page as here"
    earlier = (on - dt.timedelta(days=1)).isoformat()
    document("tiers", "--as-of", earlier, "--out", out, store=store)
    past = pd.read_csv(out, dtype=str)
    assert (past["tier"] == past["computed_tier"]).all(), "it was not yet set on that date"
