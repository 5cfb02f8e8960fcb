"""Upload of import files: raw rows are stored, with a guessed mapping of columns."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from console.bulk_sql import bulk_insert
from console.imports.columns import looks_like_headings
from console.imports.import_type import ImportType
from console.sheets.table_reader import SheetRow, TableLimits, UnreadableTable, open_table

CHUNK_SIZE = 1 << 20
#: The headings are searched in this many first rows.
HEADING_SEARCH_ROWS = 10
BATCH = 2_000


def check_length(length: int) -> None:
    """Raise ValidationError if a body is too large. Call it before the body is read."""
    if length > settings.IMPORT_MAX_BYTES + CHUNK_SIZE:
        raise ValidationError(too_large_message(), "size")


def too_large_message() -> str:
    return _("The file is larger than %(size)d MB. Split it, or save it as .xlsx.") % {
        "size": settings.IMPORT_MAX_BYTES // 1_000_000
    }


@transaction.atomic
def create_import(import_type: ImportType, *, file: IO[bytes], filename: str, by: Any, **fields: Any) -> Any:
    """Create an import of the school of `by` from a file. Raise ValidationError if it cannot be read."""
    imports: Any = import_type.source_model._default_manager
    try:
        table = open_table(file, TableLimits(rows=settings.IMPORT_MAX_ROWS))
        headings, rows = _split_headings(table.rows, import_type.headings)
        source = imports.create(
            enterprise_id=by.enterprise_id,
            by=by,
            filename=filename[-200:],
            kind=table.kind,
            digest="",
            headings=[heading.strip()[:200] for heading in headings],
            columns=import_type.guess_columns(headings),
            left_out=[name[:200] for name in table.left_out],
            **fields,
        )
        source.rows_in_all = _store_rows(source, import_type.row_model, rows)
    except UnreadableTable as error:
        raise ValidationError(str(error), "unreadable") from None
    if not source.rows_in_all:
        message: Any = import_type.empty_message
        raise ValidationError(message, "empty")
    source.digest = file_sha256(file)
    source.save(update_fields=["digest", "rows_in_all"])
    return source


def file_sha256(file: IO[bytes]) -> str:
    """Return the SHA-256 of the whole file."""
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(CHUNK_SIZE):
        digest.update(piece)
    return digest.hexdigest()


def _split_headings(
    rows: Iterator[SheetRow], known: Mapping[str, str]
) -> tuple[list[str], Iterator[SheetRow]]:
    """Return the headings and the rows below. The first row is used if none looks like headings."""
    head = list(islice(rows, HEADING_SEARCH_ROWS))
    if not head:
        raise UnreadableTable(_("The file is empty."))
    place = next((number for number, row in enumerate(head) if looks_like_headings(row.cells, known)), 0)
    return head[place].cells, chain(head[place + 1 :], rows)


def _store_rows(source: Any, model: type[Any], rows: Iterable[SheetRow]) -> int:
    """Insert the rows in batches, so that memory does not grow with the file; return their number."""
    count = 0
    instances = (
        model(source=source, enterprise_id=source.enterprise_id, number=row.number, cells=row.cells)
        for row in rows
    )
    while batch := list(islice(instances, BATCH)):
        bulk_insert(batch)
        count += len(batch)
    return count
