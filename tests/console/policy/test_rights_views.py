"""The page of roles and rights: the table as it is, in words, for those who may see it."""

import pytest
from django.utils import translation

from accounts.models import Role, User
from console.policy import labels
from console.policy.field_table import FIELDS
from console.policy.rights_views import PolicyRow, exceptions, field_parts, of_roles, parts
from console.policy.table import ROLES, TABLE
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text


def cells(lines: list[PolicyRow]) -> list[str]:
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
    assert set(TABLE) == set(labels.RESOURCE_LABELS), "Name it in console/policy/labels.py."
    assert actions <= set(labels.ACTION_LABELS), "Name it in console/policy/labels.py."
    assert fields == set(labels.FIELD_LABELS), "Name it in console/policy/labels.py."
    told = {**labels.RESOURCE_LABELS, **labels.ACTION_LABELS, **labels.FIELD_LABELS}
    with translation.override("zh-hans"):
        chinese = {name: str(said) for name, said in told.items()}
    with translation.override("en"):
        assert [name for name, said in told.items() if str(said) == chinese[name]] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPERADMIN])
def test_administrators_read_it(school: object, role: str, language: str) -> None:
    page = client_for(create_person(school, "anna", role), language).get("/rights/")  # type: ignore[arg-type]
    assert page_says(page, "Roles and permissions", language)
    with translation.override(language):
        assert all(
            str(name) in page_text(page) for name in (*ROLES.values(), *labels.RESOURCE_LABELS.values())
        )
        assert all(sentence in page_text(page) for sentence in exceptions())


def test_it_names_the_visits_of_operators_and_how_long_they_last(alice: User, settings: object) -> None:
    settings.OPERATOR_VISIT_S = 1200  # type: ignore[attr-defined]
    assert "for 20 minutes" in page_text(client_for(alice).get("/rights/"))


def test_a_teacher_has_no_business_there(bob: User) -> None:
    assert client_for(bob).get("/rights/").status_code == 403
