"""Every table of the Django admin: who opens it, what can be done there, and what never stands on it."""

import re
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.models import (
    Alarm,
    Appeal,
    Attendance,
    CallbackDifference,
    Correction,
    Course,
    Entry,
    GuestCredit,
    Holiday,
    Leave,
    Lesson,
    Member,
    Observation,
    Recording,
    Register,
    Stay,
    Subject,
    Term,
)
from console.audit.models import AuditEntry
from console.audit.trail import record
from console.inbox.models import Callback
from console.jobs.models import Job
from console.mirror.models import IgnoredDifference
from console.outbox.models import Attempt, Gate, Operation
from console.policy.models import ApiToken
from console.policy.tokens import issue_token
from documents.models import Document
from tests.faults.sizes import FULL
from tests.support.admin_forms import admin_url, run_action, signed_in_client
from tests.support.cast import TIC_KEY, create_person
from tests.support.iclass_service import create_lesson

pytestmark = pytest.mark.django_db

#: Rows of the machinery that nobody reads: a pulse of the schedule, how far the walks are, counts; and what
#: stands on a page of its own: an entry of a group's list, a person's notices and wishes, visits of
#: operators, imports, exports, pictures, who has seen whom, calendar feeds, calls, engagement samples, which
#: courseware a lesson has, how a recording stands, warnings with their rules, who sits where, absent teachers
#: and who covers for them, roll-overs.
NOT_TABLES = {
    "accounts.studentnote",
    "accounts.grade",
    # An inline of the group.
    "accounts.teacherincharge",
    "outbox.taskheartbeat",
    "mirror.reconcilestate",
    "mirror.missingrow",
    # Webhooks have pages of their own.
    *(f"webhooks.webhook{name}" for name in ("endpoint", "gate", "delivery", "attempt")),
    *("inbox.refuseddelivery", "inbox.queuesample"),
    *("policy.idempotentrequest", "policy.rowchange"),
    "accounts.groupmembership",
    "accounts.signinthrottle",
    "notices.notification",
    "notices.notificationpreference",
    "notices.notificationdigest",
    *("notices.messagingapp", "notices.messagingbot", "notices.messagingaddress", "notices.message"),
    *("notices.messagingsettings", "notices.quiethours", "notices.mailserver"),
    *("lists.savedview", "lists.waitingmark"),
    "accounts.passwordlink",
    *("accounts.guardian", "accounts.guardianaccount", "accounts.guardianinvitation"),
    *("accounts.guardianpasswordrequest", "accounts.guardiannotice", "accounts.guardiannoticesettings"),
    *("accounts.peopleimportguardian", "accounts.guardiansession"),
    *("accounts.passwordrequest", "accounts.knowndevice"),
    *("accounts.identityprovider", "accounts.identityrule", "accounts.identitylink"),
    "accounts.samlsignin",
    "accounts.consent",
    "accounts.erasurerequest",
    "accounts.visit",
    "accounts.avatar",
    "accounts.schoollogo",
    *("accounts.peopleimport", "accounts.peopleimportrow", "accounts.sourcedid"),
    *("accounts.rosterconnection", "accounts.rosterpage", "accounts.rosterrow"),
    "accounts.export",
    "accounts.peopleexportchunk",
    *("audit.unlinkedentry", "audit.chainlink", "audit.personaldataaccess", "audit.personkey"),
    "classes.lessonkey",
    "classes.attachment",
    "classes.cover",
    "classes.teacherabsence",
    "classes.absencecall",
    "classes.feed",
    "classes.leavefile",
    "classes.lessonrecording",
    "classes.engagementsample",
    "classes.membershipnotice",
    "classes.absencestreak",
    "classes.markcount",
    *("classes.reportschedule", "classes.exportschedule", "classes.exportrun"),
    *("classes.attendancecode", "classes.codeuse", "classes.graderule", "classes.graderevision"),
    *("classes.thresholdrule", "classes.attendancewarning", "classes.warningfollowup"),
    "classes.timetableimport",
    "classes.rollover",
    "classes.timetablerow",
    "classes.announcedstate",
    "documents.documentupload",
}
READ_ONLY = (
    Operation,
    Attempt,
    Callback,
    Observation,
    Stay,
    Attendance,
    Correction,
    GuestCredit,
    Appeal,
    Leave,
    Register,
    Alarm,
    Recording,
    Member,
    Course,
    Subject,
    Term,
    Holiday,
    Document,
    AuditEntry,
    IgnoredDifference,
    Gate,
    Job,
    Entry,
)
EXPORTS = ["export_csv", "export_xlsx"]
#: Read-only, but people decide about them by an act of the list.
DECIDED = {Operation: ["send_again", "mark_done", "park"], Callback: ["handle_again"]}
#: No date hierarchy: lessons and the exchange with iclass write these rows, many for each lesson or change.
LARGE_TABLES = {
    *(Lesson, Member, Attendance, Observation, Stay, CallbackDifference, Register, Alarm, Recording, Entry),
    *(Operation, Attempt, Callback, AuditEntry),
    User,  # a city's registry writes them: a million in one school
}
#: No date hierarchy: no date says when the row came, or the date has no time zone.
DATELESS_TABLES = {StudentGroup, Course, Subject, Gate}
CANARY = "canary-in-the-mine"
WALL = datetime(2027, 3, 2, 19)


