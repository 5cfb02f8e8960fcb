"""The first page: what wants a look, and today's lessons."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import Enterprise, Role
from classes.attendance.corrections import close_register
from classes.attendance.register import recompute_register
from classes.lessons.queries import NEED_FILTERS, filter_by_need
from classes.models import Lesson, TeacherAbsence
from console.outbox.services import hold_school, resume
from console.policy.models import ApiToken
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_refused_operation,
    create_running_lesson,
    create_students,
    record_full_presence,
    record_poll,
)
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning():
    """Nine in the morning of the school, so that today has a before and an after."""
    with time_machine.travel("2026-11-24 01:00:00+00:00", tick=False):
        yield


def needs(page):
    """Address → number, of everything that needs the reader."""
    found = re.findall(
        r'<a class="need [^>]*href="([^"]+)">.*?<span class="need-words">(\d*)[^<]*</span>', page, re.S
    )
    return {unescape(address): number for address, number in found}


def test_the_running_lesson_comes_first_then_the_next_then_what_is_over(browse, bob):
    create_planned_lesson(bob, topic="Later")
    create_finished_lesson(bob, topic="Before")
    create_running_lesson(bob, topic="Now")
    page = browse(bob, "/").content.decode().partition('<section class="day"')[2]
    assert page.index("Running now") < page.index(">Now<") < page.index(">Later<") < page.index(">Before<")


def test_a_lesson_that_is_due_and_has_not_begun_is_not_next_and_counts_as_on_the_live_wall(
    browse, alice, bob
):
    create_planned_lesson(bob, timedelta(minutes=-1), topic="Due")
    create_planned_lesson(bob, timedelta(minutes=30), topic="Soon")
    page = browse(alice, "/").content.decode().partition('<section class="day"')[2]
    sections = re.findall(r'<h2 id="day-\d+">([\w ]+) <span class="text-secondary">(\d+)', page)
    assert sections == [("Overdue", "1"), ("Next", "1")]
    assert page.index(">Due<") < page.index(">Next ") < page.index(">Soon<")
    assert browse(alice, "/live/").context["wall"].numbers == {"running": 0, "soon": 1, "trouble": 1}


def ruler_links(page):
    """The address and the spoken words of every bar of the ruler, in order."""
    bars = re.findall(r'<a class="ruler-bar [^>]*href="([^"]+)"[^>]*>(.*?)</a>', page, re.S)
    return [(address, " ".join(re.sub(r"<[^>]+>", " ", inside).split())) for address, inside in bars]


def test_who_sees_the_whole_school_has_all_lessons_of_today_on_a_ruler_in_order(browse, alice, bob, school):
    dora = create_person(school, "dora", Role.TEACHER)
    later = create_planned_lesson(dora, topic="Later")
    before = create_finished_lesson(bob, topic="Before")
    now = create_running_lesson(bob, topic="Now")
    create_planned_lesson(bob, timedelta(days=1), topic="Tomorrow")
    page = browse(alice, "/").content.decode()
    links = [f"/lessons/{one.pk}/" for one in (before, now, later)]
    assert [address for address, _words in ruler_links(page)] == links
    assert ruler_links(page)[0][1] == "07:00–07:45 Before Bob"
    listed = re.findall(r'id="slot-\d+" href="([^"]+)"', page)
    assert listed == links
    assert 'class="ruler-now"' in page
    assert "Running now" in page
    assert ">Ended <" not in page


def test_the_ruler_says_what_is_wrong_and_nothing_else(browse, alice, bob):
    create_running_lesson(bob, topic="Alone", looked_at=timezone.now())
    create_planned_lesson(bob, topic="Refused", sync_state="refused", sync_reason="10003")
    create_planned_lesson(bob, timedelta(minutes=-5), topic="Overdue")
    create_planned_lesson(bob, topic="Off", cancelled_at=timezone.now())
    create_finished_lesson(bob, topic="Well")
    page = browse(alice, "/").content.decode()
    words = {spoken.split()[1]: spoken.split(":")[-1].strip() for _address, spoken in ruler_links(page)}
    assert words["Alone"] == "teacher not in the room"
    assert words["Refused"].startswith("rejected")
    assert words["Overdue"].endswith("overdue")
    assert words["Off"] == "cancelled"
    assert words["Well"] == "45 Well Bob"


def test_lessons_of_others_are_on_no_ruler(browse, alice, bob, charlie, kids):
    add_members(create_running_lesson(bob), kids[0])
    assert len(ruler_links(browse(alice, "/").content.decode())) == 1
    for reader in (bob, kids[0], charlie):
        assert ruler_links(browse(reader, "/").content.decode()) == []


def test_a_teacher_reads_who_is_missing_in_the_running_lesson(browse, bob, kids):
    lesson = create_running_lesson(bob)
    add_members(lesson, *kids)
    record_poll(lesson, [bob, kids[0]])
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=timezone.now())
    recompute_register(lesson)
    assert "Missing: Kid2, Kid3" in browse(bob, "/").content.decode()
    assert "Missing:" not in browse(kids[0], "/").content.decode()


def test_a_teacher_closes_the_register_of_a_lesson_of_today(browse, bob, ann):
    done, waiting = create_finished_lesson(bob), create_finished_lesson(bob, final_at=None)
    add_members(done, ann)
    page = browse(bob, "/").content.decode()
    assert f'id="close-{done.pk}" href="/lessons/{done.pk}/attendance/"' in page
    assert f"close-{waiting.pk}" not in page
    assert f"close-{done.pk}" not in browse(ann, "/").content.decode()


def test_a_running_lesson_shows_how_many_of_the_expected_are_here(browse, alice, bob, kids):
    lesson = create_running_lesson(bob)
    add_members(lesson, *kids)
    record_poll(lesson, [bob, *kids[:2]])
    recompute_register(lesson)
    page = browse(alice, "/").content.decode()
    assert ">2/3</span>" in page
    assert "teacher not in the room" not in page


def test_staff_are_not_counted_among_those_who_are_here_or_expected(browse, alice, bob, ann, sue, kids):
    lesson = create_running_lesson(bob)
    add_members(lesson, ann, sue, *kids)
    record_poll(lesson, [bob, ann, kids[0]])
    recompute_register(lesson)
    assert ">1/3</span>" in browse(alice, "/").content.decode()


def test_a_teacher_sees_the_own_lessons_and_enters_by_one_click(browse, bob, school):
    own = create_running_lesson(bob)
    other = create_running_lesson(create_person(school, "dora", Role.TEACHER))
    page = browse(bob, "/").content.decode()
    assert own.topic in page
    assert own.teacher_url in page
    assert other.topic not in page


def test_a_student_sees_the_own_lessons_with_the_students_link_alone(browse, bob, kids):
    own, other = create_running_lesson(bob), create_running_lesson(bob)
    add_members(own, kids[0])
    page = browse(kids[0], "/").content.decode()
    assert own.student_url in page
    assert own.teacher_url not in page
    assert other.topic not in page
    assert "Needs your attention" not in page


def test_lessons_of_another_school_are_nowhere(browse, bob, charlie):
    lesson = create_running_lesson(bob)
    assert lesson.topic not in browse(charlie, "/").content.decode()


def test_the_classroom_is_offered_only_from_an_hour_before_the_start(browse, alice, bob):
    far, near = (
        create_planned_lesson(bob, timedelta(hours=3)),
        create_planned_lesson(bob, timedelta(minutes=50)),
    )
    page = browse(alice, "/").content.decode()
    assert near.student_url in page
    assert far.student_url not in page


def test_every_number_leads_to_a_list_of_that_many(browse, alice, bob):
    school = alice.enterprise
    school.private_key = "k"
    school.save_mirrored(["private_key"])
    create_running_lesson(bob, looked_at=timezone.now())
    create_refused_operation(create_planned_lesson(bob, timedelta(days=2)))
    create_planned_lesson(bob, sync_state="refused", sync_reason="10003")
    create_planned_lesson(bob, timedelta(hours=-3))
    create_finished_lesson(bob, final_at=None)
    create_finished_lesson(bob)
    begins = timezone.now() + timedelta(days=1, hours=12)
    TeacherAbsence.objects.create(
        enterprise=school, teacher=bob, begins_at=begins, ends_at=begins + timedelta(days=2)
    )
    found = needs(browse(alice, "/").content.decode())
    assert {*found} == {
        *("/lessons/?need=not_ready", "/lessons/?need=not_held", "/lessons/?need=provisional"),
        *("/sync/sent/?state=trouble", "/reports/registers/", "/timetable/cover/?state=open"),
    }
    for address, number in found.items():
        page = browse(alice, address).content.decode()
        assert page.count('<th scope="row"') == int(number), address


def test_what_was_not_sent_is_for_those_who_may_send_it_again(browse, alice, bob, charlie):
    create_refused_operation(create_planned_lesson(bob))
    address = "/sync/sent/?state=trouble"
    assert needs(browse(alice, "/").content.decode())[address] == "1"
    page = browse(alice, address).content.decode()
    assert page.count("/send-again/") - page.count("many/send-again/") == 1
    for reader in (bob, charlie):
        assert address not in needs(browse(reader, "/").content.decode())


def test_registers_to_close_stand_with_the_oldest_first(browse, alice, bob):
    for days in (1, 3):
        begins = timezone.now() - timedelta(days=days)
        create_finished_lesson(
            bob, topic=f"{days} days ago", starts_at=begins, ends_at=begins + timedelta(minutes=45)
        )
    closed = create_finished_lesson(bob)
    close_register(lesson=closed, by=bob)
    create_finished_lesson(bob, final_at=None)
    page = browse(alice, "/").content.decode()
    assert needs(page)["/reports/registers/"] == "2"
    assert needs(page)["/lessons/?need=provisional"] == "1"
    rows = page.split('id="waits-registers"')[1].split("</ul>")[0]
    assert rows.index("3 days ago") < rows.index("1 days ago")
    assert f"/lessons/{closed.pk}/" not in rows


def test_a_teacher_closes_the_own_registers_and_a_supervisor_none(browse, bob, sue, charlie, school):
    create_finished_lesson(bob)
    create_finished_lesson(create_person(school, "dora", Role.TEACHER))
    assert needs(browse(bob, "/").content.decode())["/reports/registers/"] == "1"
    for reader in (sue, charlie):
        assert "Close registers" not in browse(reader, "/").content.decode()


def test_a_register_that_nobody_closed_for_weeks_is_left_to_the_report(browse, alice, bob):
    begins = timezone.now() - timedelta(days=29)
    create_finished_lesson(bob, starts_at=begins, ends_at=begins + timedelta(minutes=45))
    assert "Close registers" not in browse(alice, "/").content.decode()


def test_recordings_that_failed_or_are_missing_lead_to_the_list_of_that_many(browse, alice, bob, charlie):
    ended = timezone.now() - timedelta(days=2)
    times = {"starts_at": ended - timedelta(hours=1), "ends_at": ended, "real_ended_at": ended}
    create_finished_lesson(bob, record_types=["remote"], **times)
    found = needs(browse(alice, "/").content.decode())
    address = "/recordings/?state=missing&since=2026-11-18"
    assert found[address] == "1"
    assert browse(alice, address).content.decode().count('<th scope="row"') == 1
    assert address not in needs(browse(charlie, "/").content.decode())


def test_rest_tokens_that_end_soon_are_named_with_the_days(browse, alice, bob, charlie):
    now = timezone.now()
    ApiToken.objects.create(user=bob, digest="1", expires_at=now + timedelta(days=9))
    ApiToken.objects.create(user=bob, digest="2", expires_at=now + timedelta(days=30))
    ApiToken.objects.create(user=bob, digest="3", expires_at=now - timedelta(days=1))
    page = browse(alice, "/").content.decode()
    assert "REST tokens that expire soon: 1, the first in 9 days." in page
    assert 'href="/people/tokens/"' in page.split("needs-list")[1]
    for reader in (bob, charlie):
        assert "REST tokens that expire soon" not in browse(reader, "/").content.decode()


def test_a_missing_private_key_is_the_first_thing_said(browse, alice):
    page = browse(alice, "/").content.decode()
    assert next(iter(needs(page))) == "/school/"
    assert "private key is missing" in page


def test_a_school_of_which_nothing_is_sent_and_news_that_goes_elsewhere_are_said(browse, alice, school):
    hold_school(school, "10217")
    Enterprise.objects.filter(pk=school.pk).update(
        observed={"call_back_url": "https://elsewhere.example/"}, sync_state="changed_outside"
    )
    page = browse(alice, "/").content.decode()
    assert "iclass rejected the API key." in page
    assert "does not send events to the console" in page
    resume(school, reasons=["10217"])
    ours = Enterprise.objects.get(pk=school.pk).own_callback_url
    Enterprise.objects.filter(pk=school.pk).update(call_back_url=ours, observed={"call_back_url": ours})
    page = browse(alice, "/").content.decode()
    assert "iclass rejected the API key." not in page
    assert "does not send events to the console" not in page


def test_nothing_to_do_is_said_too(browse, sue):
    assert "Nothing needs your attention." in browse(sue, "/").content.decode()


def test_a_day_without_lessons_names_the_next_one(browse, alice, bob):
    create_planned_lesson(bob, timedelta(days=2), topic="Flamingo drill")
    page = browse(alice, "/").content.decode()
    assert "No lessons today" in page
    assert "Flamingo drill" in page


def test_a_lesson_that_has_ended_is_never_the_next_one(browse, alice, bob):
    create_finished_lesson(
        bob,
        topic="Held ahead",
        starts_at=timezone.now() + timedelta(days=1),
        ends_at=timezone.now() + timedelta(days=1, hours=1),
    )
    page = browse(alice, "/").content.decode()
    assert "No lessons today" in page
    assert "Held ahead" not in page
    create_planned_lesson(bob, timedelta(days=2), topic="Flamingo drill")
    assert "The next one is “Flamingo drill”" in browse(alice, "/").content.decode()


def test_a_lesson_of_today_that_ended_early_is_over_and_not_next(browse, bob):
    create_finished_lesson(bob, topic="Ended early", ends_at=timezone.now() + timedelta(hours=1))
    page = browse(bob, "/").content.decode()
    assert re.findall(r'<h2 id="day-\d+">(\w+)', page) == ["Ended"]


def test_a_school_without_lessons_is_shown_the_first_step(browse, alice, kids):
    assert 'href="/lessons/new/"' in browse(alice, "/").content.decode()
    assert 'href="/lessons/new/"' not in browse(kids[0], "/").content.decode()


def test_an_operator_is_led_to_the_schools(browse, olga):
    assert browse(olga, "/").url == "/schools/"


def test_a_visitor_signs_in_and_comes_back(client):
    answer = client.get("/lessons/")
    assert answer.url == "/sign-in/?next=/lessons/"


def test_thirty_lessons_cost_no_more_queries_than_three(queries, alice, bob, school):
    kids = create_students(school, 3)

    def more(number):
        for _ in range(number):
            lesson = create_finished_lesson(bob)
            add_members(lesson, *kids)

    more(3)
    record_full_presence(create_finished_lesson(bob), [bob])
    few = queries(alice, "/")
    more(27)
    assert queries(alice, "/") == few


def test_ten_running_lessons_cost_no_more_queries_than_one(queries, alice, bob, kids):
    add_members(create_running_lesson(bob), *kids)
    few = {reader: queries(reader, "/") for reader in (alice, bob, kids[0])}
    for _ in range(9):
        add_members(create_running_lesson(bob), *kids)
    assert {reader: queries(reader, "/") for reader in few} == few


def test_what_the_first_page_counts_is_found_without_the_lessons_that_are_over(bob, school):
    long_ago = timezone.now() - timedelta(days=300)
    told = {"status": "end", "sync_state": "in_sync", "final_at": long_ago, "conflict_allowed": True}
    told |= {"starts_at": long_ago, "ends_at": long_ago + timedelta(hours=1), "conflict_reason": "Old."}
    Lesson.objects.bulk_create(
        Lesson(enterprise=school, teacher=bob, topic="Croquet", remote_id=str(number), **told)
        for number in range(200_000, 201_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE classes_lesson")
    for need in {*NEED_FILTERS} - {"not_ready"}:  # those begin soon, and are found by that
        found = filter_by_need(Lesson.objects.filter(enterprise=school), need).order_by()
        plan = found.explain(format="json", analyze=True)
        passed = re.findall(r'"(?:Actual Rows|Rows Removed by Filter)": (\d+)', plan)
        assert passed, need
        assert max(map(int, passed)) < 100, (need, plan)
