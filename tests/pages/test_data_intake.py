"""The data page: from dropped files to a published version, with questions, corrections, conflicts, refusals, undo."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from segmentation.i18n import LANGUAGES, Code, Language
from segmentation.journal import Journal
from segmentation.store import Store
from segmentation.ui.intake_session import first_zone
from tests.pages.stores import WORLDS, assert_whole, open_page, run_anew, store_path, texts
from tests.worlds import make_upload

PAGE = "data_intake"
HEADER = "Order No,Customer,Order date,Amount\n"
ORDERS = f"{HEADER}O1,Acme,2026-01-05,100\nO2,Acme,2026-02-07,250.5\nO3,Beta,2026-02-09,40\n"
NEXT = f"{HEADER}O2,Acme,2026-02-07,300\nO4,Beta,2026-03-09,70\nO5,Ceta,2026-03-10,x\n"
UNITS = "客户名称,下单日期,金额(万元)\n苏州恒拓,2026-01-05,1.2\n昆山鸿特,2026-02-07,2.5\n昆山鸿特,2026-03-07,0.5\n"


def drop(app: AppTest, *files: tuple[str, str | bytes]) -> AppTest:
    """Drop files on the uploader."""
    contents = [(name, data.encode() if isinstance(data, str) else data, "") for name, data in files]
    app.file_uploader[0].set_value(contents)
    return app.run()


def frame_with(app: AppTest, column: str) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if column in frame.value.columns)


@pytest.fixture(scope="module")
def as_emptied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose only import was undone: copied, not opened."""
    folder = tmp_path_factory.mktemp("emptied")
    store = Store(folder / "store")
    nothing = make_upload(folder, customers=pd.DataFrame({"customer_id": ["C1"], "name": ["x"]}))
    store.publish(nothing, None, "test", datetime(2030, 1, 1))
    store.undo(1, "test", datetime(2030, 1, 2))
    return Path(store.path)


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch, as_emptied: Path, tmp_path: Path) -> AppTest:
    """The page on a store without a row: faster to open than the sample."""
    path = Path(shutil.copytree(as_emptied, tmp_path / "store"))
    return open_page(monkeypatch, path, PAGE, "en")


def choose(app: AppTest, label: str, value: object) -> None:
    next(box for box in app.selectbox if box.label == label).set_value(value).run()


def its_store(app: AppTest) -> Store:
    return Store(app.session_state["session"].store_path)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("world", WORLDS)
