"""The page of roles and rights: the table as it is, in words, for those who may see it."""

import pytest
from django.utils import translation

from accounts.models import Role, User
from console.policy import words
from console.policy.rights import Line, exceptions, field_parts, of_roles, parts
from console.policy.table import FIELDS, ROLES, TABLE
from tests.support.cast import person
from tests.support.pages import LANGUAGES, reader, says, text


def cells(lines: list[Line]) -> list[str]:
    return [" ".join(cell.letter for cell in line.cells) for line in lines]


def test_every_cell_of_the_table_is_shown() -> None:
    assert [cells(part.lines) for part in parts()] == [list(actions.values()) for actions in TABLE.values()]
    rules = [rule for fields in FIELDS.values() for rule in fields.values()]
    assert [cells(part.lines) for part in field_parts()] == [list(rule.values()) for rule in rules]


def test_role_by_role_it_says_the_same() -> None:
    for place, role in enumerate(of_roles("admin")):
        told = sum(len(names) for _name, reaches in role.parts for _reach, names in reaches)
        assert told == sum(row.split()[place] != "-" for rows in TABLE.values() for row in rows.values())
    assert [role.key for role in of_roles("admin") if role.own] == ["admin"]


def test_everything_in_the_table_has_words_in_both_languages() -> None:
    actions = {action for rows in TABLE.values() for action in rows}
    actions |= {action for fields in FIELDS.values() for rules in fields.values() for action in rules}
    fields = {field for rules in FIELDS.values() for field in rules}
    assert set(TABLE) == set(words.RESOURCES), "Name it in console/policy/words.py."
    assert actions <= set(words.ACTIONS), "Name it in console/policy/words.py."
    assert fields == set(words.FIELDS), "Name it in console/policy/words.py."
    told = {**words.RESOURCES, **words.ACTIONS, **words.FIELDS}
    with translation.override("zh-hans"):
        chinese = {name: str(said) for name, said in told.items()}
    with translation.override("en"):
        assert [name for name, said in told.items() if str(said) == chinese[name]] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPERADMIN])
def test_administrators_read_it(school: object, role: str, language: str) -> None:
    page = reader(person(school, "anna", role), language).get("/rights/")  # type: ignore[arg-type]
    assert says(page, "Roles and rights", language)
    with translation.override(language):
        assert all(str(name) in text(page) for name in (*ROLES.values(), *words.RESOURCES.values()))
        assert all(sentence in text(page) for sentence in exceptions())


def test_it_names_the_visits_of_operators_and_how_long_they_last(alice: User, settings: object) -> None:
    settings.VISIT_S = 1200  # type: ignore[attr-defined]
    assert "for 20 minutes" in text(reader(alice).get("/rights/"))


def test_a_teacher_has_no_business_there(bob: User) -> None:
    assert reader(bob).get("/rights/").status_code == 403
