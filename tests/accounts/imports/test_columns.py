import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.imports.columns import FIELDS, GROUPS, LABELS, guess, join_groups, split_groups
from tests.support.pages import LANGUAGES


@given(st.lists(st.text(alphabet='ab;,、|"\n 一', min_size=1, max_size=6), max_size=4, unique=True))
def test_the_names_of_groups_are_read_back_as_they_were_written(names: list[str]) -> None:
    assert split_groups(join_groups(names)) == names


@pytest.mark.parametrize(
    "cell", ["一班;二班", "一班；二班", "一班、二班", "一班,二班", " 一班 | 二班 ", "一班\n二班；"]
)
def test_groups_may_be_separated_as_people_do_it(cell: str) -> None:
    assert split_groups(cell) == ["一班", "二班"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_headings_that_we_write_are_guessed_again(language: str) -> None:
    with translation.override(language):
        headings = [str(LABELS[name]) for name in ("user_id", *FIELDS, GROUPS)]
    assert guess(headings) == ["user_id", *FIELDS, GROUPS]


def test_of_two_columns_for_one_field_the_first_takes_it() -> None:
    assert guess(["学号", "User ID", "E-Mail", "Shoe size"]) == ["user_id", "", "e_mail", ""]
