"""Lessons in the Django admin, against the local service: each act is one operation that arrives there."""

from datetime import timedelta

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Role
from accounts.people.services import register_person
from classes.admin import LessonAdmin
from classes.lessons.services import start_lesson
from classes.models import Lesson, Member
from console.outbox import relay
from console.outbox.models import Operation
from tests.support.admin_forms import (
    admin_url,
    form_errors,
    messages_on,
    run_action,
    signed_in_client,
    submit_admin_form,
)
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson, requests_to, tomorrow_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def web(connected, alice):
    return signed_in_client(alice)


@pytest.fixture
def lesson(connected, alice, bob):
    """A lesson of the next minutes that the service has made."""
    soon = (timezone.now() + timedelta(minutes=20)).replace(second=0, microsecond=0)
    lesson = create_lesson(bob, alice, starts_at=soon)
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.remote_id
    return lesson


@pytest.fixture
def running(connected, alice, bob):
    lesson = create_lesson(bob, alice, starts_at=timezone.now() - timedelta(minutes=1))
    start_lesson(lesson=lesson, by=alice)
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.status == "ing"
    return lesson


def newest(after):
    """The one operation that came after, sent and done."""
    relay.drain()
    operation = Operation.objects.get(pk__gt=after)
    assert operation.state == "done", (operation.state, operation.reason)
    return operation


def last_operation():
    return Operation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def times(starts_at, minutes=45):
    start, end = timezone.localtime(starts_at), timezone.localtime(starts_at + timedelta(minutes=minutes))
    return {
        "starts_at_0": start.date().isoformat(),
        "starts_at_1": start.time().isoformat(),
        "ends_at_0": end.date().isoformat(),
        "ends_at_1": end.time().isoformat(),
    }


def plan(bob, topic, **more):
    return {"topic": topic, "teacher": bob.pk, **times(tomorrow_at()), **more}


def bodies(iclass, endpoint, lesson):
    """What reached an endpoint about a lesson, without the signing time."""
    found = [one for one in requests_to(iclass, endpoint) if one.get("class_id") == lesson.class_id]
    return [{name: value for name, value in one.items() if name != "expire_time"} for one in found]


def test_a_lesson_that_is_added_is_made_at_the_service(web, iclass, connected, alice, bob):
    mouse = register_person(
        enterprise=connected, by=alice, user_id="dormouse", nickname="Dormouse", role="student"
    )
    relay.drain()
    before = last_operation()
    answer = submit_admin_form(
        web,
        admin_url(Lesson, "add"),
        **plan(bob, "Added in the admin", students=[mouse.pk], record_types=["local"]),
    )
    assert answer.status_code == 302, form_errors(answer)
    lesson = Lesson.objects.get(topic="Added in the admin")
    assert newest(before).kind == "class.create"
    lesson.refresh_from_db()
    assert lesson.remote_id
    [body] = [one for one in requests_to(iclass, "class/create") if one["class_topic"] == lesson.topic]
    assert (body["teacher_id"], body["members"]) == ("bob", [{"role": "student", "user_id": "dormouse"}])
    assert list(lesson.members.values_list("user__user_id", "role")) == [("dormouse", "student")]


def test_a_lesson_that_is_edited_is_changed_at_the_service(web, iclass, lesson):
    before = last_operation()
    answer = submit_admin_form(web, admin_url(lesson, "change", lesson.pk), topic="Changed in the admin")
    assert answer.status_code == 302, form_errors(answer)
    assert newest(before).kind == "class.modify"
    assert bodies(iclass, "class/modify", lesson) == [
        {"class_id": lesson.class_id, "class_topic": "Changed in the admin"}
    ]


def test_people_who_are_added_in_the_form_become_members_there(web, iclass, connected, lesson, alice):
    hatter = register_person(enterprise=connected, by=alice, user_id="hatter", nickname="H", role="student")
    relay.drain()
    before = last_operation()
    submit_admin_form(web, admin_url(lesson, "change", lesson.pk), students=[hatter.pk])
    assert newest(before).kind == "class.members"
    assert len(bodies(iclass, "member/add", lesson)) == 1


def test_saving_a_form_that_nobody_changed_asks_nothing_of_the_service(web, lesson):
    before = last_operation()
    assert submit_admin_form(web, admin_url(lesson, "change", lesson.pk)).status_code == 302
    assert last_operation() == before


