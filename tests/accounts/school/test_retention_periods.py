"""Periods of retention that contradict another setting of the school are refused."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Enterprise, User
from accounts.school.services import edit_school
from tests.support.page_client import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.mark.parametrize("first", ["keep_leave_files_days", "leave_request_days"])
def test_periods_that_contradict_each_other_are_refused_at_the_field(
    school: Enterprise, quinn: User, first: str
) -> None:
    values = {"keep_leave_files_days": 30, "leave_request_days": 90}
    (second,) = values.keys() - {first}
    edit_school(school=school, by=quinn, **{first: values[first]})
    stored = Enterprise.objects.get(pk=school.pk)
    with pytest.raises(ValidationError, match="They must be kept at least as long") as refused:
        edit_school(school=stored, by=quinn, **{second: values[second]})
    assert refused.value.error_dict.keys() == {second}
    edit_school(school=Enterprise.objects.get(pk=school.pk), by=quinn, name="Wonderland")


def test_the_form_of_the_periods_says_so(school: Enterprise, quinn: User) -> None:
    Enterprise.objects.filter(pk=school.pk).update(leave_request_days=90)
    page = client_for(quinn).post(
        "/school/retention/", {"keep_leave_files_days": "30", "keep_samples_days": "30", "confirm": "on"}
    )
    assert "They must be kept at least as long" in page.content.decode()
