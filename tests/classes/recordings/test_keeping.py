"""How long recordings are kept: the days of the school, a day of their own before those, for good."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from accounts.school import retention
from classes.models import Lesson, LessonRecording, Recording
from classes.recordings import services
from classes.recordings.notifications import send_expiry_warnings
from classes.recordings.services import BIN_RETENTION
from console.audit.models import AuditEntry
from console.notifications.models import Notification
from tests.classes.factories import create_finished_lesson
from tests.classes.recordings.test_views import found, track
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db
SETTINGS = "/school/retention/"


@pytest.fixture
def quinn(school):
    return create_person(school, "quinn", Role.SUPERADMIN)


def ended(by, days, **fields):
    """A lesson that ended so many days ago, with a track."""
    lesson = create_finished_lesson(by, record_types=["remote"], **fields)
    now = timezone.now() - timedelta(days=days)
    times = {"starts_at": now - timedelta(hours=1), "ends_at": now}
    real = {"real_started_at": now - timedelta(hours=1), "real_ended_at": now}
    Lesson.objects.filter(pk=lesson.pk).update(**times, **real)
    lesson.refresh_from_db()
    track(lesson)
    return lesson


def ended_after_midnight(by, days):
    """A lesson that began on one day and ended on the next, so many days ago."""
    lesson = ended(by, days)
    midnight = timezone.localtime(lesson.ends_at).replace(hour=0, minute=0, second=0, microsecond=0)
    begun, over = midnight - timedelta(minutes=40), midnight + timedelta(minutes=5)
    times = {"starts_at": begun, "ends_at": over, "real_started_at": begun, "real_ended_at": over}
    Lesson.objects.filter(pk=lesson.pk).update(**times)
    return lesson


def keep(lesson, by, **said):
    return client_for(by).post(f"/recordings/{lesson.pk}/edit/", {"title": "", "tags": "", **said})


def test_recordings_go_into_the_bin_after_the_days_of_the_school_and_then_for_good(
    quinn, alice, bob, school, charlie
):
    old, new, theirs = ended(bob, 31), ended(bob, 29), ended(charlie, 31)
    assert retention.clear_all_schools() == 0, "kept for good until the school says otherwise"
    page = client_for(quinn).post(SETTINGS, {"keep_samples_days": 30, "keep_recordings_days": 30})
    assert "Recordings (1)" in page_text(page)
    assert "can be restored for 30 days" in page_text(page)
    sure = {"keep_samples_days": 30, "keep_recordings_days": 30, "confirm": "on"}
    assert client_for(quinn).post(SETTINGS, sure).status_code == 302
    entry = AuditEntry.objects.filter(action="school.change").latest("id")
    assert entry.actor == quinn
    assert "keep_recordings_days" in str(entry.after)
    assert (retention.clear_all_schools(), retention.clear_all_schools()) == (1, 0)
    assert set(LessonRecording.objects.exclude(binned_at=None).values_list("lesson", flat=True)) == {old.pk}
    why = AuditEntry.objects.get(action="recording.delete")
    assert (why.actor, why.reason) == (None, "kept for 30 days")
    assert found(client_for(alice), "?state=binned") == [old.topic]
    LessonRecording.objects.filter(lesson=old).update(
        binned_at=timezone.now() - BIN_RETENTION - timedelta(hours=1)
    )
    assert services.empty_bin() == 1
    assert Recording.objects.get(lesson=old).url == ""
    assert Recording.objects.filter(lesson__in=[new, theirs]).exclude(url="").count() == 2


def test_a_day_of_its_own_and_for_good_go_before_the_days_of_the_school(quinn, alice, bob, school):
    school.keep_recordings_days = 30
    school.save(update_fields=["keep_recordings_days"])
    dated, kept, plain = ended(bob, 40), ended(bob, 40), ended(bob, 40)
    day = timezone.localdate() + timedelta(days=20)
    assert keep(dated, bob, keep_until=day.isoformat()).status_code == 302
    assert keep(kept, bob, keep_for_good="on").status_code == 302
    assert "not both" in page_text(keep(kept, bob, keep_for_good="on", keep_until=day.isoformat()))
    assert retention.clear_all_schools() == 1
    assert LessonRecording.objects.get(lesson=plain).binned_at
    pages = [page_text(client_for(bob).get(f"/recordings/{one.pk}/")) for one in (dated, kept, ended(bob, 3))]
    assert day.isoformat() in pages[0]
    assert "indefinitely" in pages[1]
    assert "The school keeps recordings for 30 days." in pages[2]
    client_for(alice).post(f"/recordings/{plain.pk}/restore/")
    assert retention.clear_all_schools() == 0, "what was taken out of the bin stays"
    assert services.expire_recordings(day + timedelta(days=1)) == 1


def test_one_notice_a_person_and_day_a_week_before_however_many_go(alice, bob, school):
    school.keep_recordings_days = 30
    school.save(update_fields=["keep_recordings_days"])
    tom = create_person(school, "tom", Role.TEACHER)
    ended_after_midnight(bob, 25), ended(bob, 25), ended(tom, 25), ended(tom, 10)
    assert (send_expiry_warnings(), send_expiry_warnings()) == (3, 0)
    told = {one.person.user_id: one.args["number"] for one in Notification.objects.select_related("person")}
    assert told == {"alice": 3, "bob": 2, "tom": 1}
    notice = Notification.objects.get(person=bob)
    assert notice.args["day"] == (timezone.localdate() + timedelta(days=5)).isoformat()
    assert len(found(client_for(bob), f"?{notice.link.partition('?')[2]}")) == 2


def test_only_a_superadmin_says_how_long(alice, bob, school):
    for who in (alice, bob):
        assert client_for(who).post(SETTINGS, {"keep_recordings_days": 30}).status_code == 403
    school.refresh_from_db()
    assert school.keep_recordings_days is None