@pytest.fixture
def world(school: Enterprise, alice: User, bob: User) -> dict[type, object]:
    """One row of every table in Alice's school; every secret sings."""
    school.private_key = school.secret_key = school.tic_key_previous = CANARY
    school.callback_token = f"{CANARY}-token"
    school.save(update_fields=["private_key", "secret_key", "tic_key_previous", "callback_token"])
    mouse = create_person(school, "mouse", Role.STUDENT)
    mouse.user_token = CANARY
    mouse.set_password(CANARY)
    mouse.save_mirrored(["user_token", "password"])
    issue_token(alice, "for the tests")
    lesson = create_lesson(bob, alice, students=[mouse])
    Lesson.objects.update(teacher_url=f"https://room.example/{CANARY}/0", student_url=f"https://{CANARY}/1")
    operation = Operation.objects.get(kind="class.create")
    Operation.objects.update(args={"note": CANARY}, lease_owner=CANARY)
    now = timezone.now()
    group = StudentGroup.objects.create(enterprise=school, name="Class 1")
    group.students.set([mouse])
    return {
        Enterprise: school,
        User: mouse,
        StudentGroup: group,
        Lesson: lesson,
        Member: lesson.members.get(),
        Operation: operation,
        ApiToken: ApiToken.objects.get(),
        AuditEntry: AuditEntry.objects.first(),
        Course: Course.objects.create(
            enterprise=school, title="Croquet", teacher=bob, starts_local=WALL, duration_minutes=45
        ),
        Subject: Subject.objects.create(enterprise=school, name="Maths", colour=1),
        Term: Term.objects.create(enterprise=school, name="Spring", starts_on=WALL, ends_on=WALL),
        Holiday: Holiday.objects.create(enterprise=school, name="Fair", starts_on=WALL, ends_on=WALL),
        Document: Document.objects.create(enterprise=school, owner=bob, name="Rules", ext="pdf"),
        Attempt: Attempt.objects.create(
            operation=operation, fence=1, endpoint="class/create", started_at=now, outcome="ok"
        ),
        Callback: Callback.objects.create(
            enterprise=school, fingerprint="f", event="class_over", class_id="7", body={"url": CANARY}
        ),
        Entry: Entry.objects.create(
            enterprise=school,
            lesson=lesson,
            act="visitor",
            nickname="Hatter",
            user_token=CANARY,
            user_sig=CANARY,
        ),
        Job: Job.objects.create(enterprise=school, kind="tests.nothing", created_by=alice),
        Gate: Gate.objects.get_or_create(enterprise=school)[0],
        IgnoredDifference: IgnoredDifference.objects.create(
            enterprise=school, subject_type="classes.lesson", subject_id=lesson.pk, field="topic"
        ),
        Observation: Observation.objects.create(lesson=lesson, source="poll", user_id="mouse", present=True),
        Stay: Stay.objects.create(
            lesson=lesson, user_id="mouse", entered_at=now, left_at=now + timedelta(minutes=1)
        ),
        Attendance: Attendance.objects.create(
            lesson=lesson, person=mouse, user_id="mouse", nickname="Mouse", role="student", mark="late"
        ),
        Correction: Correction.objects.create(lesson=lesson, user_id="mouse", mark="present", by=alice),
        CallbackDifference: CallbackDifference.objects.create(
            lesson=lesson, user_id="mouse", entered=True, told_at=now
        ),
        GuestCredit: GuestCredit.objects.create(lesson=lesson, guest_id="hare", person=mouse, by=alice),
        Appeal: Appeal.objects.create(lesson=lesson, person=mouse, mark="late"),
        Leave: Leave.objects.create(
            enterprise=school, person=mouse, begins_at=now, ends_at=now + timedelta(days=1)
        ),
        Register: Register.objects.create(lesson=lesson, number=1, body={}, digest="0" * 64, closed_by=bob),
        Alarm: Alarm.objects.create(enterprise=school, lesson=lesson, kind="ghost"),
        Recording: Recording.objects.create(
            enterprise=school,
            lesson=lesson,
            class_id="7",
            video_id="v",
            video_type=0,
            url=f"https://{CANARY}",
            raw={"video_url": CANARY},
        ),
    }


