"""Taking a file in: its rows are stored as they stand, with a guess of what the columns fill."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.imports.columns import Options, guess, looks_like_headings
from accounts.models import ImportRow, PeopleImport, User
from console.sheets.reading import Limits, Row, Unreadable, open_table

CHUNK = 1 << 20
#: Among so many first rows the headings are looked for.
HEAD = 10
BATCH = 2_000


def check_length(length: int) -> None:
    """ValidationError for a body that is too large; asked before anything of it is read."""
    if length > settings.IMPORT_MAX_BYTES + CHUNK:
        raise ValidationError(too_large(), "size")


def too_large() -> str:
    return _("The file is larger than %(size)d MB. Divide it, or save it as .xlsx.") % {
        "size": settings.IMPORT_MAX_BYTES // 1_000_000
    }


@transaction.atomic
def take_in(*, file: IO[bytes], filename: str, by: User, options: Options | None = None) -> PeopleImport:
    """The import of a file that was sent. ValidationError with a sentence where it cannot be read."""
    try:
        table = open_table(file, Limits(rows=settings.IMPORT_MAX_ROWS))
        headings, rows = _headed(table.rows)
        source = PeopleImport.objects.create(
            enterprise_id=by.enterprise_id,
            by=by,
            filename=filename[-200:],
            kind=table.kind,
            digest="",
            headings=[heading.strip()[:200] for heading in headings],
            columns=guess(headings),
            left_out=[name[:200] for name in table.left_out],
            options=(options or Options()).stored(),
        )
        source.rows_in_all = _store(source, rows)
    except Unreadable as error:
        raise ValidationError(str(error), "unreadable") from None
    if not source.rows_in_all:
        raise ValidationError(_("The file holds no people: below the headings every row is empty."), "empty")
    source.digest = digest_of(file)
    source.save(update_fields=["digest", "rows_in_all"])
    return source


def digest_of(file: IO[bytes]) -> str:
    """SHA-256 of the whole file."""
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(CHUNK):
        digest.update(piece)
    return digest.hexdigest()


def _headed(rows: Iterator[Row]) -> tuple[list[str], Iterator[Row]]:
    """The headings and the rows below them: the first row that looks like headings, else the first one."""
    head = list(islice(rows, HEAD))
    if not head:
        raise Unreadable(_("The file is empty."))
    place = next((number for number, row in enumerate(head) if looks_like_headings(row.cells)), 0)
    return head[place].cells, chain(head[place + 1 :], rows)


def _store(source: PeopleImport, rows: Iterable[Row]) -> int:
    """Write the rows in bundles, so that a long file needs no more memory than a short one."""
    count = 0
    lines = (_line(source, row) for row in rows)
    while bundle := list(islice(lines, BATCH)):
        ImportRow.objects.bulk_create(bundle)
        count += len(bundle)
    return count


def _line(source: PeopleImport, row: Row) -> ImportRow:
    known: Any = {"source": source, "enterprise_id": source.enterprise_id}
    return ImportRow(**known, number=row.number, cells=row.cells)