def test_who_is_in_the_lesson_stays_though_deactivated(web, connected, alice, bob):
    gryphon = create_person(connected, "gryphon", Role.STUDENT)
    lesson = create_lesson(bob, alice, students=[gryphon])
    gryphon.is_active = False
    gryphon.save(update_fields=["is_active"])
    submit_admin_form(web, admin_url(lesson, "change", lesson.pk), topic="Still with the gryphon")
    assert lesson.members.get().user == gryphon


def test_a_lesson_that_is_deleted_is_cancelled_and_its_row_stays(web, iclass, lesson):
    before = last_operation()
    url = admin_url(lesson, "delete", lesson.pk)
    assert web.get(url).status_code == 200
    answer = web.post(url, {"post": "yes"}, follow=True)
    assert messages_on(answer) == gettext("“%(lesson)s” has been cancelled.") % {"lesson": lesson.topic}
    lesson.refresh_from_db()
    assert lesson.cancelled_at
    assert newest(before).kind == "class.delete"
    assert bodies(iclass, "class/delete", lesson) == [{"class_id": lesson.class_id}]


def test_lessons_that_are_chosen_and_deleted_are_cancelled_each_by_one_operation(
    web, iclass, alice, bob, lesson
):
    other = create_lesson(bob, alice)
    relay.drain()
    other.refresh_from_db()
    before = last_operation()
    assert run_action(web, [lesson, other], "delete_selected").status_code == 200
    assert not Lesson.objects.filter(cancelled_at__isnull=False).exists()
    run_action(web, [lesson, other], "delete_selected", post="yes")
    relay.drain()
    made = Operation.objects.filter(pk__gt=before)
    assert {(one.kind, one.subject_id, one.state) for one in made} == {
        ("class.delete", lesson.pk, "done"),
        ("class.delete", other.pk, "done"),
    }
    assert made.count() == 2
    for one in (lesson, other):
        assert len(bodies(iclass, "class/delete", one)) == 1
    assert Lesson.objects.filter(cancelled_at__isnull=False).count() == 2


@pytest.mark.parametrize(
    ("action", "kind", "endpoint"),
    [
        ("start", "class.start", "class/start"),
        ("pull", "class.pull", "class/info"),
        ("push", "class.modify", "class/modify"),
    ],
)
def test_an_action_is_one_operation_that_arrives(web, iclass, lesson, action, kind, endpoint):
    before = last_operation()
    run_action(web, [lesson], action)
    operation = newest(before)
    assert (operation.kind, operation.subject_id) == (kind, lesson.pk)
    assert bodies(iclass, endpoint, lesson)


def test_the_action_end_ends_a_running_lesson(web, iclass, running):
    before = last_operation()
    run_action(web, [running], "stop")
    assert newest(before).kind == "class.stop"
    assert len(bodies(iclass, "class/stop", running)) == 1
    running.refresh_from_db()
    assert running.status == "end"


def test_pushing_puts_back_what_was_changed_at_the_service_unseen(web, iclass, lesson):
    iclass.call("class/modify", {"class_id": lesson.class_id, "class_topic": "Changed outside"})
    run_action(web, [lesson], "push")
    relay.drain()
    assert iclass.call("class/info", {"class_id": lesson.class_id})["class_topic"] == lesson.topic


def test_an_action_that_is_refused_for_one_row_is_said_and_done_for_the_others(web, alice, bob, lesson):
    gone = create_lesson(bob, alice)
    Lesson.objects.filter(pk=gone.pk).update(cancelled_at=timezone.now())
    before = last_operation()
    answer = run_action(web, [gone, lesson], "start")
    assert gone.topic in messages_on(answer)
    assert newest(before).subject_id == lesson.pk


def test_a_running_lesson_is_locked(web, running):
    url = admin_url(running, "change", running.pk)
    opened = web.get(url)
    assert opened.status_code == 200
    assert not opened.context["has_change_permission"]
    assert web.post(url, {"topic": "Other"}).status_code == 403
    before = last_operation()
    for answer in (
        web.post(admin_url(running, "delete", running.pk), {"post": "yes"}),
        run_action(web, [running], "delete_selected", post="yes"),
    ):
        sentence = gettext("This lesson is running. End it first, then cancel it.")
        assert sentence in answer.content.decode()
    assert last_operation() == before
    running.refresh_from_db()
    assert running.cancelled_at is None


