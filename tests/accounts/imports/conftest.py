"""Files of people as schools send them, taken in and compared."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from accounts.imports.columns import ImportOptions
from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import PeopleImport, PeopleImportRow, User
from console.imports.services import check_import
from console.imports.uploads import create_import

HEAD = ["账号", "姓名", "角色", "手机", "邮箱", "班级"]


def csv_file(rows: Sequence[Sequence[str]], name: str = "people.csv", encoding: str = "utf-8") -> io.BytesIO:
    text = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    file = io.BytesIO(text.encode(encoding))
    file.name = name
    return file


@pytest.fixture
def compared(alice: User) -> Callable[..., PeopleImport]:
    """An import by Alice of rows below HEAD (or other headings), compared with her school."""

    def take(
        *rows: Sequence[str], head: Sequence[str] = HEAD, by: User = alice, **options: Any
    ) -> PeopleImport:
        file, chosen = csv_file([head, *rows]), ImportOptions(**options).to_dict()
        source: PeopleImport = create_import(
            PEOPLE_IMPORT, file=file, filename="people.csv", by=by, options=chosen
        )
        check_import(PEOPLE_IMPORT, source)
        return source

    return take


def row_outcomes(source: PeopleImport) -> list[tuple[int, str, str]]:
    """Row, outcome and reason."""
    return list(source.lines.values_list("number", "outcome", "reason"))


def import_row(source: PeopleImport, number: int) -> PeopleImportRow:
    return source.lines.get(number=number)
