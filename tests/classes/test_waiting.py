"""One list of what waits for a person: Today lists what the menu counts, for every role."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, ErasureRequest, Grade, PasswordRequest, Role, StudentGroup, User
from classes.models import (
    Alarm,
    Appeal,
    Attendance,
    AttendanceWarning,
    Leave,
    Lesson,
    TeacherAbsence,
    ThresholdRule,
)
from console.inbox.models import Callback
from console.navigation_entries import ENTRIES
from console.outbox.models import Operation
from console.ui.waiting import MAX_ROWS, list_waiting, listed_names
from console.webhooks.models import WebhookEndpoint, WebhookGate
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_refused_operation,
    create_running_lesson,
)
from tests.console.mirror.remote_states import mark_different
from tests.support.cast import create_person
from tests.support.charges import put_in_charge, put_in_charge_of_students
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db
COUNTED = {tab.count for entry in ENTRIES for tab in entry.tabs}
IN_CHARGE = {"leave", "warnings"}
TEACHING = {"alarms", "registers", "appeals"}
CONNECTION = {"operations", "callbacks", "differences"}
OFFICE = TEACHING | IN_CHARGE | CONNECTION | {"cover", "webhooks", "password_requests", "erasures"}


@pytest.fixture
def tom(tom: User, kids: list[User]) -> User:
    """In charge of a group with one of the students alone."""
    put_in_charge_of_students(tom, kids[0])
    return tom


@pytest.fixture
def hal(school: Enterprise, kids: list[User]) -> User:
    """Head of the grade of the students."""
    hal = create_person(school, "hal", Role.TEACHER)
    grade = Grade.objects.create(enterprise=school, name="Grade 7", position=1)
    StudentGroup.objects.filter(name="Year 7").update(grade=grade)
    put_in_charge(grade, hal)
    return hal


@pytest.fixture
def rule(school: Enterprise, alice: User) -> ThresholdRule:
    return ThresholdRule.objects.create(enterprise=school, kind="absences", number=3, created_by=alice)


def warn(rule: ThresholdRule, *students: User) -> None:
    facts = {"kind": "absences", "count": 4, "total": 4, "number": 3, "days": None, "least": None}
    AttendanceWarning.objects.bulk_create(
        AttendanceWarning(enterprise=rule.enterprise, rule=rule, person=one, facts=facts) for one in students
    )


@pytest.fixture
def full_school(school: Enterprise, bob: User, ann: User, kids: list[User], rule: ThresholdRule) -> None:
    """Something of every kind, in lessons of Bob's; what is about a student is about Kid1."""
    held = create_finished_lesson(bob, topic="Sums")
    add_members(held, ann, *kids)
    create_finished_lesson(bob)
    Appeal.objects.create(lesson=held, person=kids[0], mark="absent")
    Alarm.objects.create(enterprise=school, lesson=create_running_lesson(bob), kind="ghost")
    now = timezone.now()
    Leave.objects.create(
        enterprise=school,
        person=kids[0],
        by=kids[0],
        begins_at=now,
        ends_at=now + timedelta(hours=2),
        kind="sick",
        reason="Measles",
        state="requested",
    )
    warn(rule, kids[0])
    create_refused_operation(create_planned_lesson(bob, timedelta(days=2)))
    TeacherAbsence.objects.create(
        enterprise=school, teacher=bob, begins_at=now + timedelta(days=1), ends_at=now + timedelta(days=3)
    )
    Callback.objects.create(enterprise=school, fingerprint="1", event="class_begin", state="quarantined")
    mark_different(kids[1], nickname="Other")
    portal = WebhookEndpoint.objects.create(
        enterprise=school, name="Portal", url="https://portal.example.org/", secret="whsec_x"
    )
    WebhookGate.objects.create(endpoint=portal, held_for=["by_hand"])
    PasswordRequest.objects.create(enterprise=school, person=kids[2])
    amy = create_person(school, "amy", Role.ADMIN)
    ErasureRequest.objects.create(enterprise=school, person=kids[2], requested_by=amy)