def test_it_opens_on_every_book(monkeypatch: pytest.MonkeyPatch, world: str, code: str) -> None:
    assert_whole(open_page(monkeypatch, store_path(world), PAGE, code), code)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_file_is_read_and_accounted_for_before_anything_is_saved(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    app = open_page(monkeypatch, store_path("one_customer"), PAGE, code)
    drop(app, ("orders.csv", ORDERS))
    assert_whole(app, code)
    assert frame_with(app, "read_as")["rows"].tolist()[0] == 3
    assert len(Store(store_path("one_customer")).versions()) == 1, "nothing is saved before publish"


def test_publishing_takes_three_clicks_and_reads_the_new_version(empty: AppTest) -> None:
    app = drop(empty, ("orders.csv", ORDERS))
    app.button(key="in.publish").click().run()
    assert not app.exception
    versions = its_store(app).versions()
    assert versions[-1].number == 3 and versions[-1].rows["orders"] == 3
    assert app.session_state["version"] == 3
    run_anew(app)
    assert "Saved as upload no. 3" in texts(app)
    assert Journal(its_store(app).path).mappings(), "the layout is remembered"


def test_next_month_is_counted_and_the_refused_row_is_offered(empty: AppTest) -> None:
    app = drop(empty, ("orders.csv", ORDERS))
    app.button(key="in.publish").click().run()
    app = drop(run_anew(app), ("orders-02.csv", NEXT))
    assert app.header[0].value.startswith("1 new row, 1 changed")
    assert "Same layout as before" in texts(app)
    assert "1 row is not accepted" in texts(app)
    assert len(app.get("download_button")) >= 1
    account = next(table.value for table in app.table if len(table.value) == 6)
    numbers = account.iloc[:, 1].tolist()
    assert sum(numbers[:-1]) == numbers[-1] == 3
    app.button(key="in.publish").click().run()
    assert its_store(app).versions()[-1].rows["orders"] == 4
    assert "changed tier" in texts(run_anew(app))


def test_past_months_told_otherwise_are_asked_about_and_can_be_kept(empty: AppTest) -> None:
    app = drop(empty, ("orders.csv", ORDERS))
    app.button(key="in.publish").click().run()
    late = f"{HEADER}O1,Acme,2026-01-05,130\nO4,Beta,2026-03-09,70\n"
    app = drop(run_anew(app), ("orders-03.csv", late))
    said = texts(app)
    assert "1 number of earlier months is different now (¥100 → ¥130)" in said
    assert "The file covers 5 Jan 2026 to 9 Mar 2026." in texts(app)
    (asked,) = [control for control in app.segmented_control if "restated:2026-01" in str(control.key)]
    assert asked.value == "accept"
    asked.set_value("keep").run()
    app.button(key="in.answers.use").click().run()
    assert not app.exception
    app.button(key="in.publish").click().run()
    store = its_store(app)
    with store.open() as book:
        assert book.query("months")["amount"].tolist() == [100, 290.5, 70]
    assert [month["kept"] for month in Journal(store.path).history()[4]["months"]] == [True]


def test_the_same_file_again_is_nothing_to_do(empty: AppTest) -> None:
    app = drop(empty, ("orders.csv", ORDERS))
    app.button(key="in.publish").click().run()
    app = drop(run_anew(app), ("orders.csv", ORDERS))
    assert "Nothing to do" in texts(app)
    assert not [button for button in app.button if button.key == "in.publish"]


def test_questions_have_a_proposed_answer_and_another_one_can_be_chosen(empty: AppTest) -> None:
    app = drop(empty, ("订单.csv", UNITS))
    asked = [control for control in app.segmented_control if str(control.key).startswith("in.answer.unit")]
    assert [control.value for control in asked] == ["10000"]
    asked[0].set_value("1").run()
    assert app.button(key="in.publish").disabled, (
        "a changed answer that is not read by yet cannot be published"
    )
    app.button(key="in.answers.use").click().run()
    assert not app.button(key="in.publish").disabled
    assert not app.exception
    assert "Answers used (1)" in [tab.label for tab in app.tabs]
    app.button(key="in.publish").click().run()
    months = frame_of_amounts(its_store(app))
    assert months["amount"].sum() == pytest.approx(4.2)
    app = drop(run_anew(app), ("订单-2.csv", UNITS.replace("1.2", "1.3")))
    asked_again = [question.id for question in app.session_state["upload_draft"].open_questions]
    assert not [asked for asked in asked_again if asked.startswith("unit")], "remembered, not asked again"


def frame_of_amounts(store: Store) -> pd.DataFrame:
    with store.open() as book:
        frames = [
            book.query("customer_orders", customer_id=name, as_of=datetime(2030, 1, 1).date(),
                       window_start=datetime(1900, 1, 1).date())
            for name in ("苏州恒拓", "昆山鸿特")
        ]  # fmt: skip
    return pd.concat(frames)


def test_a_corrected_column_is_read_again_and_remembered(empty: AppTest) -> None:
    text = "Order No,Customer,Order date,Amount,Note\nO1,Acme,2026-01-05,100,7\nO2,Beta,2026-01-06,50,8\n"
    app = drop(empty, ("orders.csv", text))
    choose(app, "Column in the file", 4)
    choose(app, "What it means", "margin")
    app.button(key="in.columns.apply").click().run()
    assert not app.exception
    app.button(key="in.publish").click().run()
    with its_store(app).open() as book:
        rows = book.query(
            "customer_orders", customer_id="Acme", as_of=datetime(2030, 1, 1).date(),
            window_start=datetime(1900, 1, 1).date(),
        )  # fmt: skip
    assert rows["margin"].tolist() == [7.0]
    remembered = next(iter(Journal(its_store(app).path).mappings().values()))
    assert remembered.parts["orders"]["margin"] == "Note"


def test_a_meaning_moves_from_one_column_to_another(empty: AppTest) -> None:
    text = "Order No,Customer,Order date,Amount,Paid in\nO1,Acme,2026-01-05,100,7\nO2,Beta,2026-01-06,50,8\n"
    app = drop(empty, ("orders.csv", text))
    choose(app, "Column in the file", 4)
    choose(app, "What it means", "amount")
    app.button(key="in.columns.apply").click().run()
    app.button(key="in.publish").click().run()
    with its_store(app).open() as book:
        assert book.query("months")["amount"].sum() == 15


def test_a_skipped_sheet_can_be_told_what_it_holds(empty: AppTest) -> None:
    text = "Who,When,How much\nAcme,2026-01-05,red\nBeta,2026-01-06,blue\n"
    app = drop(empty, ("orders.csv", ORDERS), ("odd.csv", text))
    odd = app.session_state["upload_draft"].reading.sheets[1]
    assert not odd.parts
    choose(app, "Sheet", "1.skip")
    choose(app, "What the sheet holds", "touches")
    app.button(key="in.columns.apply").click().run()
    assert not app.exception
    assert app.session_state["upload_draft"].corrections == {f"table:{odd.signature}": "touches"}


STRANGE = {
    "en": "Ref,Party,Noted,Worth\nR1,Acme,2026-03-01,10\nR2,Beta,2026-03-02,20.5\n",
    "zh": "代号,往来单位,记于,折合\nR1,甲公司,2026-03-01,10\nR2,乙公司,2026-03-02,20.5\n",
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_refused_file_is_told_what_it_is_and_published(
    monkeypatch: pytest.MonkeyPatch, code: Code, tmp_path: Path
) -> None:
    say, headers = Language(code).say, STRANGE[code].splitlines()[0].split(",")
    app = drop(open_page(monkeypatch, tmp_path / "store", PAGE, code), ("x.csv", STRANGE[code]))
    assert ":red[" in texts(app) and say("in.tell") in texts(app)
    assert not app.exception and "in.tell" not in texts(app).replace(say("in.tell"), "")
    assert app.button(key="in.tell.read").disabled, "read before it is said what it is"
    choose(app, say("in.tell.holds"), "orders")
    proposed = {box.label: box.value for box in app.selectbox if box.label.startswith(say("column.amount"))}
    assert proposed == {say("column.amount"): 3}, "the only column of numbers"
    choose(app, say("column.amount"), -1)
    assert app.button(key="in.tell.read").disabled and "orange" in texts(app), "the amount is missing"
    for name, place in (("customer_id", 1), ("amount", 3), ("order_id", 0)):
        choose(app, say(f"column.{name}"), place)
    app.button(key="in.tell.read").click().run()
    assert not app.exception and ":red[" not in texts(app)
    app.button(key="in.publish").click().run()
    assert its_store(app).versions()[-1].rows["orders"] == 2
    with its_store(app).open() as book:
        assert book.query("months")["amount"].tolist() == [30.5]
    (mapping,) = Journal(its_store(app).path).mappings().values()
    assert mapping.parts["orders"] == dict(
        zip(("order_id", "customer_id", "ordered_on", "amount"), headers, strict=True)
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_column_that_lost_its_digits_can_be_left_out(
    monkeypatch: pytest.MonkeyPatch, code: Code, tmp_path: Path
) -> None:
    """One receipt number of many was shortened: refused, and read without the column once somebody says so."""
    say, text = Language(code).say, ORDERS.replace("O1,", "4.0128e+10,")
    app = drop(
        open_page(monkeypatch, tmp_path / "store", PAGE, code), ("orders.csv", text), ("x.csv", "a,b\n1,2\n")
    )
    assert ":red[" in texts(app) and "Order No" in texts(app) and say("in.tell") in texts(app)
    choose(app, say("in.tell.holds"), "orders")
    choose(app, say("column.order_id"), -1)
    app.button(key="in.tell.read").click().run()
    assert not app.exception and ":red[" not in texts(app)
    app.button(key="in.publish").click().run()
    assert its_store(app).versions()[-1].rows["orders"] == 3
    with its_store(app).open() as book:
        assert book.query("months")["amount"].sum() == 390.5


def test_the_row_of_the_headers_can_be_told(empty: AppTest) -> None:
    text = "Customer,Order,Date,Amount\nWho,No of slip,Day of slip,Sum of slip\nAcme,S1,2026-03-01,10\n"
    app = drop(empty, ("orders.csv", text))
    assert app.session_state["upload_draft"].reading.sheets[0].header_row == 1
    next(one for one in app.number_input if one.label == "Header row").set_value(2).run()
    app.button(key="in.columns.apply").click().run()
    assert not app.exception
    assert "upload_draft" not in app.session_state, "no word of the row told is known"
    choose(app, "One row of this sheet is", "orders")
    for name, place in (("Customer", 0), ("Order number", 1), ("Order date", 2), ("Amount", 3)):
        choose(app, name, place)
    app.button(key="in.tell.read").click().run()
    app.button(key="in.publish").click().run()
    assert its_store(app).versions()[-1].rows["orders"] == 1


def test_a_further_column_is_unticked_and_not_stored(empty: AppTest) -> None:
    text = "customer id,customer name,Loading dock,Salary\nC1,Acme,north,9000\nC2,Beta,south,8000\n"
    app = drop(empty, ("customers.csv", text))
    (ticks,) = [
        one for one in app.get("button_group") if one.label == "".join(one.label) and "kept" in one.key
    ]
    assert ticks.value == [2, 3]
    ticks.set_value([2]).run()
    app.button(key="in.columns.apply").click().run()
    app.button(key="in.publish").click().run()
    with its_store(app).open() as book:
        salaries = book.query("customer_attributes", pointer="/Salary")
        assert salaries["value"].isna().all()
    dock = b"".join(path.read_bytes() for path in its_store(app).path.rglob("*.duckdb"))
    assert b"north" in dock and b"9000" not in dock


def test_columns_that_are_not_those_of_last_time_are_told(empty: AppTest) -> None:
    app = drop(empty, ("orders.csv", ORDERS))
    app.button(key="in.publish").click().run()
    drifted = ORDERS.replace("Order date", "Order day") + "O9,Beta,2026-03-01,5\n"
    app = drop(run_anew(app), ("orders-2.csv", drifted))
    said = texts(app).replace("&#45;", "-").replace("&#46;", ".")
    assert "orders-2 is not as last time: Order day was Order date last time." in said


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, None),
        ("x.xlsx", b"<html><body>no</body></html>", None),
        ("x.csv", b"", None),
        ("![a](http:x).csv", b"just,words\nno,table\n", "Nothing was changed"),
    ],
)
def test_a_bad_file_is_one_sentence_and_changes_nothing(
    empty: AppTest, name: str, data: bytes, says: str | None
) -> None:
    before = its_store(empty).versions()
    app = drop(empty, (name, data))
    assert not app.exception
    said = texts(app)
    assert ":red[" in said and (says or "Nothing was changed") in said
    assert "![a](" not in said
    assert its_store(app).versions() == before


