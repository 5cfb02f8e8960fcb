import pytest
from django.utils import translation

from accounts.imports.columns import FIELDS, GROUPS, LABELS, OFFICE_FIELDS, PEOPLE_HEADINGS
from console.imports.columns import guess_columns
from tests.support.page_client import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_headings_that_we_write_are_guessed_again(language: str) -> None:
    with translation.override(language):
        headings = [str(LABELS[name]) for name in ("user_id", *FIELDS, *OFFICE_FIELDS, GROUPS)]
    assert guess_columns(headings, PEOPLE_HEADINGS) == ["user_id", *FIELDS, *OFFICE_FIELDS, GROUPS]