@pytest.fixture
def contacts(world, alice, school):
    """A telephone number and an address, of everybody and in the trail."""
    told = {"phone_no": "13812345678", "e_mail": "dormouse@example.com"}
    User.objects.filter(enterprise=school).update(**told)
    record("person.change", world[User], by=alice, before={"phone_no": ""}, after=told)
    return list(told.values())


def offered_actions(answer):
    form = answer.context["action_form"]
    return sorted(name for name, _label in form.fields["action"].choices if name) if form else []


def pages_of(row):
    yield admin_url(row, "changelist")
    yield admin_url(row, "change", row.pk)
    yield admin_url(row, "history", row.pk)


def test_every_model_of_ours_has_its_table():
    ours = {
        model._meta.label_lower
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in ("accounts", "classes", "console", "documents")
        for model in config.get_models()
    }
    registered = {model._meta.label_lower for model in site._registry}
    assert ours - registered == NOT_TABLES


def test_the_world_has_a_row_of_every_table(world):
    assert set(world) == set(site._registry)


def test_admins_that_ask_no_policy_table_as_that_of_djangos_groups_stay_out():
    assert not site.is_registered(Group)


@pytest.mark.faults
@pytest.mark.parametrize(("language", "turn"), [("zh-hans", 0), ("en", 1)])
def test_every_page_opens_with_times_of_24_hours_and_tells_no_secret_and_no_contact(
    world, alice, language, turn, contacts
):
    """Half of the tables in each language; with FAULTS=full all in both."""
    lesson = world[Lesson]
    starts_at = timezone.make_aware(WALL)
    Lesson.objects.filter(pk=lesson.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    web = signed_in_client(alice)
    web.cookies["django_language"] = language
    digest = ApiToken.objects.get().digest
    hidden = [CANARY, TIC_KEY, digest, world[User].password, "pbkdf2_", *contacts]
    hidden += list(Enterprise.objects.values_list("tic_key", "private_key", "secret_key").get())
    for row in list(world.values()) if FULL else list(world.values())[turn::2]:
        for url in pages_of(row):
            answer = web.get(url)
            assert answer.status_code == 200, url
            text = answer.content.decode()
            assert f'lang="{language}"' in text
            assert [one for one in hidden if one in text] == [], url
            assert not re.search(r"\d [ap]\.m\.|上午|下午|noon|midnight", text), url
    assert "19:00" in web.get(admin_url(lesson, "changelist")).content.decode()
    people = web.get(admin_url(world[User], "changelist")).content.decode()
    assert "138****5678" in people
    assert "d***@example.com" in people


def test_every_list_has_filters_and_small_tables_a_date_hierarchy(world, alice):
    web = signed_in_client(alice)
    for model, table in site._registry.items():
        assert bool(table.date_hierarchy) is (model not in LARGE_TABLES | DATELESS_TABLES), model
        url = admin_url(model, "changelist")
        listed = web.get(url).context["cl"]
        assert listed.filter_specs, model
        for *_others, choice in (spec.choices(listed) for spec in listed.filter_specs):
            assert web.get(url + choice["query_string"]).status_code == 200, (model, choice)
        if table.date_hierarchy:
            narrowed = web.get(url, {f"{table.date_hierarchy}__year": 1990})
            assert (narrowed.status_code, narrowed.context["cl"].result_count) == (200, 0), model
        assert web.get(url, {"pk__gt": 1}).status_code == 400, model


def test_contacts_are_masked_in_every_file(world, alice, contacts):
    web = signed_in_client(alice)
    for row in world.values():
        if type(row) is not AuditEntry:  # exported by a superadmin alone
            file = web.post(admin_url(row, "changelist"), {"action": "export_csv"})
            content = b"".join(file.streaming_content).decode()
            assert [one for one in (*contacts, CANARY) if one in content] == [], row


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_form_to_add_opens(world, alice, olga, language):
    for user, models in ((alice, (Lesson, User, StudentGroup)), (olga, (Enterprise,))):
        web = signed_in_client(user)
        web.cookies["django_language"] = language
        for model in models:
            assert web.get(admin_url(model, "add")).status_code == 200, model


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPERADMIN])
def test_evidence_and_traces_are_read_and_changed_by_nobody(world, alice, school, role):
    user = alice if role == Role.ADMIN else create_person(school, "queen", role)
    web = signed_in_client(user)
    for model in READ_ONLY:
        row, kept = world[model], model.objects.count()
        refused = {
            web.get(admin_url(row, "add")).status_code,
            web.post(admin_url(row, "add"), {}).status_code,
            web.post(admin_url(row, "change", row.pk), {"reason": "x", "mark": "present"}).status_code,
            web.get(admin_url(row, "delete", row.pk)).status_code,
            web.post(admin_url(row, "delete", row.pk), {"post": "yes"}).status_code,
        }
        assert refused == {403}, model
        run_action(web, [row], "delete_selected", post="yes")
        assert model.objects.count() == kept, model
        listed = web.get(admin_url(row, "changelist"))
        assert listed.context["cl"].result_count == kept, model
        exports = [] if (model, role) == (AuditEntry, Role.ADMIN) else EXPORTS
        assert offered_actions(listed) == sorted([*exports, *DECIDED.get(model, ())]), model