def test_a_bad_file_is_refused_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, store_path("one_customer"), PAGE, "zh")
    assert "原有数据没有变动" in texts(drop(app, ("x.csv", b"")))


def test_a_refusal_is_told_in_the_language_chosen_afterwards(empty: AppTest) -> None:
    app = drop(empty, ("x.csv", "just,words\nno,table\n"))
    assert "belongs to a known table" in texts(app)
    app.session_state["lang"] = "zh"
    assert "没有一个列名属于客户、订单" in texts(run_anew(app))


@pytest.mark.parametrize("code", LANGUAGES)
def test_amounts_of_another_tax_base_are_left_out_and_can_be_added(
    monkeypatch: pytest.MonkeyPatch, code: Code, tmp_path: Path
) -> None:
    say = Language(code).say
    net = "订单号,客户,下单日期,不含税金额\nN1,甲,2026-03-01,100\n"
    gross = "订单号,客户,下单日期,含税金额\nN2,甲,2026-04-01,226\n"
    app = drop(open_page(monkeypatch, tmp_path / "store", PAGE, code), ("订单.csv", net))
    app.button(key="in.publish").click().run()
    app = drop(run_anew(app), ("订单-4.csv", gross))
    assert app.header[0].value == say("in.head.declined")
    assert "imported on" not in texts(app) and "导入过" not in texts(app), "it never was"
    account = next(table.value for table in app.table if len(table.value) == 6)
    assert account.iloc[:, 1].tolist() == [0, 0, 0, 1, 0, 1]
    (asked,) = [one for one in app.segmented_control if str(one.key).startswith("in.answer.basis")]
    assert asked.value == "no"
    asked.set_value("yes").run()
    app.button(key="in.answers.use").click().run()
    app.button(key="in.publish").click().run()
    current = its_store(app).current()
    assert current is not None and (current.rows["orders"], current.calendar.tax_basis) == (2, "mixed")


