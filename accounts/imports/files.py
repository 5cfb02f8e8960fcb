"""Taking a file in: its rows are stored as they stand, with a guess of what the columns fill."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.imports.columns import PEOPLE_HEADINGS, Options, guess, looks_like_headings
from accounts.models import ImportRow, PeopleImport, User
from console.rows import insert
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


@dataclass(frozen=True)
class Sort:
    """A sort of tables: the models of a file and of its rows, the field of each known heading, and what is
    said of a file without rows."""

    source: type[Any]
    row: type[Any]
    headings: Mapping[str, str]
    empty: str | Promise


PEOPLE = Sort(
    PeopleImport,
    ImportRow,
    PEOPLE_HEADINGS,
    gettext_lazy("The file holds no people: below the headings every row is empty."),
)


def take_in(*, file: IO[bytes], filename: str, by: User, options: Options | None = None) -> PeopleImport:
    """The import of a file of people. ValidationError with a sentence where it cannot be read."""
    told: PeopleImport = take(
        PEOPLE, file=file, filename=filename, by=by, options=(options or Options()).stored()
    )
    return told


@transaction.atomic
def take(sort: Sort, *, file: IO[bytes], filename: str, by: User, **fields: Any) -> Any:
    """The import of a file that was sent. ValidationError with a sentence where it cannot be read."""
    try:
        table = open_table(file, Limits(rows=settings.IMPORT_MAX_ROWS))
        headings, rows = _headed(table.rows, sort.headings)
        source = sort.source.objects.create(
            enterprise_id=by.enterprise_id,
            by=by,
            filename=filename[-200:],
            kind=table.kind,
            digest="",
            headings=[heading.strip()[:200] for heading in headings],
            columns=guess(headings, sort.headings),
            left_out=[name[:200] for name in table.left_out],
            **fields,
        )
        source.rows_in_all = _store(source, sort.row, rows)
    except Unreadable as error:
        raise ValidationError(str(error), "unreadable") from None
    if not source.rows_in_all:
        raise ValidationError(sort.empty, "empty")
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


def _headed(rows: Iterator[Row], known: Mapping[str, str]) -> tuple[list[str], Iterator[Row]]:
    """The headings and the rows below them: the first row that looks like headings, else the first one."""
    head = list(islice(rows, HEAD))
    if not head:
        raise Unreadable(_("The file is empty."))
    place = next((number for number, row in enumerate(head) if looks_like_headings(row.cells, known)), 0)
    return head[place].cells, chain(head[place + 1 :], rows)


def _store(source: Any, model: type[Any], rows: Iterable[Row]) -> int:
    """Write the rows in bundles, so that a long file needs no more memory than a short one."""
    count = 0
    lines = (
        model(source=source, enterprise_id=source.enterprise_id, number=row.number, cells=row.cells)
        for row in rows
    )
    while bundle := list(islice(lines, BATCH)):
        insert(bundle)
        count += len(bundle)
    return count
