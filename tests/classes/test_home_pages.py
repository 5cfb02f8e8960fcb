"""The first page: what wants a look, and today's lessons."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import Enterprise, Role
from classes.attendance.register import recompute
from classes.models import Lesson
from classes.queries import NEEDS, needing
from console.outbox.queue import hold_all, resume
from tests.classes.rows import expect, held, over, planned, poll, pupils, running
from tests.support.cast import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning():
    """Nine in the morning of the school, so that today has a before and an after."""
    with time_machine.travel("2026-11-24 01:00:00+00:00", tick=False):
        yield


def needs(page):
    """Address → number, of everything that needs the reader."""
    found = re.findall(r'<a class="need [^>]*href="([^"]+)">.*?</a>', page, re.S)
    numbers = re.findall(r'<a class="need .*?(?:<strong>(\d+)</strong>)?<span>', page, re.S)
    return dict(zip(map(unescape, found), numbers, strict=True))


def test_the_running_lesson_comes_first_then_the_next_then_what_is_over(browse, alice, bob):
    planned(bob, topic="Later")
    over(bob, topic="Before")
    running(bob, topic="Now")
    page = browse(alice, "/").content.decode()
    assert page.index("Running now") < page.index(">Now<") < page.index(">Later<") < page.index(">Before<")


def test_a_running_lesson_shows_how_many_of_the_expected_are_here(browse, alice, bob, kids):
    lesson = running(bob)
    expect(lesson, *kids)
    poll(lesson, [bob, *kids[:2]])
    recompute(lesson)
    page = browse(alice, "/").content.decode()
    assert ">2/3</span>" in page
    assert "teacher not in" not in page


def test_a_teacher_sees_the_own_lessons_and_enters_by_one_click(browse, bob, school):
    own = running(bob)
    other = running(person(school, "dora", Role.TEACHER))
    page = browse(bob, "/").content.decode()
    assert own.topic in page
    assert own.teacher_url in page
    assert other.topic not in page


def test_a_student_sees_the_own_lessons_with_the_students_link_alone(browse, bob, kids):
    own, other = running(bob), running(bob)
    expect(own, kids[0])
    page = browse(kids[0], "/").content.decode()
    assert own.student_url in page
    assert own.teacher_url not in page
    assert other.topic not in page
    assert "Needs you now" not in page


def test_lessons_of_another_school_are_nowhere(browse, bob, charlie):
    lesson = running(bob)
    assert lesson.topic not in browse(charlie, "/").content.decode()


def test_the_classroom_is_offered_only_from_an_hour_before_the_start(browse, alice, bob):
    far, near = planned(bob, timedelta(hours=3)), planned(bob, timedelta(minutes=50))
    page = browse(alice, "/").content.decode()
    assert near.student_url in page
    assert far.student_url not in page


def test_every_number_leads_to_a_list_of_that_many(browse, alice, bob, kids):
    school = alice.enterprise
    school.private_key = "k"
    school.save()
    running(bob)
    planned(bob, sync_state="refused", sync_reason="10003")
    planned(bob, sync_state="held", sync_reason="no_private_key")
    planned(bob, timedelta(minutes=-5))
    planned(bob, timedelta(hours=-3))
    over(bob, final_at=None)
    kids[0].sync_state = "refused"
    kids[0].save()
    found = needs(browse(alice, "/").content.decode())
    assert len(found) == 7
    for address, number in found.items():
        page = browse(alice, address).content.decode()
        assert page.count('<th scope="row"') == int(number), address


def test_a_missing_private_key_is_the_first_thing_said(browse, alice):
    page = browse(alice, "/").content.decode()
    assert next(iter(needs(page))) == "/school/"
    assert "private key is missing" in page


def test_a_school_of_which_nothing_is_sent_and_news_that_goes_elsewhere_are_said(browse, alice, school):
    hold_all(school, "10217")
    Enterprise.objects.filter(pk=school.pk).update(
        observed={"call_back_url": "https://elsewhere.example/"}, sync_state="changed_outside"
    )
    page = browse(alice, "/").content.decode()
    assert "refused our key" in page
    assert "sends its news elsewhere" in page
    resume(school, reasons=["10217"])
    ours = Enterprise.objects.get(pk=school.pk).own_callback_url
    Enterprise.objects.filter(pk=school.pk).update(call_back_url=ours, observed={"call_back_url": ours})
    page = browse(alice, "/").content.decode()
    assert "refused our key" not in page
    assert "sends its news elsewhere" not in page


def test_nothing_to_do_is_said_too(browse, sue):
    assert "Everything runs as planned" in browse(sue, "/").content.decode()


def test_a_day_without_lessons_names_the_next_one(browse, alice, bob):
    planned(bob, timedelta(days=2), topic="Flamingo drill")
    page = browse(alice, "/").content.decode()
    assert "No lessons today" in page
    assert "Flamingo drill" in page


def test_a_school_without_lessons_is_shown_the_first_step(browse, alice, kids):
    assert 'href="/lessons/new/"' in browse(alice, "/").content.decode()
    assert 'href="/lessons/new/"' not in browse(kids[0], "/").content.decode()


def test_an_operator_is_led_to_the_schools(browse, olga):
    assert browse(olga, "/").url == "/schools/"


def test_a_visitor_signs_in_and_comes_back(client):
    answer = client.get("/lessons/")
    assert answer.url == "/sign-in/?next=/lessons/"


def test_thirty_lessons_cost_no_more_queries_than_three(queries, alice, bob, school):
    kids = pupils(school, 3)

    def more(number):
        for _ in range(number):
            lesson = over(bob)
            expect(lesson, *kids)

    more(3)
    held(over(bob), [bob])
    few = queries(alice, "/")
    more(27)
    assert queries(alice, "/") == few


@pytest.mark.parametrize("need", sorted({*NEEDS} - {"not_ready"}))  # those begin soon, and are found by that
def test_what_the_first_page_counts_is_found_without_the_lessons_that_are_over(bob, school, need):
    long_ago = timezone.now() - timedelta(days=300)
    told = {"status": "end", "sync_state": "in_sync", "final_at": long_ago, "conflict_allowed": True}
    told |= {"starts_at": long_ago, "ends_at": long_ago + timedelta(hours=1), "conflict_reason": "Old."}
    Lesson.objects.bulk_create(
        Lesson(enterprise=school, teacher=bob, topic="Croquet", remote_id=str(number), **told)
        for number in range(200_000, 201_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE classes_lesson")
    found = needing(Lesson.objects.filter(enterprise=school), need).order_by()
    plan = found.explain(format="json", analyze=True)
    passed = re.findall(r'"(?:Actual Rows|Rows Removed by Filter)": (\d+)', plan)
    assert passed
    assert max(map(int, passed)) < 100, plan
