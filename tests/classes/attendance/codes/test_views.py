"""Pages of the attendance codes: who changes them, and what a page refuses in a sentence."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from classes.attendance.codes.presets import ENGLAND
from classes.attendance.codes.services import add_code, edit_code, fill_in_codes, uses_digest
from classes.models import AttendanceCode, CodeUse
from console.audit.models import AuditEntry
from console.concurrency import value_digests
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
CODES = "/attendance/codes/"
FORM = {
    **{"letters": "H", "name": "Here", "tone": "ok", "counts_as": "present", "is_active": "on"},
    "uses": ["present", "late"],
}
FIELDS = {"letters": "H", "name": "Here", "tone": "ok", "counts_as": "present", "is_active": True}


@pytest.fixture
def here(alice: User) -> AttendanceCode:
    return add_code(by=alice, uses=[("present", ""), ("late", "")], **FIELDS)


def uses(code: AttendanceCode) -> list[tuple[str, str]]:
    return sorted(CodeUse.objects.filter(code=code).values_list("mark", "kind"))


def test_an_administrator_adds_changes_and_deletes_a_code(browse: Any, alice: User) -> None:
    assert "No attendance codes" in page_text(browse(alice, CODES))
    assert browse(alice, f"{CODES}new/", FORM).status_code == 302
    code = AttendanceCode.objects.get()
    assert (code.letters, code.name, uses(code)) == ("H", "Here", [("late", ""), ("present", "")])
    page = page_text(browse(alice, CODES))
    assert "It changes no mark, no attendance rate and no warning." in page
    assert "left early, late and left early, absent, excused, no data" in page
    address = f"{CODES}{code.pk}/"
    browse(alice, address, FORM | {"uses": ["present.morning"], "name": "In"})
    code.refresh_from_db()
    assert (code.name, uses(code)) == ("In", [("present", "morning")])
    assert "present: in the morning" in page_text(browse(alice, CODES))
    browse(alice, f"{address}remove/", {})
    assert not AttendanceCode.objects.exists()
    actions = AuditEntry.objects.filter(action__startswith="code.").order_by("pk")
    assert [one.action for one in actions] == ["code.add", "code.change", "code.delete"]
    assert actions[1].after == {"name": "In", "uses": ["present.morning"]}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"letters": "H"}, "Your school has this code already."),
        ({"uses": ["late"]}, "“late” already has the code H."),
        ({"letters": "A B"}, "A code is letters, digits or signs without spaces."),
        ({"letters": "ABCDE"}, "Enter at most 4 characters; this text has 5."),
    ],
)
def test_a_code_that_is_taken_or_no_code_is_refused_at_its_field(
    browse: Any, alice: User, here: AttendanceCode, fields: dict[str, Any], sentence: str
) -> None:
    form = FORM | {"letters": "X", "uses": []} | fields
    assert sentence in page_text(browse(alice, f"{CODES}new/", form))
    assert AttendanceCode.objects.count() == 1


def test_a_set_is_shown_before_it_is_filled_in(browse: Any, alice: User, here: AttendanceCode) -> None:
    address = f"{CODES}fill/england/"
    page = page_text(browse(alice, address))
    assert "Unauthorised absence" in page
    assert "added without late, which has another code" in page
    assert "Add 10 codes" in page
    assert AttendanceCode.objects.count() == 1
    browse(alice, address, {})
    assert AttendanceCode.objects.count() == 11
    assert "left out: your school has this code" in page_text(browse(alice, address))
    assert browse(alice, f"{CODES}fill/elsewhere/").status_code == 404


def test_two_editors_of_one_code_do_not_overwrite_each_other(alice: User, here: AttendanceCode) -> None:
    stale = value_digests(here, FIELDS) | {"uses": uses_digest(uses(here))}
    edit_code(code=here, by=alice, uses=[("late", "")], **FIELDS | {"name": "Late"})
    edit_code(code=here, by=alice, uses=uses_before(), seen=stale, **FIELDS | {"tone": "warn"})
    here.refresh_from_db()
    assert (here.name, here.tone, uses(here)) == ("Late", "warn", [("late", "")])
    with pytest.raises(ValidationError) as refused:
        edit_code(code=here, by=alice, uses=[("absent", "")], seen=stale, **FIELDS | {"tone": "warn"})
    assert set(refused.value.message_dict) == {"uses"}


def uses_before() -> list[tuple[str, str]]:
    return [("present", ""), ("late", "")]


def test_nobody_else_sees_or_changes_the_codes(
    browse: Any, bob: User, charlie: User, here: AttendanceCode
) -> None:
    for address in (CODES, f"{CODES}new/", f"{CODES}{here.pk}/", f"{CODES}fill/england/"):
        assert browse(bob, address).status_code == 403
    assert browse(charlie, f"{CODES}{here.pk}/").status_code == 404
    fill_in_codes(code_set=ENGLAND, by=charlie)
    assert {one.enterprise_id for one in AttendanceCode.objects.filter(letters="L")} == {
        charlie.enterprise_id
    }


def test_the_codes_are_shown_in_chinese(browse: Any, alice: User, here: AttendanceCode) -> None:
    page = page_text(browse(alice, CODES, language="zh-hans"))
    assert "考勤代码" in page
    assert "出勤" in page
