"""Workbooks for tests: .xlsx by XlsxWriter, .ods from its parts, .xls from `files/people.xls`."""

import io
import zipfile
from pathlib import Path

from xlsxwriter import Workbook

PEOPLE_XLS = (Path(__file__).parent / "files" / "people.xls").read_bytes()
BOOK, SHEET, TEXTS = "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{}</m:manifest>'
CONTENT = (
    '<?xml version="1.0" encoding="UTF-8"?>{}<office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    "<office:body><office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"
)


def xlsx(rows: list[list[object]], **options: object) -> bytes:
    """A workbook with these rows in its sheet People, and a sheet More."""
    file = io.BytesIO()
    with Workbook(file, options) as made:
        sheet = made.add_worksheet("People")
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                write = sheet.write_string if isinstance(value, str) else sheet.write
                write(number, place, value)
        made.add_worksheet("More")
    return file.getvalue()


def sparse_xlsx(*cells: tuple[int, int]) -> bytes:
    """A workbook with a text in each of these places (row, column, from zero)."""
    file = io.BytesIO()
    with Workbook(file) as made:
        sheet = made.add_worksheet()
        for row, column in cells:
            sheet.write(row, column, "far")
    return file.getvalue()


def altered_xlsx(part: str, old: bytes, new: bytes, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook with the text `a`, in one part of which `new` stands for `old`."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx([["a"]]))) as given,
        zipfile.ZipFile(file, "w", compression) as made,
    ):
        for name in given.namelist():
            data = given.read(name)
            assert name != part or old in data
            made.writestr(name, data.replace(old, new, 1) if name == part else data)
    return file.getvalue()


def archive(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return file.getvalue()


def ods(tables: str, *, doctype: str = "", manifest: str = "") -> bytes:
    return archive(
        **{
            "mimetype": ODS_TYPE,
            "META-INF/manifest.xml": MANIFEST.format(manifest),
            "content.xml": CONTENT.format(doctype, tables),
        }
    )


def ods_table(*rows: str, name: str = "People") -> str:
    return f'<table:table table:name="{name}">{"".join(rows)}</table:table>'


def ods_row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def ods_cell(kind: str, value: str, attribute: str = "value", *, repeated: int = 1) -> str:
    """A cell; a text (`kind` is string) has no attribute but its content."""
    stored = "" if kind == "string" else f'office:{attribute}="{value}"'
    return (
        f'<table:table-cell office:value-type="{kind}" {stored}'
        f' table:number-columns-repeated="{repeated}"><text:p>{value}</text:p></table:table-cell>'
    )


def encrypted_xls() -> bytes:
    """An .xls whose second record declares encryption (FILEPASS), as Excel writes it."""
    start = PEOPLE_XLS.index(b"\x09\x08\x10\x00\x00\x06") + 20
    return PEOPLE_XLS[:start] + b"\x2f\x00" + PEOPLE_XLS[start + 2 :]


def encrypted_xlsx() -> bytes:
    """A compound file with the stream in which Excel keeps an encrypted .xlsx."""
    name, renamed = "Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
    start = PEOPLE_XLS.index(name)
    return PEOPLE_XLS[:start] + renamed + PEOPLE_XLS[start + len(renamed) :]
