"""How many rows an answer shows, whatever its format; a job or task handles those that it writes."""

import json
import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.http import HttpResponse

#: Rows of tables, entries of lists and choices: each is a row of a query, or stands for one.
HTML_ROW = re.compile(rb"<(?:tr|li|option)[\s>]")
XLSX_ROW = re.compile(rb"<row[\s>]")


def rows_shown(response: HttpResponse) -> int:
    """Count the rows of a page, of JSON or of a file of text or of Excel; 0 for other files."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if kind == "text/html":
        return len(HTML_ROW.findall(content))
    if kind.endswith("json"):
        return _entries(json.loads(content))
    if content.startswith(b"PK"):
        return _rows_of_excel(content)
    return content.count(b"\n") if kind.startswith("text/") else 0


def _entries(value: Any) -> int:
    """Count the entries of all lists in JSON."""
    if isinstance(value, dict):
        return sum(map(_entries, value.values()))
    return len(value) + sum(map(_entries, value)) if isinstance(value, list) else 0


def _rows_of_excel(content: bytes) -> int:
    with ZipFile(BytesIO(content)) as file:
        sheets = [name for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
        return sum(len(XLSX_ROW.findall(file.read(name))) for name in sheets)
