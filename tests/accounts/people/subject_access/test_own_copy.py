"""In the copy about oneself is what is one's own; what staff write about people, the office gives out."""

import pytest

from accounts.models import Role, User
from classes.models import GuestCredit
from tests.accounts.people.subject_access.test_copy import data_of, made
from tests.security.sample_school import build_sample_school

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
STAFF_ONLY = {
    *("accounts.StudentNote", "classes.AttendanceWarning", "classes.WarningFollowUp"),
    *("classes.AbsenceCall", "classes.Observation", "classes.CallbackDifference"),
}
WHY = "She joined with the phone of her father."


@pytest.fixture
def sample(school, other_school, olga):
    found = build_sample_school(school, other_school, olga)
    GuestCredit.objects.filter(person=found.people["student"]).update(reason=WHY)
    return found


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER, Role.ASSISTANT])
def test_people_get_no_notes_warnings_calls_or_evidence_about_themselves(sample, role):
    User.objects.filter(pk=sample.people["student"].pk).update(role=role)
    dina = User.objects.get(pk=sample.people["student"].pk)
    found = data_of(made(dina, dina, reason=""))
    assert set(found["only_for_the_office"]) >= STAFF_ONLY
    assert {model for model in STAFF_ONLY if found["data"][model]} == set()
    assert found["data"]["classes.Attendance"]
    assert found["data"]["classes.Stay"]
    assert "Left early" not in str(found)


def test_the_office_gets_all_of_it(sample):
    found = data_of(made(sample.people["admin"], sample.people["student"]))
    assert found["only_for_the_office"] == []
    assert found["data"]["accounts.StudentNote"][0]["text"] == "Left early"
    assert found["data"]["classes.AttendanceWarning"]
    assert found["data"]["classes.GuestCredit"][0]["reason"] == WHY


def test_why_a_guest_was_matched_is_not_told_to_the_student(sample):
    dina = sample.people["student"]
    archive = made(dina, dina, reason="")
    assert len(data_of(archive)["data"]["classes.GuestCredit"]) == 1
    assert all(WHY not in archive.read(name).decode() for name in ("data.json", "index.html"))