def test_a_conflict_is_told_and_compared_again(empty: AppTest, tmp_path: Path) -> None:
    app = drop(empty, ("orders.csv", ORDERS))
    other = make_upload(tmp_path, customers=pd.DataFrame({"customer_id": ["C9"], "name": ["y"]}))
    its_store(app).publish(other, 2, "colleague", datetime(2030, 1, 3, 10, 3))
    app.button(key="in.publish").click().run()
    assert "colleague published new data" in texts(app)
    assert len(its_store(app).versions()) == 3
    app.button(key="in.conflict.again").click().run()
    app.button(key="in.publish").click().run()
    assert not app.exception
    assert its_store(app).current().rows == {**its_store(app).current().rows, "orders": 3, "customers": 1}


def test_undo_brings_the_version_before_back(empty: AppTest) -> None:
    app = drop(empty, ("orders.csv", ORDERS))
    app.button(key="in.publish").click().run()
    run_anew(app)
    app.button(key="in.undo").click().run()
    run_anew(app)
    assert "No. 3 is undone" in texts(app)
    assert its_store(app).current().kind == "undo" and its_store(app).current().is_empty


def test_an_upload_put_away_leaves_no_trace(empty: AppTest) -> None:
    app = drop(empty, ("orders.csv", ORDERS))
    app.button(key="in.discard").click().run()
    assert "What did we get" in app.header[0].value
    assert len(its_store(app).versions()) == 2


