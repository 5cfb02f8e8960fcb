"""The library, the page of a recording, our link to a track, and what is kept."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Role, User
from classes.models import Attendance, LessonRecording, Recording
from classes.recordings import services
from classes.recordings.library import MAX_PEOPLE
from classes.recordings.notifications import send_expiry_warnings
from classes.recordings.services import BIN_RETENTION
from console.audit.models import AuditEntry
from console.inbox import processing
from console.notifications.models import Notification
from tests.classes.factories import add_members, create_finished_lesson
from tests.classes.recordings.test_states import hear, stop
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db
RAW = "https://1253488539.vod2.myqcloud.com/secret.mp4"


@pytest.fixture
def lesson(bob, kids):
    lesson = create_finished_lesson(bob, topic="Flamingos", record_types=["remote"])
    add_members(lesson, *kids[:2])
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
    tom = create_person(school, "tom", Role.TEACHER)
    other = create_finished_lesson(tom, topic="Hedgehogs", record_types=["remote"])
    track(lesson), track(lesson, video_type=1, user_id="kid1")
    client = client_for(alice)
    day = timezone.localtime(lesson.starts_at).date()
    after = (day + timedelta(days=2)).isoformat()
    assert set(found(client)) == {"Flamingos", "Hedgehogs"}
    services.update_recording(lesson=lesson, title="Long necks", tags=["birds"], keep_until=None, by=bob)
    for query, expected in {
        "?q=flam": ["Flamingos"], "?q=necks": ["Flamingos"], "?q=birds": ["Flamingos"], "?q=cats": [],
        "?teacher=tom": ["Hedgehogs"], "?person=kid1": ["Flamingos"], "?person=Kid1": ["Flamingos"],
        "?track=1": ["Flamingos"], "?track=2": [], f"?since={after}": [],
        f"?until={day}&q=hedge": ["Hedgehogs"],
        "?state=ready": ["Flamingos"], "?state=missing": ["Hedgehogs"], "?state=binned": [],
    }.items():  # fmt: skip
        assert found(client, query) == expected, query
    assert other.topic not in found(client_for(bob))


def test_a_name_of_too_many_people_is_refused(alice, school, lesson):
    User.objects.bulk_create(
        User(enterprise=school, user_id=f"hare{n}", login=f"hare{n}", nickname=f"Hare {n}")
        for n in range(MAX_PEOPLE + 1)
    )
    page = client_for(alice).get("/recordings/?person=hare")
    assert f"More than {MAX_PEOPLE} people match this name." in page_text(page)
    track(lesson, user_id="hare7")
    assert found(client_for(alice), "?person=Hare 7") == [lesson.topic]


def test_people_in_tracks_are_offered_while_a_name_is_typed_and_nobody_elses(
    school, alice, bob, kids, lesson
):
    tom = create_person(school, "tom", Role.TEACHER)
    track(lesson, user_id="kid1"), track(create_finished_lesson(tom, record_types=["remote"]), user_id="kid2")

    def offered(who, words):
        answer = client_for(who).get("/recordings/people/", {"q": words})
        return [one["id"] for one in answer.json()["people"]]

    assert offered(alice, "Kid") == ["kid1", "kid2"]
    assert offered(alice, "kid2") == ["kid2"]
    assert offered(alice, "kid3") == [], "in no track"
    assert offered(bob, "kid") == ["kid1"], "of lessons of his own"
    assert offered(kids[0], "kid") == ["kid1"]
    assert offered(kids[1], "kid") == [], "a student finds no classmate"
    assert offered(alice, "") == []
    assert "teacher" in client_for(alice).get("/recordings/").context["filter_form"].fields
    assert "teacher" not in client_for(bob).get("/recordings/").context["filter_form"].fields
    wrong = client_for(alice).get("/recordings/?teacher=nobody")
    assert wrong.context["filter_form"].errors


def test_a_raw_address_stands_on_no_page_and_the_link_asks_the_right_and_writes_the_viewing_down(
    school, alice, bob, kids, charlie, lesson
):
    row = track(lesson)
    play = f"/recordings/tracks/{row.pk}/play/"
    for who in (alice, bob, kids[0]):
        page = client_for(who).get(f"/recordings/{lesson.pk}/")
        assert "secret.mp4" not in page_text(page)
        assert play in page_text(page)
        assert (
            "media-src 'self' https://1253488539.vod2.myqcloud.com" in page.headers["Content-Security-Policy"]
        )
    client = client_for(kids[0])
    for _ in range(3):
        answer = client.get(play)
        assert (answer.status_code, answer.headers["Location"]) == (302, RAW)
    entry = AuditEntry.objects.get(action="recording.view")
    assert entry.actor == kids[0]
    assert client_for(kids[2]).get(play).status_code == 403
    assert client_for(charlie).get(play).status_code == 404
    assert client_for().get(play).headers["Location"].startswith("/sign-in/")
    assert "secret.mp4" not in rest_client(bob).get("/api/v1/recordings/").content.decode()


def test_an_address_at_the_vendor_that_is_not_encrypted_is_led_to_encrypted(bob, lesson):
    row = track(lesson, url="http://1253488539.vod2.myqcloud.com/a.mp4")
    answer = client_for(bob).get(f"/recordings/tracks/{row.pk}/play/")
    assert answer.headers["Location"] == "https://1253488539.vod2.myqcloud.com/a.mp4"
    page = client_for(bob).get(f"/recordings/{lesson.pk}/")
    assert "http://1253488539" not in page.headers["Content-Security-Policy"]


def test_the_local_service_is_played_within_the_page(bob, lesson, settings):
    settings.RECORDING_HOSTS = ["http://127.0.0.1:9000"]
    row = track(lesson, url="http://127.0.0.1:9000/films/a.mp4")
    answer = client_for(bob).get(f"/recordings/tracks/{row.pk}/play/")
    assert (answer.status_code, answer.headers["Location"]) == (302, row.url)
    page = client_for(bob).get(f"/recordings/{lesson.pk}/")
    assert "<video" in page_text(page)
    assert "media-src 'self' http://127.0.0.1:9000" in page.headers["Content-Security-Policy"]


def test_the_screen_is_played_first_with_the_camera_of_the_teacher_beside_it(bob, kids, lesson):
    camera, kid = track(lesson), track(lesson, user_id="kid1", video_type=1)
    board, screen = track(lesson, video_type=2, user_id=""), track(lesson, video_type=1)
    client = client_for(bob)

    def shown(query=""):
        context = client.get(f"/recordings/{lesson.pk}/{query}").context
        return context["player"].row, context["beside"] and context["beside"].row

    assert shown() == (screen, camera)
    assert shown(f"?track={board.pk}") == (board, camera)
    assert shown(f"?track={camera.pk}") == (camera, screen)
    assert shown(f"?track={kid.pk}") == (kid, camera)
    screen.delete()
    assert shown("?track=nonsense") == (board, camera)
    Recording.objects.exclude(pk=kid.pk).delete()
    assert shown() == (kid, None)


def test_a_link_plays_a_track_from_a_second_and_a_wrong_second_is_none(bob, lesson):
    row = track(lesson)
    client = client_for(bob)
    page = page_text(client.get(f"/recordings/{lesson.pk}/?t=420"))
    assert f'/play/#t=420" data-track="{row.pk}"' in page
    assert " autoplay" in page
    for wrong in ("", "x", "-5", "1.5", "٣", "9" * 40):
        assert " autoplay" not in page_text(client.get(f"/recordings/{lesson.pk}/", {"t": wrong})), wrong


def test_tracks_of_students_are_folded_and_ids_are_technical_details_of_those_who_run_the_school(
    alice, bob, lesson
):
    track(lesson, copy_sha256="a" * 64, video_id="film-1"), track(lesson, user_id="kid1")
    page = page_text(client_for(bob).get(f"/recordings/{lesson.pk}/"))
    assert "1 track of students" in page
    assert "film-1" not in page
    page = page_text(client_for(alice).get(f"/recordings/{lesson.pk}/"))
    visible, _, technical = page.partition("Technical details")
    assert "film-1" not in visible
    assert "film-1" in technical
    assert "a" * 64 in technical


def test_the_library_leads_to_what_can_be_watched_in_one_click(bob, lesson):
    watch = f"/recordings/{lesson.pk}/?t=0#player"
    assert watch not in page_text(client_for(bob).get("/recordings/"))
    track(lesson)
    assert watch in page_text(client_for(bob).get("/recordings/"))


HOSTILE = [
    "javascript:alert(1)",
    "JavaScript://1253488539.vod2.myqcloud.com/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "ftp://1253488539.vod2.myqcloud.com/a",
    "//1253488539.vod2.myqcloud.com/a.mp4",
    "/a.mp4",
    "https://evil.example/a.mp4",
    "http://evil.example/a.mp4",
    "https:evil.example/a.mp4",
    "https:///evil.example/a.mp4",
    "https://1253488539.vod2.myqcloud.com@evil.example/a.mp4",
    "https://evil.example@1253488539.vod2.myqcloud.com/a.mp4",
    "https://user:word@1253488539.vod2.myqcloud.com/a.mp4",
    "https://1253488539.vod2.myqcloud.com./a.mp4",
    "https://evil.example./a.mp4",
    "https://1253488539.vod2.myqcloud.com.evil.example/a.mp4",
    "https://evilvod2.myqcloud.com/a.mp4",
    "https://vod2.myqcloud.com/a.mp4",
    "https://1253488539.vod2.myqcloud.com:8443/a.mp4",
    "https://1253488539.vod2.myqcloud.com:x/a.mp4",
    "https://evil.example\\.vod2.myqcloud.com/a.mp4",
    "https://evil.example\\@1253488539.vod2.myqcloud.com/a.mp4",
    "https:\\\\1253488539.vod2.myqcloud.com/a.mp4",
    "https://evil.example/.vod2.myqcloud.com",
    "https://evil.example?.vod2.myqcloud.com",
    "https://evil.example#.vod2.myqcloud.com",
    "https://evil.example\t.vod2.myqcloud.com/a.mp4",
    "https://1253488539.vod2.myqcloud.com\n.evil.example/a.mp4",
    " https://1253488539.vod2.myqcloud.com/a.mp4",
    "https://１２５.vod2.myqcloud.com/a.mp4",
    "https://xn--.vod2.mуqcloud.com/a.mp4",
    "https://evil.example。vod2.myqcloud.com/a.mp4",
    "https://[::1].vod2.myqcloud.com/a.mp4",
    "https://[1253488539.vod2.myqcloud.com/a.mp4",
    "http://127.0.0.1:9001/a.mp4",
    "http://localhost/a.mp4",
    "http://169.254.169.254/latest/meta-data/",
    "http://plain.example/a.mp4",
]


def test_an_address_elsewhere_is_text_with_a_sentence_and_no_way_leads_there(bob, lesson, settings):
    settings.RECORDING_HOSTS = ["*.vod2.myqcloud.com", "http://127.0.0.1:9000", "http://plain.example"]
    client, sentence = client_for(bob), "it cannot be opened. Contact your operator."
    rows = [track(lesson, url=url) for url in HOSTILE]
    page = client.get(f"/recordings/{lesson.pk}/")
    assert page.status_code == 200
    assert page_text(page).count(sentence) == len(rows)
    for row in rows:
        play = f"/recordings/tracks/{row.pk}/play/"
        answer = client.get(play)
        assert (answer.status_code, answer.headers.get("Location")) == (404, None), row.url
        assert sentence in page_text(answer), row.url
        assert play not in page_text(page), row.url
        for attribute in ("href", "src", "action"):
            assert f'{attribute}="{escape(row.url)}' not in page.content.decode()
    policy = page.headers["Content-Security-Policy"]
    assert not any(word in policy for word in ("evil", "myqcloud", "plain.example", "127.0.0.1"))
    assert not AuditEntry.objects.filter(action="recording.view").exists()


def test_capital_letters_are_the_same_host(bob, lesson):
    row = track(lesson, url="HTTPS://1253488539.VOD2.myqcloud.com/A.mp4")
    answer = client_for(bob).get(f"/recordings/tracks/{row.pk}/play/")
    assert (answer.status_code, answer.headers["Location"]) == (302, row.url)


def test_a_track_without_an_address_says_so(bob, lesson):
    row = track(lesson, url="")
    assert client_for(bob).get(f"/recordings/tracks/{row.pk}/play/").status_code == 404
    assert "no link" in page_text(client_for(bob).get(f"/recordings/{lesson.pk}/"))


def test_tracks_stand_in_the_order_of_their_kinds_and_the_board_is_the_whole_class(bob, lesson):
    track(lesson, user_id="kid1"), track(lesson, user_id="bob"), track(lesson, video_type=2, user_id="")
    page = page_text(client_for(bob).get(f"/recordings/{lesson.pk}/"))
    _, _, listed = page.partition('<ul class="track-list">')
    places = [listed.index(word) for word in ("Whiteboard · whole class", "Camera · Bob", "Camera · Kid")]
    assert places == sorted(places)


def test_chapters_lead_to_what_somebody_missed_and_a_student_sees_their_own_alone(bob, kids, lesson):
    row = track(lesson)
    for kid, minutes in zip(kids[:2], (7, 20), strict=True):
        came = lesson.real_started_at + timedelta(minutes=minutes)
        Attendance.objects.create(
            lesson=lesson, person=kid, user_id=kid.user_id, nickname=kid.nickname, role="student",
            mark="late", first_entered_at=came, last_left_at=lesson.real_ended_at,
        )  # fmt: skip
    page = page_text(client_for(bob).get(f"/recordings/{lesson.pk}/"))
    assert 'data-seek="420"' in page
    assert 'data-seek="1200"' in page
    own = page_text(client_for(kids[0]).get(f"/recordings/{lesson.pk}/"))
    assert 'data-seek="420"' in own
    assert 'data-seek="1200"' not in own
    Recording.objects.filter(pk=row.pk).update(started_at=None)
    assert "data-seek" not in page_text(client_for(bob).get(f"/recordings/{lesson.pk}/"))


def test_the_bin_hides_for_thirty_days_and_then_lets_go_and_no_callback_brings_it_back(
    school, alice, bob, lesson, django_capture_on_commit_callbacks
):
    hear(school, lesson.remote_id, stop(("a", 0, "bob")))
    row = Recording.objects.get()
    row.copy.save("1/a.mp4", ContentFile(b"0123456789"))
    client = client_for(alice)
    assert client_for(bob).post(f"/recordings/{lesson.pk}/bin/").status_code == 403
    client.post(f"/recordings/{lesson.pk}/bin/")
    assert found(client) == []
    assert found(client, "?state=binned") == ["Flamingos"]
    assert "Can be restored until" in page_text(client.get(f"/recordings/{lesson.pk}/"))
    assert client.get(f"/recordings/tracks/{row.pk}/play/").status_code == 404
    client.post(f"/recordings/{lesson.pk}/restore/")
    assert found(client) == ["Flamingos"]
    client.post(f"/recordings/{lesson.pk}/bin/")
    assert services.empty_bin() == 0
    LessonRecording.objects.update(binned_at=timezone.now() - BIN_RETENTION - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert services.empty_bin() == 1
    assert not row.copy.storage.exists(row.copy.name)
    hear(school, lesson.remote_id, stop(("a", 0, "bob"), at=6000))
    processing.process_due_callbacks()
    row.refresh_from_db()
    assert (row.url, row.copy.name) == ("", "")
    client.post(f"/recordings/{lesson.pk}/restore/")
    assert "Permanently deleted" in page_text(client.get(f"/recordings/{lesson.pk}/"))


def test_who_runs_the_school_is_told_a_week_before_a_recording_goes(alice, bob, lesson):
    track(lesson)
    today = timezone.localdate()
    asked = {"title": "", "tags": "a，b、c", "keep_until": (today + timedelta(days=5)).isoformat()}
    assert client_for(bob).post(f"/recordings/{lesson.pk}/edit/", asked).status_code == 302
    assert LessonRecording.objects.get().tags == ["a", "b", "c"]
    assert (send_expiry_warnings(), send_expiry_warnings()) == (2, 0)
    assert set(Notification.objects.values_list("person__user_id", flat=True)) == {"alice", "bob"}
    assert services.expire_recordings(today + timedelta(days=5)) == 0
    assert services.expire_recordings(today + timedelta(days=6)) == 1
    assert AuditEntry.objects.filter(action="recording.delete", actor=None).exists()
    past = {**asked, "keep_until": (today - timedelta(days=1)).isoformat()}
    assert ("Choose today or a later day.") in page_text(
        client_for(bob).post(f"/recordings/{lesson.pk}/edit/", past)
    )


def test_our_copy_is_played_in_parts(bob, lesson):
    row = track(lesson)
    row.copy.save("1/b.mp4", ContentFile(b"0123456789"))
    client, play = client_for(bob), f"/recordings/tracks/{row.pk}/play/"
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


def test_a_program_reads_how_a_recording_stands_and_names_and_keeps_it(alice, bob, kids, charlie, lesson):
    row = track(lesson)
    place = f"/api/v1/lessons/{lesson.pk}/recording/"
    told = rest_client(kids[0]).get(place).json()
    assert (told["state"], told["title"], told["kept_until"], told["code"]) == ("ready", "", None, 0)
    assert [one["id"] for one in told["tracks"]] == [row.pk]
    assert "secret.mp4" not in str(told)
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    answer = rest_client(bob).patch(place, {"title": "Long necks", "keep_until": day}, format="json")
    assert (answer.status_code, answer.json()["kept_until"]) == (200, day)
    answer = rest_client(bob).patch(place, {"tags": ["birds"]}, format="json")
    assert (answer.json()["title"], answer.json()["tags"]) == ("Long necks", ["birds"])
    assert AuditEntry.objects.filter(action="recording.change", actor=bob).count() == 2
    both = rest_client(bob).patch(place, {"keep_for_good": True}, format="json")
    assert (both.status_code, list(both.json()["errors"])) == (400, ["keep_until"])
    many = rest_client(bob).patch(place, {"tags": [f"bird{n}" for n in range(21)]}, format="json")
    assert (many.status_code, list(many.json()["errors"])) == (400, ["tags"])
    assert rest_client(kids[0]).patch(place, {"title": "x"}, format="json").status_code == 403
    assert rest_client(kids[2]).get(place).status_code == 403
    assert rest_client(charlie).get(place).status_code == 404
    services.bin_recording(lesson=lesson, by=alice)
    assert (rest_client(bob).get(place).json()["state"], rest_client(bob).get(place).json()["tracks"]) == (
        "binned",
        [],
    )
