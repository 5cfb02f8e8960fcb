"""Write people.xls, an Excel file of the format of 1997 to 2003, which no package of ours can write.

uv run --no-project --with xlwt==1.3.0 python tests/console/sheets/files/make_people_xls.py
"""

from datetime import date, datetime, time
from pathlib import Path

import xlwt

ROW = (
    ("007", None),
    (13812345678, None),
    (0.25, None),
    (True, None),
    (date(2026, 11, 24), "yyyy-mm-dd"),
    (datetime(2026, 11, 24, 8, 3, 10), "yyyy-mm-dd hh:mm:ss"),
    (time(8, 0), "hh:mm"),
    (1.5, "[h]:mm:ss"),
    (0.911, "0%"),
    (1.0, None),
)

book = xlwt.Workbook(encoding="utf-8")
hidden = book.add_sheet("Hidden")
hidden.visibility = 1
hidden.write(0, 0, "hidden")
people = book.add_sheet("People")
book.set_active_sheet(1)
for column, (value, number_format) in enumerate(ROW, 1):
    if number_format:
        people.write(2, column, value, xlwt.easyxf(num_format_str=number_format))
    else:
        people.write(2, column, value)
people.row(3).set_cell_error(1, 42)  # #N/A
people.write(3, 2, "账号")
people.write_merge(4, 5, 1, 2, "merged")
book.add_sheet("More").write(0, 0, "more")
book.save(str(Path(__file__).with_name("people.xls")))
