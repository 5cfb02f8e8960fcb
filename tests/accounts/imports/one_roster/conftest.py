"""OneRoster imports of Alice's school."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils.translation import override

from accounts.imports.one_roster.import_type import ROSTER_IMPORT
from accounts.models import PeopleImport, User
from console.imports import services
from tests.accounts.imports.one_roster.roster_files import Records, zip_of

Check = Callable[..., PeopleImport]


@pytest.fixture(autouse=True)
def english(chinese: None) -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def checked(alice: User) -> Check:
    """A zip of these records, taken in and compared with the school."""

    def take(records: Records, *, by: User = alice, options: Any = None, **manifest: str) -> PeopleImport:
        source: PeopleImport = ROSTER_IMPORT.create_import(
            file=zip_of(records, **manifest), filename="roster.zip", by=by
        )
        source.options = {**source.options, **(options or {})}
        services.check_import(ROSTER_IMPORT, source)
        return source

    return take


@pytest.fixture
def applied(checked: Check, alice: User) -> Check:
    """The same, and applied."""

    def take(records: Records, *, by: User = alice, **more: Any) -> PeopleImport:
        source = checked(records, by=by, **more)
        applied: PeopleImport = services.apply_import(ROSTER_IMPORT, source=source, by=by)
        return applied

    return take
