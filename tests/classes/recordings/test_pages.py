"""The library, the page of a recording, our link to a track, and what is kept."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Role
from classes.models import Attendance, Footage, Recording
from classes.recordings import services
from classes.recordings.services import BIN
from classes.recordings.warning import warn
from console.audit.models import AuditEntry
from console.inbox import process
from console.notices.models import Notice
from tests.classes.recordings.test_states import hear, stop
from tests.classes.rows import expect, over
from tests.support.cast import person
from tests.support.pages import reader, text
from tests.support.rest import rest

pytestmark = pytest.mark.django_db
RAW = "https://1253488539.vod2.myqcloud.com/secret.mp4"


@pytest.fixture
def lesson(bob, kids):
    lesson = over(bob, topic="Flamingos", record_types=["remote"])
    expect(lesson, *kids[:2])
    return lesson


def track(lesson, **fields):
    values = {"video_type": 0, "video_id": f"v{Recording.objects.count()}", "user_id": "bob", "url": RAW}
    values |= {"seconds": 2700, "bytes": 10**6, "started_at": lesson.real_started_at}
    return Recording.objects.create(
        enterprise=lesson.enterprise, lesson=lesson, class_id=lesson.remote_id, **values | fields
    )


def found(client, query=""):
    return [line.lesson.topic for line in client.get(f"/recordings/{query}").context["lines"]]


def test_the_library_finds_by_topic_teacher_person_day_track_and_state(school, alice, bob, lesson):
    tom = person(school, "tom", Role.TEACHER)
    other = over(tom, topic="Hedgehogs", record_types=["remote"])
    track(lesson), track(lesson, video_type=1, user_id="kid1")
    client = reader(alice)
    day = timezone.localtime(lesson.starts_at).date()
    after = (day + timedelta(days=2)).isoformat()
    assert set(found(client)) == {"Flamingos", "Hedgehogs"}
    services.describe(lesson=lesson, title="Long necks", tags=["birds"], keep_until=None, by=bob)
    for query, expected in {
        "?q=flam": ["Flamingos"], "?q=necks": ["Flamingos"], "?q=birds": ["Flamingos"], "?q=cats": [],
        "?teacher=tom": ["Hedgehogs"], "?person=kid1": ["Flamingos"], "?person=Kid1": ["Flamingos"],
        "?track=1": ["Flamingos"], "?track=2": [], f"?since={after}": [],
        f"?until={day}&q=hedge": ["Hedgehogs"],
        "?state=ready": ["Flamingos"], "?state=missing": ["Hedgehogs"], "?state=binned": [],
    }.items():  # fmt: skip
        assert found(client, query) == expected, query
    assert other.topic not in found(reader(bob))


def test_people_in_tracks_are_offered_while_a_name_is_typed_and_nobody_elses(
    school, alice, bob, kids, lesson
):
    tom = person(school, "tom", Role.TEACHER)
    track(lesson, user_id="kid1"), track(over(tom, record_types=["remote"]), user_id="kid2")

    def offered(who, words):
        answer = reader(who).get("/recordings/people/", {"q": words})
        return [one["id"] for one in answer.json()["people"]]

    assert offered(alice, "Kid") == ["kid1", "kid2"]
    assert offered(alice, "kid2") == ["kid2"]
    assert offered(alice, "kid3") == [], "in no track"
    assert offered(bob, "kid") == ["kid1"], "of lessons of his own"
    assert offered(kids[0], "kid") == ["kid1"]
    assert offered(alice, "") == []
    assert "teacher" in reader(alice).get("/recordings/").context["filter_form"].fields
    assert "teacher" not in reader(bob).get("/recordings/").context["filter_form"].fields
    wrong = reader(alice).get("/recordings/?teacher=nobody")
    assert wrong.context["filter_form"].errors


def test_a_raw_address_stands_on_no_page_and_the_link_asks_the_right_and_writes_the_viewing_down(
    school, alice, bob, kids, charlie, lesson
):
    row = track(lesson)
    play = f"/recordings/tracks/{row.pk}/play/"
    for who in (alice, bob, kids[0]):
        page = reader(who).get(f"/recordings/{lesson.pk}/")
        assert "secret.mp4" not in text(page)
        assert play in text(page)
        assert (
            "media-src 'self' https://1253488539.vod2.myqcloud.com" in page.headers["Content-Security-Policy"]
        )
    client = reader(kids[0])
    for _ in range(3):
        answer = client.get(play)
        assert (answer.status_code, answer.headers["Location"]) == (302, RAW)
    entry = AuditEntry.objects.get(action="recording.view")
    assert entry.actor == kids[0]
    assert reader(kids[2]).get(play).status_code == 403
    assert reader(charlie).get(play).status_code == 404
    assert reader().get(play).headers["Location"].startswith("/sign-in/")
    assert "secret.mp4" not in rest(bob).get("/api/v1/recordings/").content.decode()


def test_what_is_not_encrypted_is_linked_and_not_embedded(bob, lesson):
    track(lesson, url="http://1253488539.vod2.myqcloud.com/a.mp4")
    page = reader(bob).get(f"/recordings/{lesson.pk}/")
    assert "<video" not in text(page)
    assert "Open at the vendor" in text(page)
    assert "myqcloud" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x.example/a", "", "//x.example/a.mp4"])
def test_an_address_that_is_none_leads_nowhere(bob, lesson, url):
    row = track(lesson, url=url)
    assert reader(bob).get(f"/recordings/tracks/{row.pk}/play/").status_code == 404
    assert reader(bob).get(f"/recordings/{lesson.pk}/").status_code == 200


def test_tracks_are_grouped_by_kind_and_person_and_the_board_is_the_whole_class(bob, lesson):
    track(lesson, video_type=2, user_id=""), track(lesson, user_id="kid1"), track(lesson, user_id="bob")
    page = text(reader(bob).get(f"/recordings/{lesson.pk}/"))
    places = [
        page.index(word) for word in ("camera</h3>", ">bob<", ">kid1<", "whiteboard</h3>", "the whole class")
    ]
    assert places == sorted(places)


def test_chapters_lead_to_what_somebody_missed_and_a_student_sees_their_own_alone(bob, kids, lesson):
    row = track(lesson)
    for kid, minutes in zip(kids[:2], (7, 20), strict=True):
        came = lesson.real_started_at + timedelta(minutes=minutes)
        Attendance.objects.create(
            lesson=lesson, person=kid, user_id=kid.user_id, nickname=kid.nickname, role="student",
            mark="late", first_entered_at=came, last_left_at=lesson.real_ended_at,
        )  # fmt: skip
    page = text(reader(bob).get(f"/recordings/{lesson.pk}/"))
    assert 'data-seek="420"' in page
    assert 'data-seek="1200"' in page
    own = text(reader(kids[0]).get(f"/recordings/{lesson.pk}/"))
    assert 'data-seek="420"' in own
    assert 'data-seek="1200"' not in own
    Recording.objects.filter(pk=row.pk).update(started_at=None)
    assert "data-seek" not in text(reader(bob).get(f"/recordings/{lesson.pk}/"))


def test_the_bin_hides_for_thirty_days_and_then_lets_go_and_no_callback_brings_it_back(
    school, alice, bob, lesson, django_capture_on_commit_callbacks
):
    hear(school, lesson.remote_id, stop(("a", 0, "bob")))
    row = Recording.objects.get()
    row.copy.save("1/a.mp4", ContentFile(b"0123456789"))
    client = reader(alice)
    assert reader(bob).post(f"/recordings/{lesson.pk}/bin/").status_code == 403
    client.post(f"/recordings/{lesson.pk}/bin/")
    assert found(client) == []
    assert found(client, "?state=binned") == ["Flamingos"]
    assert "Can be taken out of the bin until" in text(client.get(f"/recordings/{lesson.pk}/"))
    assert client.get(f"/recordings/tracks/{row.pk}/play/").status_code == 404
    client.post(f"/recordings/{lesson.pk}/restore/")
    assert found(client) == ["Flamingos"]
    client.post(f"/recordings/{lesson.pk}/bin/")
    assert services.empty_bin() == 0
    Footage.objects.update(binned_at=timezone.now() - BIN - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert services.empty_bin() == 1
    assert not row.copy.storage.exists(row.copy.name)
    hear(school, lesson.remote_id, stop(("a", 0, "bob"), at=6000))
    process.drain()
    row.refresh_from_db()
    assert (row.url, row.copy.name) == ("", "")
    client.post(f"/recordings/{lesson.pk}/restore/")
    assert "gone for good" in text(client.get(f"/recordings/{lesson.pk}/"))


def test_who_runs_the_school_is_told_a_week_before_a_recording_goes(alice, bob, lesson):
    track(lesson)
    today = timezone.localdate()
    asked = {"title": "", "tags": "a，b、c", "keep_until": (today + timedelta(days=5)).isoformat()}
    assert reader(bob).post(f"/recordings/{lesson.pk}/edit/", asked).status_code == 302
    assert Footage.objects.get().tags == ["a", "b", "c"]
    assert (warn(), warn()) == (2, 0)
    assert set(Notice.objects.values_list("person__user_id", flat=True)) == {"alice", "bob"}
    assert services.expire(today + timedelta(days=5)) == 0
    assert services.expire(today + timedelta(days=6)) == 1
    assert AuditEntry.objects.filter(action="recording.delete", actor=None).exists()
    past = {**asked, "keep_until": (today - timedelta(days=1)).isoformat()}
    assert "has not passed" in text(reader(bob).post(f"/recordings/{lesson.pk}/edit/", past))


def test_our_copy_is_played_in_parts(bob, lesson):
    row = track(lesson)
    row.copy.save("1/b.mp4", ContentFile(b"0123456789"))
    client, play = reader(bob), f"/recordings/tracks/{row.pk}/play/"
    whole = client.get(play)
    assert (whole.status_code, b"".join(whole.streaming_content)) == (200, b"0123456789")
    for asked, status, body in (
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
    ):
        part = client.get(play, headers={"range": asked})
        assert (part.status_code, b"".join(part.streaming_content)) == (status, body)
    assert client.get(play, headers={"range": "bytes=99-"}).status_code == 416


def test_a_page_of_the_library_asks_as_much_for_many_lessons_as_for_one(alice, bob, queries):
    track(over(bob, record_types=["remote"]))
    few = queries(alice, "/recordings/")
    for _ in range(20):
        track(over(bob, record_types=["remote"]))
    assert queries(alice, "/recordings/") == few


def test_a_program_reads_how_a_recording_stands_and_names_and_keeps_it(alice, bob, kids, charlie, lesson):
    row = track(lesson)
    place = f"/api/v1/lessons/{lesson.pk}/recording/"
    told = rest(kids[0]).get(place).json()
    assert (told["state"], told["title"], told["kept_until"], told["code"]) == ("ready", "", None, 0)
    assert [one["id"] for one in told["tracks"]] == [row.pk]
    assert "secret.mp4" not in str(told)
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    answer = rest(bob).patch(place, {"title": "Long necks", "keep_until": day}, format="json")
    assert (answer.status_code, answer.json()["kept_until"]) == (200, day)
    answer = rest(bob).patch(place, {"tags": ["birds"]}, format="json")
    assert (answer.json()["title"], answer.json()["tags"]) == ("Long necks", ["birds"])
    assert AuditEntry.objects.filter(action="recording.change", actor=bob).count() == 2
    both = rest(bob).patch(place, {"keep_for_good": True}, format="json")
    assert (both.status_code, list(both.json())) == (400, ["keep_until"])
    assert rest(kids[0]).patch(place, {"title": "x"}, format="json").status_code == 403
    assert rest(kids[2]).get(place).status_code == 403
    assert rest(charlie).get(place).status_code == 404
    services.put_into_bin(lesson=lesson, by=alice)
    assert (rest(bob).get(place).json()["state"], rest(bob).get(place).json()["tracks"]) == ("binned", [])