def rows_of(page: str, name: str) -> list[str]:
    """The rows of a kind on Today, as text."""
    rows = page.split(f'id="waits-{name}"')[1].split("</ul>")[0].split("<li")[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", f"<li{row}").split()) for row in rows]


#: What waits for each reader.
KINDS: dict[str, set[str]] = {
    "alice": OFFICE,
    "root": OFFICE,
    "bob": TEACHING,
    "tom": IN_CHARGE,
    "hal": IN_CHARGE,
    "ann": {"registers", "appeals"},
    "sue": {"alarms"},
    "kid1": set(),
    "charlie": set(),
    "olga": CONNECTION | {"alarms"},
}


@pytest.mark.usefixtures("full_school", "alice", "tom", "hal", "sue", "charlie")
def test_the_badges_of_each_role_count_what_stands_on_their_today(school: Enterprise, olga: User) -> None:
    create_person(school, "root", Role.SUPERADMIN)
    for reader, kinds in KINDS.items():
        client = client_for(olga if reader == "olga" else User.objects.get(user_id=reader))
        if reader == "olga":
            client.post(f"/schools/{school.pk}/enter/", {"reason": "A ticket"})
        home = client.get("/")
        listed = {one.kind.name: one.number for one in home.context["waiting"]}
        badges = {name: one["number"] for name, one in client.get("/menu-counts/").json().items()}

        assert listed.keys() == kinds, reader
        assert {name: len(rows_of(page_text(home), name)) for name in listed} == listed, reader
        assert {name: number for name, number in listed.items() if name in COUNTED} == badges, reader


@pytest.mark.usefixtures("full_school")
def test_a_row_says_whom_it_is_about_and_leads_to_where_one_decides(alice: User, kids: list[User]) -> None:
    page = page_text(client_for(alice).get("/"))
    (leave,), (warning,) = rows_of(page, "leave"), rows_of(page, "warnings")
    assert leave.startswith("Kid1 sick leave · ")
    assert " · Measles" in leave
    assert warning.startswith("Kid1 Absent from 4 lessons in a row.")
    for path, model in (("leave", Leave), ("warnings", AttendanceWarning), ("appeals", Appeal)):
        assert f'href="/{path}/{model.objects.get().pk}/"' in page
    assert rows_of(page, "cover")[0].startswith("Bob ")
    chinese = page_text(client_for(alice, "zh-hans").get("/"))
    assert "1 条请假待审批" in chinese
    assert "1 条教师缺勤未安排代课" in chinese


def test_today_shows_the_first_rows_of_many_and_the_number_of_all(
    alice: User, kids: list[User], rule: ThresholdRule
) -> None:
    warn(rule, *kids, create_person(rule.enterprise, "last", Role.STUDENT))
    page = page_text(client_for(alice).get("/"))
    assert [row.split()[0] for row in rows_of(page, "warnings")] == ["Last", "Kid3", "Kid2"]
    assert MAX_ROWS == 3
    assert "4 new warnings" in page
    assert 'href="/warnings/?state=open"' in page


@pytest.mark.usefixtures("full_school")
def test_a_kind_costs_as_many_queries_for_many_rows_as_for_one(
    queries: Any, alice: User, kids: list[User], rule: ThresholdRule
) -> None:
    few = queries(alice, "/")
    warn(rule, *kids[1:])
    assert queries(alice, "/") == few


@pytest.mark.usefixtures("full_school")
def test_what_is_put_off_costs_as_many_queries_for_many_rows_as_for_one(
    queries: Any, alice: User, kids: list[User], rule: ThresholdRule
) -> None:
    warn(rule, *kids[1:])
    first, *others = AttendanceWarning.objects.values_list("pk", flat=True)
    client = client_for(alice)
    client.post("/today/later/", {"row": f"warnings-attendancewarning-{first}", "until": "tomorrow"})
    few = queries(alice, "/"), queries(alice, "/today/later/")
    for key in others:
        client.post("/today/later/", {"row": f"warnings-attendancewarning-{key}", "until": "monday"})
    assert [one.number for one in client.get("/today/later/").context["kinds"][0][:1]] == [3]
    assert queries(alice, "/") <= few[0]
    assert queries(alice, "/today/later/") == few[1]


@pytest.mark.usefixtures("full_school")
def test_what_is_given_costs_as_many_queries_for_many_rows_as_for_one(
    queries: Any, alice: User, kids: list[User], rule: ThresholdRule
) -> None:
    warn(rule, *kids[1:])
    first, *others = AttendanceWarning.objects.all()
    amy, client = User.objects.get(user_id="amy"), client_for(alice)
    client.post(f"/today/give/?row=warnings-attendancewarning-{first.pk}", {"person": "amy"})
    few = {reader: queries(reader, "/") for reader in (alice, amy)}
    for one in others:
        client.post(f"/today/give/?row=warnings-attendancewarning-{one.pk}", {"person": "amy"})
    assert len(client_for(amy).get("/").context["given"]) == 3
    assert {reader: queries(reader, "/") for reader in few} == few


def test_what_somebody_handles_waits_no_longer(alice: User, kids: list[User], rule: ThresholdRule) -> None:
    warn(rule, *kids)
    AttendanceWarning.objects.filter(person=kids[0]).update(state="taken")
    (found,) = list_waiting(alice, listed_names())
    assert (found.kind.name, found.number) == ("warnings", 2)
    AttendanceWarning.objects.update(state="closed")
    assert list_waiting(alice, listed_names()) == []


def buttons_of(page: str, name: str) -> list[tuple[str, str]]:
    """The address and the label of each button of a kind on Today that settles a row."""
    rows = page.split(f'id="waits-{name}"')[1].split("</ul>")[0]
    forms = re.findall(r'<form[^>]*action="([^"]+)">(.*?)</form>', rows, re.S)
    label = re.compile(r"<button[^>]*>(?:<svg.*?</svg>)?(?:<span>)?([^<]*)", re.S)
    return [(url, label.findall(inside)[0]) for url, inside in forms if url != "/today/later/"]


@pytest.mark.usefixtures("full_school")
def test_a_row_has_the_buttons_that_its_reader_may_press(alice: User, tom: User, sue: User) -> None:
    home = page_text(client_for(alice).get("/"))
    labels = {name: [label for _url, label in buttons_of(home, name)] for name in OFFICE}
    assert labels == dict.fromkeys(OFFICE, []) | {
        "alarms": ["Handle this"],
        "leave": ["Approve", "Return"],
        "registers": ["Close register"] * 2,
        "warnings": ["Handle this", "Close the warning"],
        "operations": ["Send again"],
        "webhooks": ["Resume"],
    }
    assert buttons_of(page_text(client_for(tom).get("/")), "leave") == buttons_of(home, "leave")
    assert buttons_of(page_text(client_for(sue).get("/")), "alarms") == []


IN_PLACE: list[tuple[str, dict[str, str], str]] = [
    ("alarms", {}, "You are handling this."),
    ("leave", {"decision": "approve"}, "The leave has been approved."),
    ("leave", {"decision": "return", "text": "Exam"}, "The request has been returned"),
    ("warnings", {}, "You are handling this."),
    ("operations", {}, "It is sent within seconds."),
    ("webhooks", {}, "Resumed."),
]


@pytest.mark.usefixtures("full_school")
def test_an_act_in_place_leads_back_to_today_with_its_message(alice: User) -> None:
    client = client_for(alice)
    for name, fields, message in IN_PLACE:
        Leave.objects.update(state="requested")  # two of the acts are about the same one
        address = buttons_of(page_text(client.get("/")), name)[0][0]
        answer = client.post(address, {"next": "/", **fields}, follow=True)
        assert answer.redirect_chain == [("/", 302)], name
        assert message in page_text(answer)
        assert name not in {one.kind.name for one in answer.context["waiting"]}, name


@pytest.mark.usefixtures("full_school")
def test_a_register_without_doubts_is_closed_and_another_one_asks_first(
    alice: User, kids: list[User]
) -> None:
    client = client_for(alice)
    (doubtful, _label), (clear, _label) = buttons_of(page_text(client.get("/")), "registers")
    lesson = Lesson.objects.get(pk=clear.split("/")[2])
    assert client.post(clear, {"next": "/"}, follow=True).redirect_chain == [("/", 302)]
    lesson.refresh_from_db()
    assert lesson.register_closed_at
    Attendance.objects.create(
        lesson_id=int(doubtful.split("/")[2]), person=kids[0], user_id="kid1", role="student", mark="unknown"
    )
    asked = client.post(doubtful, {"next": "/"})
    assert "Close anyway" in page_text(asked)
    assert '<input type="hidden" name="next" value="/">' in asked.content.decode()
    assert client.post(doubtful, {"next": "/", "anyway": "on"}).url == "/"


@pytest.mark.usefixtures("full_school")
def test_a_refused_answer_keeps_what_was_typed_and_where_to_go_back(alice: User) -> None:
    client, leave = client_for(alice), Leave.objects.get()
    answer = client.post(f"/leave/{leave.pk}/answer/", {"next": "/", "decision": "return", "text": ""})
    assert answer.status_code == 200
    assert 'name="next" value="/"' in answer.content.decode()
    elsewhere = {"next": "https://elsewhere.example/", "decision": "approve"}
    assert client.post(f"/leave/{leave.pk}/answer/", elsewhere).url == f"/leave/{leave.pk}/"


@pytest.mark.usefixtures("full_school")
def test_what_iclass_may_have_received_is_decided_on_its_own_page(alice: User) -> None:
    refused = Operation.objects.get()
    unclear = Operation.objects.create(
        enterprise=alice.enterprise,
        kind="class.modify",
        subject_type=refused.subject_type,
        subject_id=refused.subject_id,
        lane="another",
        state="needs_you",
    )
    page = page_text(client_for(alice).get("/"))
    assert [url for url, _label in buttons_of(page, "operations")] == [f"/sync/sent/{refused.pk}/send-again/"]
    assert f'href="/sync/sent/{unclear.pk}/"' in page
