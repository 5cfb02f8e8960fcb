"""What an import keeps about a person goes with the person, and with time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.imports import retention
from accounts.models import PeopleImport, RosterRow, SourcedId, User
from console.audit.personal_data import erase_personal_data
from tests.accounts.imports.one_roster.roster_files import record, school

pytestmark = pytest.mark.django_db


def test_an_erasure_takes_the_sourced_id_and_what_refused_lines_say(applied):
    records = school()
    records["enrollments.csv"][1]["classSourcedId"] = "k-none"
    source = applied(records)
    li = User.objects.get(user_id="li.lei")
    counted = erase_personal_data(li)
    assert counted["roster"] == 2
    assert not SourcedId.objects.filter(kind="user", target=li.pk).exists()
    assert not RosterRow.objects.filter(about="u-li").exists()
    assert "u-li" not in str(list(source.lines.values("cells", "before", "after")))


def test_birthdays_and_guardians_are_not_kept_in_the_rows(applied):
    source = applied(school())
    kept = str(list(source.lines.values("cells", "before", "after")))
    assert "2013-05-06" not in kept
    assert "13900000000" not in kept


def test_old_imports_lose_their_rows_and_an_unconfirmed_one_goes(applied, checked, settings):
    source = applied(school())
    records = school()
    record(records, "users.csv", "u-li")["givenName"] = "磊"
    checked(records)
    PeopleImport.objects.update(created_at=timezone.now() - timedelta(days=settings.IMPORT_KEEP_DAYS + 1))
    assert retention.delete_old_imports() == 2
    assert PeopleImport.objects.get() == source
    assert not RosterRow.objects.exists()
    assert SourcedId.objects.filter(kind="user").count() == 3