def test_headers_and_names_are_never_markup(empty: AppTest) -> None:
    text = 'Order No,Customer,Order date,Amount,"![x](http://evil.example)"\nO1,"[y](http://evil.example)",2026-01-05,1,2\n'
    app = drop(empty, ("<b>[f](http://evil.example).csv", text))
    assert not app.exception
    said = texts(app) + "\n".join(box.label for box in app.selectbox)
    assert "](http" not in said and "<b>" not in said


def test_the_first_publish_over_the_sample_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = drop(open_page(monkeypatch, tmp_path / "store", PAGE, "en"), ("orders.csv", ORDERS))
    app.button(key="in.publish").click().run()
    run_anew(app)
    assert "Saved as upload no. 1. It can be undone." in texts(app)


def test_an_upload_without_a_currency_shows_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = drop(open_page(monkeypatch, tmp_path / "store", PAGE, "en"), ("orders.csv", ORDERS))
    months = next(table.value for table in app.table if "Amount" in table.value.columns)
    assert len(months) == 2 and "¥" not in "".join(months["Amount"])


def test_a_finding_is_told_in_full_and_never_markup(empty: AppTest) -> None:
    text = "Colour,![x](http://evil.example)\nred,dark\nblue,light\n"
    app = drop(empty, ("orders.csv", ORDERS), ("[y](http://evil.example).csv", text))
    found = next(table.value for table in app.table if "What we found" in table.value.columns)
    assert any("was skipped" in cell for cell in found["What we found"])
    assert "](http" not in "".join(found["What we found"])


@pytest.mark.parametrize(
    ("zone", "locale", "expected"),
    [
        ("UTC", "zh-CN", "Asia/Shanghai"),
        (None, "zh", "Asia/Shanghai"),
        ("Europe/Berlin", "zh-CN", "Europe/Berlin"),
        ("UTC", "en-GB", "UTC"),
        (None, None, "UTC"),
    ],
)
def test_a_first_import_has_the_browsers_zone(zone: str | None, locale: str | None, expected: str) -> None:
    assert first_zone(zone, locale) == expected


def test_an_example_amount_is_written_as_people_write_it(empty: AppTest) -> None:
    app = drop(empty, ("订单.csv", UNITS))
    assert "1.2 becomes 12K" in texts(app).replace("&#46;", ".")
