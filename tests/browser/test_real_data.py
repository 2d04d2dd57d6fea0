"""Real files through the upload page: the figures of `data/INDEX.md` come out of the store."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from segmentation.store import Store
from segmentation.summary import build_summary
from tests.browser.conftest import ROOT, App
from tests.browser.visitor import visit

pytestmark = pytest.mark.browser
DATA = ROOT.parent / "shared" / "data"
# Every file comes in by the same core in tests/intake/test_real_data.py; by the page all of them in a longer run.
IS_LONG = os.environ.get("TIERBOARD_LONG") == "1"
CASES: dict[str, tuple[tuple[str, ...], dict[str, float]]] = {
    "crm_maven": (
        ("accounts.csv", "products.csv", "sales_pipeline.csv", "sales_teams.csv"),
        {"deals_won": 4238, "deals_lost": 2473, "deals_open": 2089, "won_amount": 10005534, "customers": 85},
    ),
    "tableau_superstore_zh": (("示例-超市.xls",), {"customers": 790, "net_amount": 16117548.237}),
    "online_retail_uci": (("online_retail.csv.gz",), {"net_amount": 9747747.934}),
    "rfm_r": (("rfm_data_orders.csv",), {"customers": 995, "orders": 4906}),
    "uci_bank_marketing": (
        ("bank-additional-full.csv",),
        {"customers": 41188, "deals_won": 4640, "deals_lost": 36548},
    ),
}


@pytest.mark.parametrize("folder", CASES if IS_LONG else [next(iter(CASES))])
def test_real_files_give_the_published_figures(browser: Any, app: App, folder: str) -> None:
    if not (DATA / folder).is_dir():
        pytest.skip(f"the real data are not on this machine: {folder}")
    names, expected = CASES[folder]
    visitor = visit(browser, app, "zh" if folder.endswith("_zh") else "en")
    visitor.open("data_intake")
    visitor.upload([DATA / folder / name for name in names])
    visitor.publish()
    summary = build_summary(Store(app.store).open())
    found = vars(summary) | {"net_amount": float(summary.order_amount) + float(summary.refund_amount)}
    for name, figure in expected.items():
        assert found[name] == pytest.approx(figure, abs=1e-6), name
    visitor.open()
    assert visitor.page.locator("[data-testid=stException]").count() == 0
    customers = int(summary.customers)
    visitor.see(f"{customers:,}")


def test_gb18030_csv_is_the_same_as_the_workbook(browser: Any, app: App, tmp_path: Path) -> None:
    if not (DATA / "tableau_superstore_zh").is_dir():
        pytest.skip("the real data are not on this machine: tableau_superstore_zh")
    visitor = visit(browser, app, "zh")
    visitor.open("data_intake")
    visitor.upload([DATA / "tableau_superstore_zh" / "derived_订单_gb18030.csv"])
    visitor.publish()
    summary = build_summary(Store(app.store).open())
    assert summary.customers == 790
    assert float(summary.order_amount) + float(summary.refund_amount) == pytest.approx(16117548.237, abs=1e-6)
