"""Courseware of lessons and courses: attached, ordered, warned of, and moved where it is added anew."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from classes.courseware.attachments import (
    MAX_OFFERED,
    attach_document,
    count_unready_documents,
    list_attached_documents,
    move_attachment,
)
from classes.courseware.hosts import is_allowed_url
from classes.lessons.queries import lessons_for
from classes.models import Attachment, Course, Lesson
from classes.pages.home_alerts import BATCH, list_home_alerts
from console.audit.models import AuditEntry
from console.inbox import processing
from console.inbox.models import Callback
from console.policy.views import PAGE_SIZE
from documents.models import Document
from documents.services import delete_document
from documents.upload_services import complete_replacement
from tests.classes.factories import create_finished_lessons, create_planned_lesson
from tests.support.cast import create_person
from tests.support.iclass_service import tomorrow_at
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db


def deck(owner, name, **fields):
    values = {
        "ext": "pptx",
        "remote_id": f"d-{name}",
        "sync_state": "in_sync",
        "source_url": "https://f.example/a",
        "observed": {"transcode": False},
    }
    return Document.objects.create(
        enterprise=owner.enterprise,
        owner=owner,
        name=name,
        **values | fields,
    )


@pytest.fixture
def lesson(bob):
    course = Course.objects.create(
        enterprise=bob.enterprise,
        title="Croquet",
        teacher=bob,
        starts_local=timezone.now().replace(tzinfo=None),
        duration_minutes=45,
    )
    return create_planned_lesson(bob, course=course)


def names(owner):
    return [one.document.name for one in list_attached_documents(owner)]


def test_a_lesson_has_its_own_in_order_and_then_those_of_its_course(lesson, bob):
    a, b, c = (deck(bob, name) for name in "abc")
    for one in (a, b):
        attach_document(owner=lesson, document=one, by=bob)
    attach_document(owner=lesson.course, document=c, by=bob)
    attach_document(owner=lesson.course, document=a, by=bob)
    assert names(lesson) == ["a", "b", "c"]
    move_attachment(
        owner=lesson, attachment=Attachment.objects.get(document=b, lesson=lesson), up=True, by=bob
    )
    assert names(lesson) == ["b", "a", "c"]
    assert names(lesson.course) == ["c", "a"]


def test_the_page_attaches_orders_and_takes_out_by_buttons(lesson, bob, charlie):
    a, b = deck(bob, "a"), deck(bob, "b")
    client, page = client_for(bob), f"/lessons/{lesson.pk}/courseware/"
    client.post(page, {"act": "attach", "document": [a.pk, b.pk]})
    last = Attachment.objects.get(document=a)
    client.post(page, {"act": "up", "attachment": last.pk})
    assert names(lesson) == ["a", "b"]
    client.post(page, {"act": "detach", "attachment": last.pk})
    assert names(lesson) == ["b"]
    assert "b.pptx" in page_text(client.get(f"/lessons/{lesson.pk}/"))
    assert "b.pptx" in page_text(client.get(page))
    assert lesson.topic in page_text(client.get(b.get_absolute_url()))
    assert client_for(charlie).get(page).status_code == 404
    foreign = deck(charlie, "x")
    client.post(page, {"act": "attach", "document": [foreign.pk]})
    assert names(lesson) == ["b"]


def test_decks_that_the_choice_has_no_room_for_are_found_by_name(lesson, bob):
    Document.objects.bulk_create(
        Document(enterprise=bob.enterprise, owner=bob, name=f"Deck {n} of many", ext="pptx")
        for n in range(MAX_OFFERED + 1)
    )
    client, address = client_for(bob), f"/lessons/{lesson.pk}/courseware/"
    page = page_text(client.get(address))
    assert f"Only the first {MAX_OFFERED} are shown. Search for the name of the file to find others." in page
    assert "Deck 0 of many" not in page
    found = page_text(client.get(address, {"q": "deck 0"}))
    assert "Deck 0 of many" in found
    assert "Only the first" not in found
    assert "No matching results" in page_text(client.get(address, {"q": "tea"}))


def test_the_uses_of_a_deck_have_pages(lesson, bob):
    document = deck(bob, "a")
    lessons = create_finished_lessons(bob, PAGE_SIZE + 1)
    Attachment.objects.bulk_create(
        Attachment(enterprise=bob.enterprise, lesson=one, document=document) for one in lessons
    )
    client, oldest = client_for(bob), f"{lessons[-1].topic}<"
    assert oldest not in page_text(client.get(document.get_absolute_url()))
    assert oldest in page_text(client.get(document.get_absolute_url(), {"page": 2}))


def test_home_finds_the_deck_that_is_not_ready_behind_many_that_are(bob, lesson):
    attach_document(owner=lesson.course, document=deck(bob, "ready"), by=bob)
    now, minute = timezone.now(), timedelta(minutes=1)
    Lesson.objects.bulk_create(
        Lesson(
            enterprise=bob.enterprise,
            teacher=bob,
            course=lesson.course,
            topic=f"Tea {n}",
            starts_at=now + n * minute,
            ends_at=now + n * minute + minute / 2,
        )
        for n in range(1, BATCH + 1)
    )
    last = create_planned_lesson(bob, timedelta(hours=30))
    attach_document(owner=last, document=deck(bob, "unsent", remote_id="", sync_state="refused"), by=bob)
    [alert] = [one for one in list_home_alerts(bob, lessons_for(bob)) if one.icon == "presentation"]
    assert (alert.words[:2], alert.url) == ("1 ", last.get_absolute_url())


def test_a_private_deck_of_somebody_else_is_warned_of(school, alice, lesson):
    tom = create_person(school, "tom", Role.TEACHER)
    attach_document(owner=lesson, document=deck(tom, "secret"), by=alice)
    attach_document(owner=lesson, document=deck(tom, "open", permission="public"), by=alice)
    page = page_text(client_for(alice).get(f"/lessons/{lesson.pk}/"))
    assert "Private to Tom: the teacher, Bob, cannot open it." in page
    assert [one.hidden_from for one in list_attached_documents(lesson)] == [lesson.teacher, None]


def test_three_decks_are_not_ready_for_the_lesson_and_home_says_so(alice, bob, lesson):
    unready = [
        deck(bob, "unsent", remote_id="", sync_state="refused"),
        deck(bob, "converting", observed={"transcode": True}, transcode_status="queued"),
        deck(bob, "failed", observed={"transcode": True}, transcode_code=7),
    ]
    ready = deck(bob, "done", observed={"transcode": True}, transcode_status="finished")
    for one in (*unready, ready):
        attach_document(owner=lesson.course, document=one, by=bob)
    assert count_unready_documents([lesson]) == {lesson.pk: 3}
    assert "3 courseware files not ready for" in page_text(client_for(bob).get("/"))
    page = page_text(client_for(bob).get(f"/lessons/{lesson.pk}/"))
    assert "iclass does not have this courseware yet." in page
    assert "Animated version: failed" in page


def test_what_is_added_anew_takes_the_place_and_what_is_deleted_leaves(lesson, bob):
    old, new = deck(bob, "old"), deck(bob, "new")
    attach_document(owner=lesson, document=old, by=bob)
    attach_document(owner=lesson.course, document=old, by=bob)
    complete_replacement(old=old, new=new, by=bob)
    assert names(lesson) == names(lesson.course) == ["new"]
    delete_document(document=new, by=bob)
    assert names(lesson) == []


def test_five_hundred_documents_of_a_hundred_titles_and_no_progress_is_put_on_a_wrong_one(school, bob):
    """The callback names a title alone, so it is put on nothing: each is asked for by its number."""
    Document.objects.bulk_create(
        Document(
            enterprise=school,
            owner=bob,
            name=f"Deck {number % 100}",
            ext="pptx",
            remote_id=f"d{number}",
            sync_state="in_sync",
            observed={"transcode": True},
            transcode_status="queued",
        )
        for number in range(500)
    )
    for number in range(100):
        told = {
            "title": f"Deck {number}",
            "status": "finished",
            "progress": 50,
            "pages": 20,
            "resolution": "1024x768",
            "h5_url": f"https://h5.example/{number}",
        }
        Callback.objects.create(
            enterprise=school, event="transport_progress", body={"data": told}, fingerprint=str(number)
        )
    processing.process_due_callbacks()
    rows = Document.objects.all()
    assert set(rows.values_list("transcode_url", "transcode_status")) == {("", "queued")}
    assert not rows.filter(observed__has_any_keys=["pages", "resolution", "progress"]).exists()
    assert rows.filter(look_at__lte=timezone.now()).count() == 500


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://h5.example/a", True),
        ("https://a.b.wild.example/x", True),
        ("http://local:9000/h5/1", True),
        ("http://h5.example/a", False),
        ("https://evilh5.example/a", False),
        ("https://wild.example/a", False),
        ("https://h5.example@evil.example/", False),
        ("https://h5.example:444/", False),
        ("//h5.example/", False),
        ("javascript:alert(1)", False),
        ("https://h5.example\\@evil.example/", False),
        ("", False),
        ("https://xn--h5.example;script-src/", False),
        ("https://[::1]/", False),
    ],
)
def test_only_hosts_of_the_list_are_framed(url, fits):
    assert is_allowed_url(url, ["h5.example", "*.wild.example", "http://local:9000"]) is fits


def test_a_preview_is_framed_from_an_allowed_host_alone_and_sandboxed(bob, settings):
    settings.H5_HOSTS = ["h5.example"]
    done = {"observed": {"transcode": True}, "transcode_status": "finished"}
    good = deck(bob, "good", transcode_url="https://h5.example/1/", **done)
    bad = deck(bob, "bad", transcode_url="https://evil.example/1/", **done)
    page = client_for(bob).get(good.get_absolute_url())
    assert 'src="https://h5.example/1/" sandbox="allow-scripts"' in page_text(page)
    assert "frame-src https://h5.example" in page.headers["Content-Security-Policy"]
    page = client_for(bob).get(bad.get_absolute_url())
    assert "evil.example" not in page_text(page)
    assert "frame-src" not in page.headers["Content-Security-Policy"]


def test_a_failed_h5_version_says_why_and_how_to_try_again(bob):
    failed = deck(bob, "a", observed={"transcode": True}, transcode_code=10250, transcode_message="bad file")
    page = page_text(client_for(bob).get(failed.get_absolute_url()))
    assert "iclass could not convert the file." in page
    assert "bad file" in page
    assert f"/courseware/{failed.pk}/anew/" in page


def test_a_lesson_planned_like_another_takes_its_courseware_along_in_order(
    browse, alice, bob, lesson, school
):
    tom = create_person(school, "tom", Role.TEACHER)
    attach_document(owner=lesson.course, document=deck(bob, "c"), by=alice)
    for name in "ba":
        attach_document(owner=lesson, document=deck(tom, name), by=alice)
    path = f"/lessons/new/?like={lesson.pk}"
    form = browse(alice, path).content.decode()
    assert "Attach the same courseware in the same order" in form
    assert "Private to Tom: the teacher, Bob, cannot open it." in form
    at = tomorrow_at(8) + timedelta(days=3)
    typed = {"topic": "Tea", "teacher": "bob", "day": at.date().isoformat(), "start": "08:00", "end": "08:45"}
    typed |= {"class_type": "1vN", "record_types": ["local"], "bitrate": "850", "confirmed": "on"}
    page = browse(alice, browse(alice, path, typed | {"with_courseware": "on"}).url).content.decode()
    copy = Lesson.objects.get(topic="Tea")
    assert names(copy) == ["b", "a", "c"]
    assert all(one.own for one in list_attached_documents(copy))
    assert "“b.pptx” was also attached, but it is private: the teacher, Bob, cannot open it." in page
    told = AuditEntry.objects.get(action="lesson.attach", object_id=str(copy.pk)).after
    assert (len(told["attached"]), told["like"]) == (3, lesson.pk)
    browse(alice, path, typed | {"topic": "Hats", "conflict_reason": "Two rooms."})
    assert names(Lesson.objects.get(topic="Hats")) == []
    assert (
        "Attach the same courseware in the same order"
        not in browse(alice, f"/lessons/new/?like={create_planned_lesson(bob).pk}").content.decode()
    )


def test_a_series_planned_like_another_takes_the_courseware_of_the_course_along(browse, alice, bob, lesson):
    for name in "ba":
        attach_document(owner=lesson.course, document=deck(bob, name), by=alice)
    path = f"/courses/new/?like={lesson.course_id}"
    assert "Attach the same courseware in the same order" in browse(alice, path).content.decode()
    day = (tomorrow_at(8) + timedelta(days=3)).date().isoformat()
    typed = {"topic": "Tea", "teacher": "bob", "day": day, "start": "08:00", "end": "08:45"}
    typed |= {"class_type": "1vN", "record_types": ["local"], "bitrate": "850", "with_courseware": "on"}
    browse(alice, path, typed | {"confirmed": "on"})
    assert names(Course.objects.get(title="Tea")) == ["b", "a"]


@pytest.mark.parametrize("url", ["javascript:p40()", "https://[a"])
def test_a_file_at_no_web_address_is_not_offered(bob, url):
    document = deck(bob, "a", observed={"transcode": False, "url": url})
    Document.objects.filter(pk=document.pk).update(source_url=url)
    address = document.get_absolute_url()
    assert f'href="{address}file/"' not in client_for(bob).get(address).content.decode()
    assert client_for(bob).get(f"{address}file/").status_code == 404
    assert not AuditEntry.objects.filter(action="document.download").exists()


@pytest.mark.parametrize(
    "fields",
    [{"source_url": "https://f.example/a"}, {"source_url": "", "observed": {"url": "https://f.example/a"}}],
)
def test_a_file_at_a_web_address_is_offered(bob, fields):
    document = deck(bob, "a", **fields)
    address = document.get_absolute_url()
    assert f'href="{address}file/"' in client_for(bob).get(address).content.decode()
    assert client_for(bob).get(f"{address}file/").headers["Location"] == "https://f.example/a"
    assert AuditEntry.objects.filter(action="document.download").count() == 1
