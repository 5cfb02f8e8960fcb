"""Download responses for sheets."""

import re
from pathlib import PurePath
from typing import IO

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

CONTENT_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".zip": "application/zip",
}
NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')


def attachment(content: IO[bytes] | str, filename: str) -> HttpResponseBase:
    """Return the file as an attachment; Chinese names are encoded by RFC 5987.

    `filename` ends in .xlsx, .csv, .json or .zip. The file contains personal data, so no cache may store it.
    It is closed with the response.
    """
    name = safe_filename(filename)
    kind = CONTENT_TYPES[PurePath(name).suffix]
    response: HttpResponseBase
    if isinstance(content, str):
        response = HttpResponse(content.encode(), content_type=kind)
        response["Content-Disposition"] = content_disposition_header(True, name) or ""
    else:
        response = FileResponse(content, as_attachment=True, filename=name, content_type=kind)
    response["Cache-Control"] = "no-store, private"
    return response


def safe_filename(filename: str) -> str:
    """Return the name without characters that a file system may refuse."""
    return NOT_IN_NAMES.sub("_", filename).strip(" .")