def test_a_locked_lesson_still_shows_its_people(web, connected, running):
    Member.objects.create(lesson=running, user=create_person(connected, "caterpillar", Role.STUDENT))
    assert "Caterpillar" in web.get(admin_url(running, "change", running.pk)).content.decode()


def test_a_lesson_that_ends_before_it_starts_is_refused_at_its_end(web, bob):
    backwards = times(tomorrow_at(), minutes=-45)
    answer = submit_admin_form(web, admin_url(Lesson, "add"), **plan(bob, "Backwards") | backwards)
    assert list(form_errors(answer)) == ["ends_at"]
    assert not Lesson.objects.exists()
    assert not Operation.objects.filter(kind="class.create").exists()


def test_a_topic_of_300_characters_is_refused_at_the_topic(web, bob):
    answer = submit_admin_form(web, admin_url(Lesson, "add"), **plan(bob, "x" * 300))
    assert list(form_errors(answer)) == ["topic"]
    assert not Lesson.objects.exists()


def test_a_teacher_of_another_school_is_neither_offered_nor_taken(web, bob, charlie, other_school):
    theirs = create_person(other_school, "tweedledee", Role.TEACHER)
    form = web.get(admin_url(Lesson, "add")).context["adminform"].form
    assert set(form.fields["teacher"].queryset) == {bob, form.fields["teacher"].queryset.get(user_id="alice")}
    for stranger in (charlie, theirs):
        answer = submit_admin_form(web, admin_url(Lesson, "add"), **plan(stranger, "Stolen"))
        assert list(form_errors(answer)) == ["teacher"]
    answer = submit_admin_form(
        web,
        admin_url(Lesson, "add"),
        **plan(bob, "Stolen"),
        students=[create_person(other_school, "t", "student").pk],
    )
    assert list(form_errors(answer)) == ["students"]
    assert not Lesson.objects.exists()


def test_a_lesson_that_began_while_its_form_was_open_is_not_changed(web, lesson):
    url = admin_url(lesson, "change", lesson.pk)
    opened = web.get(url)
    assert opened.status_code == 200
    Lesson.objects.filter(pk=lesson.pk).update(status="ing")
    before = last_operation()
    assert web.post(url, {"topic": "Too late"}).status_code == 403
    assert last_operation() == before


def test_charlie_gets_nothing_of_alices_lessons(connected, lesson, charlie):
    web = signed_in_client(charlie)
    assert lesson.topic not in web.get(admin_url(Lesson, "changelist")).content.decode()
    before = last_operation()
    for act in ("change", "delete", "history"):
        url = admin_url(lesson, act, lesson.pk)
        assert web.get(url).status_code == 302
        assert web.post(url, {"post": "yes", "topic": "Mine"}).status_code == 302
    for action in ("start", "stop", "pull", "push", "delete_selected"):
        run_action(web, [lesson], action, post="yes")
    lesson.refresh_from_db()
    assert lesson.cancelled_at is None
    assert last_operation() == before


def test_bob_cannot_open_the_tables(connected, lesson, bob):
    web = signed_in_client(bob)
    for url in (admin_url(Lesson, "changelist"), admin_url(lesson, "change", lesson.pk), "/admin/"):
        assert web.get(url, follow=True).status_code == 403
    before = last_operation()
    web.post(admin_url(Lesson, "changelist"), {"action": "stop", "_selected_action": [lesson.pk]})
    assert last_operation() == before


class Unwary(LessonAdmin):
    """An admin that has not looked, as one is whose look was a moment too early."""

    def deletion_refusal(self, obj):
        return ""


def test_what_a_service_refuses_at_the_last_moment_is_said_and_not_an_error(running, alice):
    request = RequestFactory().post(admin_url(running, "delete", running.pk), {"post": "yes"})
    request.user, request.session, request._dont_enforce_csrf_checks = alice, {}, True
    request._messages = FallbackStorage(request)
    answer = Unwary(Lesson, site).delete_view(request, str(running.pk))
    assert answer.status_code == 302
    [said] = request._messages
    assert str(said) == gettext("This lesson is running. End it first, then cancel it.")
    assert not LogEntry.objects.exists()
