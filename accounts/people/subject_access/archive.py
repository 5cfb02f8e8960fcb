"""The file of a copy: a ZIP with data.json for machines, index.html for people, and the person's own files.

Both are written section by section from the collected rows. The page needs nothing else: no script, no style
sheet of its own, no address. Every value is escaped by its template.
"""

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import IO, Any, TypedDict

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Export
from console.audit.held_data import THE_PERSON, HeldFile, Holding, Subject, exclusions, holding_of, holdings
from console.audit.presentation import value_text
from console.policy.table import ROLES

#: Most bytes of all files together; more are left out, and the copy names them.
MAX_FILE_BYTES = 64 << 20
STYLE_SHEET = settings.BASE_DIR / "static/css/subject-access.css"


class Section(TypedDict):
    """Rows of a model. `begins` is its first part, `closed` that the reader may not have the rows, `cut` that
    older rows are missing."""

    model: str
    rows: list[dict[str, Any]]
    begins: bool
    closed: bool
    cut: bool


Sections = Callable[[], Iterator[Section]]


def write_archive(source: Export, subject: Subject, sections: Sections) -> IO[bytes]:
    """Return the archive as an open temporary file, positioned at its start."""
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
            left_out = _write_files(zipped, subject)
            _write(zipped, "data.json", _json_pieces(source, subject, sections, left_out))
            _write(zipped, "index.html", _page_pieces(source, subject, sections, left_out))
        file.seek(0)
        stack.pop_all()  # from here on the caller closes it
    return file


def _write(zipped: zipfile.ZipFile, name: str, pieces: Iterable[str]) -> None:
    with zipped.open(name, "w", force_zip64=True) as raw:
        for piece in pieces:
            raw.write(piece.encode())


def _write_files(zipped: zipfile.ZipFile, subject: Subject) -> list[str]:
    """Write each stored file once, the newest first; return the names of those that do not fit."""
    written: set[str] = set()
    left_out: list[str] = []
    room = MAX_FILE_BYTES
    for file in _files(subject):
        if file.stored in written:
            continue
        written.add(file.stored)
        if file.size > room:
            left_out.append(file.name)
        elif (content := file.read()) is not None:
            zipped.writestr(f"files/{file.name}", content)
            room -= len(content)
    return left_out


def _files(subject: Subject) -> Iterator[HeldFile]:
    for holding in holdings():
        if holding.files is not None and holding.is_readable(subject):
            for row in holding.rows_of(subject.person).iterator():
                yield from holding.files(row)


def _json_pieces(source: Export, subject: Subject, sections: Sections, left_out: list[str]) -> Iterator[str]:
    """Yield one object: what the file is, then a list of rows by model."""
    head = {
        "school": source.enterprise.name,
        "user_id": subject.person.user_id,
        "made_at": timezone.localtime().isoformat(),
        "not_included": {model: str(reason) for model, reason in exclusions().items()},
        "only_for_the_office": [],
        "older_rows_missing": [],
        "files_left_out": left_out,
    }
    for section in sections():
        if section["closed"]:
            head["only_for_the_office"].append(section["model"])
        if section["cut"]:
            head["older_rows_missing"].append(section["model"])
    yield _dump(head)[:-1] + ', "data": {'
    between_models = between_rows = ""
    for section in sections():
        if section["begins"]:
            if between_models:
                yield "]"
            yield f"{between_models}\n{_dump(section['model'])}: ["
            between_models, between_rows = ",", ""
        for row in section["rows"]:
            yield f"{between_rows}\n{_dump(row)}"
            between_rows = ","
    yield "]}}\n" if between_models else "}}\n"


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _page_pieces(source: Export, subject: Subject, sections: Sections, left_out: list[str]) -> Iterator[str]:
    columns = _filled_columns(sections)
    contents = [(model, holding_of(model).title) for model in columns]
    yield render_to_string(
        "accounts/people/subject_access/head.html",
        {
            "source": source,
            "person": subject.person,
            "made_at": timezone.now(),
            "contents": contents,
            "style": _style(),
            "language": get_language(),
            "own": subject.person == source.by,
        },
    )
    opened, closed, cut = "", [], set()
    for section in sections():
        if section["closed"]:
            closed.append(holding_of(section["model"]).title)
        if not section["rows"]:
            continue
        yield _part_of_page(section, columns[section["model"]], opened)
        opened = section["model"]
        cut |= {opened} if section["cut"] else set()
    excluded = {str(reason) for reason in exclusions().values()}
    context = {
        "opened": opened,
        "closed": closed,
        "cut": [holding_of(model).title for model in sorted(cut)],
        "excluded": sorted(excluded),
        "left_out": left_out,
    }
    yield render_to_string("accounts/people/subject_access/foot.html", context)


def _part_of_page(section: Section, names: list[str], opened: str) -> str:
    """Render rows as a part of the table of their model, which begins with its first rows."""
    holding = holding_of(section["model"])
    context = {
        "model": section["model"],
        "opened": opened,
        "begins": opened != section["model"],
        "title": holding.title,
        "labels": [holding.label_of(name) for name in names],
        "rows": [[_text(holding, name, row.get(name)) for name in names] for row in section["rows"]],
    }
    return render_to_string("accounts/people/subject_access/rows.html", context)


def _filled_columns(sections: Sections) -> dict[str, list[str]]:
    """Return the columns that have a value in some row, by model, in their order."""
    filled: dict[str, dict[str, bool]] = {}
    for section in sections():
        for row in section["rows"]:
            known = filled.setdefault(section["model"], {})
            for name, value in row.items():
                known[name] = known.get(name, False) or value not in (None, "", [], {})
    return {
        model: [name for name, has in known.items() if has and name != "pk"]
        for model, known in filled.items()
    }


def _text(holding: Holding, name: str, value: Any) -> str:
    """Return a value as people read it: labels of choices, local times, roles instead of other people."""
    if value == THE_PERSON:
        return _("this person")
    fields = {one.name: one for one in holding.model_class._meta.concrete_fields}
    field = fields.get(name)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value or ""))
    is_person = name == "role" or (field is not None and field.is_relation)
    if isinstance(value, str) and is_person and value in ROLES:
        return str(ROLES[value])
    if isinstance(value, str) and (at := _moment(value)):
        return date_format(timezone.localtime(at), "DATETIME_FORMAT") if timezone.is_aware(at) else value
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return "; ".join(value_text(item) for item in value)
    return value_text(value)


def _moment(value: str) -> datetime | None:
    """Return the time of an ISO text; None for other texts."""
    if len(value) < len("2027-03-01T08:00:00Z") or value[4:5] != "-":
        return None
    try:
        return parse_datetime(value)
    except ValueError:
        return None


def _style() -> SafeString:
    """Return the style sheet as an element. It is a file of the console, without anything typed by people."""
    return mark_safe(f"<style>{STYLE_SHEET.read_text(encoding='utf-8')}</style>")  # noqa: S308
