"""The yearly evidence pack counts minors, consents and accesses to their data, of its school and year."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, User
from accounts.people.age_and_consent import record_age, record_consent
from accounts.people.erasure import erase_person
from accounts.people.services import record_reveal
from console.audit.evidence_pack import build_pack
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db


def counts(school, by, year=0):
    with build_pack(school, year or timezone.localdate().year, by=by) as file:
        text = zipfile.ZipFile(file).read("counts.csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))[1:]
    return {row[0]: (int(row[2]), row[3]) for row in rows}


def consent(person, by, state="given"):
    record_consent(
        person=person, by=by, state=state, day=timezone.localdate(), guardian="Li Na, mother", how="paper"
    )


@pytest.fixture
def kids(school, alice):
    """Four students under 14: consent given, withdrawn and missing, and one whose age nobody recorded."""
    kids = [create_person(school, name, Role.STUDENT) for name in ("dina", "tim", "tom", "una")]
    for kid in kids[:3]:
        record_age(person=kid, by=alice, age_group="under_14")
    consent(kids[0], alice)
    consent(kids[1], alice)
    consent(kids[1], alice, "withdrawn")
    return kids


def test_minors_and_their_consents_are_counted(school, alice, kids, charlie):
    other = create_person(charlie.enterprise, "kid", Role.STUDENT)
    record_age(person=other, by=charlie, age_group="under_14")
    found = {name: number for name, (number, _basis) in counts(school, alice).items()}
    assert (found["students"], found["under_14"], found["age_not_recorded"]) == (4, 3, 1)
    names = ("under_14_with_consent", "under_14_consent_withdrawn", "under_14_without_consent")
    assert [found[name] for name in names] == [1, 1, 1]
    assert (found["consents_given"], found["consents_withdrawn"]) == (2, 1)


def test_accesses_to_data_of_minors_are_counted_with_who_and_why(school, alice, bob, kids):
    record_reveal(person=kids[0], by=alice, names=["phone_no"], reason="ill")
    record_reveal(person=kids[0], by=bob, names=["phone_no"])
    record_reveal(person=bob, by=alice, names=["phone_no"], reason="ill")
    erase_person(person=kids[3], by=alice, reason="a parent asks")
    found = {name: number for name, (number, _basis) in counts(school, alice).items()}
    assert (found["accesses_to_minors"], found["people_with_access"]) == (2, 2)
    assert (found["accesses_with_reason"], found["reveals"], found["erasures"]) == (1, 3, 1)


def test_another_year_counts_nothing_that_happened_in_this_one(school, alice, kids):
    record_reveal(person=kids[0], by=alice, names=["phone_no"], reason="ill")
    found = counts(school, alice, (timezone.localdate() - timedelta(days=800)).year)
    assert found["consents_given"][0] == found["accesses_to_minors"][0] == 0


def test_every_count_names_the_passage_that_it_answers_to(school, alice):
    assert User.objects.filter(role=Role.STUDENT).count() == 0
    assert all(basis for _number, basis in counts(school, alice).values())