def test_charlie_sees_no_row_of_alices_school(world, charlie):
    web = signed_in_client(charlie)
    for row in world.values():
        listed = web.get(admin_url(row, "changelist"))
        assert row not in listed.context["cl"].queryset, row
        for url in (admin_url(row, "change", row.pk), admin_url(row, "history", row.pk)):
            assert web.get(url).status_code == 302, url


def test_bob_and_the_mouse_open_no_table(world, bob):
    for user in (bob, world[User]):
        web = signed_in_client(user)
        for row in world.values():
            assert web.get(admin_url(row, "changelist"), follow=True).status_code == 403


def test_operators_see_the_schools_and_nothing_of_what_is_in_them(world, olga):
    web = signed_in_client(olga)
    for model, row in world.items():
        expected = 200 if model is Enterprise else 403
        assert web.get(admin_url(row, "changelist")).status_code == expected, model
    home = web.get("/admin/").content.decode()
    assert admin_url(Enterprise, "changelist") in home
    assert admin_url(Lesson, "changelist") not in home


def test_a_long_list_costs_no_more_queries_than_a_short_one(
    world, alice, bob, school, django_assert_max_num_queries
):
    web, short = signed_in_client(alice), {}
    for model in (Lesson, User, Attendance, Operation):
        url = admin_url(model, "changelist")
        web.get(url)
        with django_assert_max_num_queries(100) as asked:
            web.get(url)
        short[url] = len(asked)
    for number in range(30):
        somebody = create_person(school, f"card{number}", Role.STUDENT)
        lesson = create_lesson(bob, alice)
        Attendance.objects.create(lesson=lesson, person=somebody, user_id=somebody.user_id, role="student")
    for url, number in short.items():
        with django_assert_max_num_queries(number, info=url):
            web.get(url)
