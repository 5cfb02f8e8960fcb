"""How long recordings are kept: the days of the school, a day of their own before those, for good."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import retention
from accounts.models import Role
from classes.models import Footage, Lesson, Recording
from classes.recordings import services
from classes.recordings.services import BIN
from classes.recordings.warning import warn
from console.audit.models import AuditEntry
from console.notices.models import Notice
from tests.classes.recordings.test_pages import found, track
from tests.classes.rows import over
from tests.support.cast import person
from tests.support.pages import reader, text

pytestmark = pytest.mark.django_db
SETTINGS = "/school/retention/"


@pytest.fixture
def quinn(school):
    return person(school, "quinn", Role.SUPERADMIN)


def ended(by, days, **fields):
    """A lesson that ended so many days ago, with a track."""
    lesson = over(by, record_types=["remote"], **fields)
    now = timezone.now() - timedelta(days=days)
    times = {"starts_at": now - timedelta(hours=1), "ends_at": now}
    real = {"real_started_at": now - timedelta(hours=1), "real_ended_at": now}
    Lesson.objects.filter(pk=lesson.pk).update(**times, **real)
    lesson.refresh_from_db()
    track(lesson)
    return lesson


def keep(lesson, by, **said):
    return reader(by).post(f"/recordings/{lesson.pk}/edit/", {"title": "", "tags": "", **said})


def test_recordings_go_into_the_bin_after_the_days_of_the_school_and_then_for_good(
    quinn, alice, bob, school, charlie
):
    old, new, theirs = ended(bob, 31), ended(bob, 29), ended(charlie, 31)
    assert retention.clear() == 0, "kept for good until the school says otherwise"
    page = reader(quinn).post(SETTINGS, {"keep_samples_days": 30, "keep_recordings_days": 30})
    assert "Recordings (1)" in text(page)
    assert "can be taken out of it for 30 days" in text(page)
    sure = {"keep_samples_days": 30, "keep_recordings_days": 30, "confirm": "on"}
    assert reader(quinn).post(SETTINGS, sure).status_code == 302
    entry = AuditEntry.objects.filter(action="school.change").latest("id")
    assert entry.actor == quinn
    assert "keep_recordings_days" in str(entry.after)
    assert (retention.clear(), retention.clear()) == (1, 0)
    assert set(Footage.objects.exclude(binned_at=None).values_list("lesson", flat=True)) == {old.pk}
    why = AuditEntry.objects.get(action="recording.delete")
    assert (why.actor, why.reason) == (None, "kept for 30 days")
    assert found(reader(alice), "?state=binned") == [old.topic]
    Footage.objects.filter(lesson=old).update(binned_at=timezone.now() - BIN - timedelta(hours=1))
    assert services.empty_bin() == 1
    assert Recording.objects.get(lesson=old).url == ""
    assert Recording.objects.filter(lesson__in=[new, theirs]).exclude(url="").count() == 2


def test_a_day_of_its_own_and_for_good_go_before_the_days_of_the_school(quinn, alice, bob, school):
    school.keep_recordings_days = 30
    school.save()
    dated, kept, plain = ended(bob, 40), ended(bob, 40), ended(bob, 40)
    day = timezone.localdate() + timedelta(days=20)
    assert keep(dated, bob, keep_until=day.isoformat()).status_code == 302
    assert keep(kept, bob, keep_for_good="on").status_code == 302
    assert "not both" in text(keep(kept, bob, keep_for_good="on", keep_until=day.isoformat()))
    assert retention.clear() == 1
    assert Footage.objects.get(lesson=plain).binned_at
    pages = [text(reader(bob).get(f"/recordings/{one.pk}/")) for one in (dated, kept, ended(bob, 3))]
    assert day.isoformat() in pages[0]
    assert "for good" in pages[1]
    assert "The school keeps recordings for 30 days." in pages[2]
    reader(alice).post(f"/recordings/{plain.pk}/restore/")
    assert retention.clear() == 0, "what was taken out of the bin stays"
    assert services.expire(day + timedelta(days=1)) == 1


def test_one_notice_a_person_and_day_a_week_before_however_many_go(alice, bob, school):
    school.keep_recordings_days = 30
    school.save()
    tom = person(school, "tom", Role.TEACHER)
    ended(bob, 25), ended(bob, 25), ended(tom, 25), ended(tom, 10)
    assert (warn(), warn()) == (3, 0)
    told = {one.person.user_id: one.args["number"] for one in Notice.objects.select_related("person")}
    assert told == {"alice": 3, "bob": 2, "tom": 1}
    notice = Notice.objects.get(person=bob)
    assert notice.args["day"] == (timezone.localdate() + timedelta(days=5)).isoformat()
    assert len(found(reader(bob), f"?{notice.link.partition('?')[2]}")) == 2


def test_only_a_superadmin_says_how_long(alice, bob, school):
    for who in (alice, bob):
        assert reader(who).post(SETTINGS, {"keep_recordings_days": 30}).status_code == 403
    school.refresh_from_db()
    assert school.keep_recordings_days is None
