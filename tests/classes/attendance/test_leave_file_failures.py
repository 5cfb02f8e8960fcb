"""A storage that fails, or a school whose data cannot be cleared, stops nothing else."""

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from accounts.models import Enterprise, Role
from accounts.people.erasure import erase_person
from accounts.school import retention
from classes.attendance.leave import request_leave
from classes.attendance.leave_files import attach_file, check_file
from classes.models import LeaveFile
from classes.models.leave_file import leave_file_storage
from console.notifications.models import Notification
from tests.classes.attendance.test_leave_files import upload
from tests.support.cast import create_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DAY = timedelta(days=1)


class StubbornStorage(FileSystemStorage):
    """Fails at the first file that is to be deleted."""

    refused: ClassVar[list[str]] = []

    def delete(self, name: str) -> None:
        if not self.refused:
            self.refused.append(name)
            raise OSError("The storage does not answer.")
        super().delete(name)


def test_a_file_that_cannot_be_deleted_keeps_no_other_one(
    school, alice, settings, caplog, django_capture_on_commit_callbacks
):
    StubbornStorage.refused.clear()
    stubborn = f"{__name__}.StubbornStorage"
    settings.STORAGES = settings.STORAGES | {"leave": {**settings.STORAGES["leave"], "BACKEND": stubborn}}
    dina = create_person(school, "dina", Role.STUDENT)
    period = timezone.now() + DAY, timezone.now() + 2 * DAY
    leave = request_leave(person=dina, periods=[period], kind="sick", reason="Flu", by=dina)[0]
    names = [
        attach_file(leave=leave, file=check_file(upload(name)), by=dina).file.name
        for name in ("a.pdf", "b.pdf")
    ]
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(person=dina, by=alice, reason="asked")
    assert not LeaveFile.objects.exists()
    (refused,) = StubbornStorage.refused
    assert [leave_file_storage().exists(name) for name in names] == [name == refused for name in names]
    assert "The storage does not answer." in caplog.text


def test_the_failure_of_a_school_does_not_keep_the_others_from_being_cleared(
    school, other_school, alice, charlie, monkeypatch, caplog
):
    Enterprise.objects.update(keep_notices_days=30)
    for person in (alice, charlie):
        Notification.objects.create(
            enterprise=person.enterprise,
            person=person,
            kind="export.ready",
            created_at=timezone.now() - 40 * DAY,
        )

    def clear(rows):
        if rows.filter(enterprise=min(school.pk, other_school.pk)).exists():
            raise OSError("The storage does not answer.")
        return rows.delete()[0]

    known = retention.CATEGORIES["keep_notices_days"]
    monkeypatch.setitem(retention.CATEGORIES, "keep_notices_days", replace(known, clear=clear))
    assert retention.clear_all_schools() == 1
    (kept,) = Notification.objects.all()
    assert kept.enterprise_id == min(school.pk, other_school.pk)
    assert "were not applied" in caplog.text
