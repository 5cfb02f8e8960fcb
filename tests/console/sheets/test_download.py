import io

import pytest

from console.sheets.download import attachment


def test_a_chinese_name_is_sent_in_the_form_that_browsers_read() -> None:
    response = attachment("\ufeffName\r\n", "考勤 10月.csv")
    name = "%E8%80%83%E5%8B%A4%2010%E6%9C%88.csv"
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbfName")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db  # the end of an answer looks after the connection
def test_a_file_is_sent_and_closed() -> None:
    file = io.BytesIO(b"PK")
    response = attachment(file, "attendance.xlsx")
    assert b"".join(response) == b"PK"
    assert response["Content-Disposition"] == 'attachment; filename="attendance.xlsx"'
    response.close()
    assert file.closed


@pytest.mark.parametrize("name", ['../..\\"a"\r\nSet-Cookie: x.csv', "lesson: 1/2.csv"])
def test_a_name_cannot_leave_its_line_or_its_folder(name: str) -> None:
    header = attachment("", name)["Content-Disposition"]
    assert not set("/\\\r\n") & set(header)
