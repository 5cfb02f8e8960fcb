"""Sheets as answers to a browser."""

import re
from pathlib import PurePath
from typing import IO

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
}
NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')


def attachment(content: IO[bytes] | str, filename: str) -> HttpResponseBase:
    """The file under its name, Chinese too (RFC 5987); `filename` ends in .xlsx, .csv or .json.

    It holds people's data, so no cache keeps it. A file is closed with the answer.
    """
    name = NOT_IN_NAMES.sub("_", filename).strip(" .")
    kind = TYPES[PurePath(name).suffix]
    response: HttpResponseBase
    if isinstance(content, str):
        response = HttpResponse(content.encode(), content_type=kind)
        response["Content-Disposition"] = content_disposition_header(True, name) or ""
    else:
        response = FileResponse(content, as_attachment=True, filename=name, content_type=kind)
    response["Cache-Control"] = "no-store, private"
    return response
