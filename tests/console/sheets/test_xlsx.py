import zipfile
from datetime import UTC, date, datetime, timedelta
from itertools import repeat
from typing import BinaryIO
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from console.sheets import xlsx_writer as module
from console.sheets.columns import Column, ColumnType
from console.sheets.xlsx_writer import SheetTooLong, write_xlsx
from tests.faults.sizes import size

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAME = Column("name", "Name")


def read(file: BinaryIO, sheet: int = 0) -> list[list[object]]:
    file.seek(0)
    return CalamineWorkbook.from_filelike(file).get_sheet_by_index(sheet).to_python()


@pytest.mark.faults
@settings(max_examples=size(full=400, ci=40))
@given(
    st.lists(
        st.one_of(
            st.text(alphabet="=+-@＝\t\r\n {}'\"|!A1()cmd_x", min_size=1, max_size=12),
            st.text(min_size=1, max_size=30),
            st.sampled_from(["=1+1", "{=1}", "https://a.example", "mailto:a@b", "internal:A1", "007", "1e5"]),
        ),
        min_size=10,
        max_size=10,
    )
)
def test_text_comes_back_as_the_text_it_was_and_never_as_a_formula(cells: list[str]) -> None:
    with write_xlsx([{"name": cell} for cell in cells], [NAME], "Cells", zone=SHANGHAI) as file:
        back = [row[0] for row in read(file)[1:]]
        with zipfile.ZipFile(file) as parts:
            sheet = parts.read("xl/worksheets/sheet1.xml")
            assert not any("externalLink" in name or "_rels/sheet" in name for name in parts.namelist())
    assert b"<f>" not in sheet
    assert b"<hyperlink" not in sheet
    # U+FFFE and U+FFFF are no characters of XML.
    expected = [cell.replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_") for cell in cells]
    assert back == expected


def test_moments_days_lengths_shares_and_ids_keep_their_kind() -> None:
    columns = [
        Column("id", "Id", ColumnType.ID),
        Column("at", "Joined", ColumnType.DATETIME),
        Column("day", "Day", ColumnType.DATE),
        Column("there", "Present", ColumnType.DURATION),
        Column("share", "Share", ColumnType.SHARE),
        Column("times", "Times", ColumnType.NUMBER),
    ]
    row = {
        "id": "0012",
        "at": datetime(2026, 11, 24, 0, 3, 10, 999_999, tzinfo=UTC),
        "day": date(2026, 11, 24),
        "there": 100 * 3600 + 5,
        "share": 0.911,
        "times": -3,
    }
    rows = [row, {**row, "times": 10**18}, {**dict.fromkeys(row), "id": "x"}]
    with write_xlsx(rows, columns, "A", zone=SHANGHAI) as file:
        heads, first, second, third = read(file)
        with zipfile.ZipFile(file) as parts:
            assert b"[h]:mm:ss" in parts.read("xl/styles.xml")
    assert heads == ["Id", "Joined (北京时间)", "Day", "Present", "Share", "Times"]
    assert first == [
        "0012",
        datetime(2026, 11, 24, 8, 3, 10),
        date(2026, 11, 24),
        timedelta(hours=100, seconds=5),
        0.911,
        -3.0,
    ]
    assert second[-1] == "1000000000000000000"
    assert third[:2] == ["x", ""]


def test_what_the_file_is_about_stands_on_a_second_sheet() -> None:
    with write_xlsx(
        [{"name": "Alice"}], [NAME], "Attendance/1", {"School": "=Wonderland"}, zone=SHANGHAI
    ) as file:
        book = CalamineWorkbook.from_filelike(file)
        assert book.sheet_names[0] == "Attendance 1"
        assert read(file, 1) == [["School", "=Wonderland"]]


@pytest.mark.parametrize("title", ["", "history", "'[]:*?/\\'", "长" * 40, "About this file"])
def test_any_title_makes_a_sheet(title: str) -> None:
    with write_xlsx([{"name": "Alice"}], [NAME], title, {"School": "Wonderland"}, zone=SHANGHAI) as file:
        assert read(file)[1] == ["Alice"]


def test_a_total_is_the_last_row_and_is_not_filtered() -> None:
    columns = [
        Column("day", "Day", ColumnType.DATE),
        Column("times", "Times", ColumnType.NUMBER),
        Column("share", "Share", ColumnType.SHARE),
    ]
    row = {"day": date(2026, 11, 24), "times": 3, "share": 29 / 30}
    total = {"day": "Total", "times": 3, "share": None}
    with write_xlsx([row], columns, "A", zone=SHANGHAI, total=total) as file:
        assert read(file)[1:] == [[date(2026, 11, 24), 3.0, 0.966], ["Total", 3.0, ""]]
        with zipfile.ZipFile(file) as parts:
            assert b'<autoFilter ref="A1:C2"/>' in parts.read("xl/worksheets/sheet1.xml")


def test_an_empty_table_is_a_file_with_headings() -> None:
    with write_xlsx([], [NAME], "Nobody", zone=SHANGHAI) as file:
        assert read(file) == [["Name"]]


def test_more_rows_than_a_sheet_holds_are_refused_rather_than_lost() -> None:
    # Without columns: writing them would take a minute.
    write_xlsx(repeat({}, module.MAX_ROWS - 1), [], "Long", zone=SHANGHAI).close()
    with pytest.raises(SheetTooLong):
        write_xlsx(repeat({}, module.MAX_ROWS), [], "Long", zone=SHANGHAI)


def test_a_failing_row_leaves_no_file_behind(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(KeyError):
        write_xlsx([{"name": "Alice"}, {}], [NAME], "Broken", zone=SHANGHAI)
    assert list(tmp_path.iterdir()) == []
