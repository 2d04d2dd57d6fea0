"""`score METHOD`: the scores of the core for every method, and the published CDNOW figures from an import on."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from segmentation.methods.registry import methods
from segmentation.schemes import Scheme
from segmentation.score_command import setting_value
from segmentation.standing import rate
from segmentation.store import Store
from tests.clv.cdnow import DATA, skip_without_data
from tests.test_command_line import document, files, run, store

__all__ = ["files", "store"]  # fixtures


@pytest.mark.parametrize("method", sorted(methods()))
def test_scores_are_those_of_the_core(method: str, store: Path) -> None:
    told = document("score", method, "--as-of", "2025-11-30", store=store)
    with Store(store).open() as book:
        rated = rate(book, Scheme(method=method), dt.date(2025, 11, 30), None)
    assert list(told)[:2] == ["method", "as_of"] and told["method"] == method
    assert {"parameters", "verdict", "customers", "fitted"} <= set(told)
    assert told["is_refused"] == rated.scored.is_refused
    scores = {one["customer_id"]: one["score"] for one in told["customers"]}
    assert list(scores) == list(rated.features.index)
    known = rated.scored.scores.dropna()
    assert {name: score for name, score in scores.items() if score is not None} == known.to_dict()
    letters = getattr(rated.method, "letters", {})
    lists = {name: values for name, values in told["fitted"].items() if name not in letters}
    assert {name: tuple(values) for name, values in lists.items()} == {
        name: values for name, values in rated.scored.fitted.items() if name not in letters
    }


def test_parameters_are_set_and_told(store: Path) -> None:
    told = document(
        "score", "rfm", "--set", "bins=3", "--set", "window_days=none", "--set", "cut=mean", store=store
    )
    assert {name: told["parameters"][name] for name in ("bins", "window_days", "cut")} == {
        "bins": 3, "window_days": None, "cut": "mean",
    }  # fmt: skip
    edges = document(
        "score", "rfm", "--set", "cut=fixed", "--set", "bins=2", "--set", "monetary_edges=[5000]", store=store
    )
    assert edges["fitted"]["monetary"] == edges["parameters"]["monetary_edges"] == [5000]
    assert [setting_value(text) for text in ("4", "0.5", "none", "amount", "[1, 2.5]", "true")] == [
        4, 0.5, None, "amount", (1, 2.5), True,
    ]  # fmt: skip


def test_what_cannot_be_is_refused_in_both_languages(store: Path, tmp_path: Path) -> None:
    for words in (
        ("nope",),
        ("rfm", "--set", "bin=4"),
        ("rfm", "--set", "bins=99"),
        ("rfm", "--set", "bins=x"),
    ):
        en, zh = (run("score", *words, "--language", code, store=store) for code in ("en", "zh"))
        assert (en.returncode, zh.returncode, en.stdout) == (1, 1, "")
        assert "Nothing was changed." in en.stderr and "原有数据没有变动。" in zh.stderr
    assert run("score", "rfm", "--set", "bins", store=store).returncode == 2
    assert run("score", "rfm", store=tmp_path / "empty").returncode == 1


def test_a_refusal_is_an_answer_with_its_reason(store: Path) -> None:
    told = document("score", "ltv", "--set", "horizon_weeks=156", store=store)
    assert told["is_refused"] and "weeks" in told["verdict"] and told["fitted"] == {}
    assert all(one["score"] is None for one in told["customers"]) and "modelled" not in told
    assert "周" in run("score", "ltv", "--set", "horizon_weeks=156", "--language", "zh", store=store).stdout


def test_a_book_of_months_has_no_model_of_order_days_but_a_value_so_far(tmp_path: Path) -> None:
    """A total a month and customer looks like one order a month: the rhythm would be that of the calendar."""
    months = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]
    rng = np.random.default_rng(1)
    bought = np.where(rng.random((80, 24)) < rng.beta(2, 2, (80, 1)), rng.gamma(2.0, 500.0, (80, 24)), 0)
    rows = [f"Firm {place}," + ",".join(f"{a:.2f}" for a in own) for place, own in enumerate(bought)]
    (tmp_path / "months.csv").write_text("\n".join([",".join(["Customer", *months]), *rows]), "ascii")
    store = tmp_path / "store"
    assert document("import", tmp_path / "months.csv", "--yes", store=store)["data_version"] == 1
    told = document("score", "ltv", store=store)
    assert told["is_refused"] and told["verdict"].startswith("The orders are totals of months")
    so_far = document("score", "ltv", "--set", "basis=historical", store=store)
    assert not so_far["is_refused"] and any(one["score"] for one in so_far["customers"])


def test_who_is_not_rated_is_told_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("customer id,customer name\nC1,Acme\nC2,Beta\n", "ascii")
    orders = "Order No,customer id,Order date,Amount\nO1,C1,2025-01-05,10\nO2,C1,2026-01-05,10\n"
    (tmp_path / "orders.csv").write_text(orders, "ascii")
    store = tmp_path / "store"
    document("import", tmp_path / "customers.csv", tmp_path / "orders.csv", "--yes", store=store)
    told = document("score", "rfm", store=store)["unrated"]
    assert [(one["reason"], one["customers"]) for one in told] == [("none", 1)]
    margin = document("score", "abc", "--set", "value=margin", store=store)["unrated"]
    assert {one["text"]: one["customers"] for one in margin} == {
        "no order and no contact on record": 1, "no gross profit on record": 1,
    }  # fmt: skip


@skip_without_data
def test_cdnow_from_the_import_to_the_published_figures(tmp_path: Path) -> None:
    lines = (line.split() for line in (DATA / "CDNOW_sample.txt").read_text("ascii").splitlines())
    rows = [f"C{customer},{day},{count},{amount}" for _, customer, day, count, amount in lines]
    (tmp_path / "cdnow.csv").write_text("\n".join(["customer_id,ordered_on,quantity,amount", *rows]), "ascii")
    imported = document("import", tmp_path / "cdnow.csv", "--yes", store=tmp_path / "store")
    assert imported["tables"] == {"orders": 6919}
    told = document(
        "score", "ltv", "--set", "horizon_weeks=39", "--as-of", "1997-09-30", store=tmp_path / "store"
    )
    orders, spend = told["fitted"]["bg_nbd"], told["fitted"]["gamma_gamma"]
    assert (told["verdict"], len(told["customers"])) == (None, 2357)
    assert [orders[name] for name in ("r", "alpha", "a", "b")] == pytest.approx(
        [0.2426, 4.4136, 0.7929, 2.4259], abs=1e-3
    )
    assert orders["log_likelihood"] == pytest.approx(-9582.43, abs=0.01)
    assert [spend[name] for name in ("p", "q", "v")] == pytest.approx([6.25, 3.74, 15.44], abs=0.01)
    assert spend["log_likelihood"] == pytest.approx(-4055.92, abs=0.01)
    assert told["modelled"]["order_days_count"] == pytest.approx(1653.4, abs=0.05)
    assert set(told["customers"][0]) == {"customer_id", "score", "segment"}
    assert np.isfinite([one["score"] for one in told["customers"]]).all()
    json.dumps(told, allow_nan=False)
