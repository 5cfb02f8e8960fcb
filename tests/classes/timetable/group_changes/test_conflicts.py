"""A change of groups by which somebody would be planned twice: named before, allowed with a reason."""

from datetime import timedelta

import pytest

from accounts.models import PeopleImport, Role, StudentGroup
from accounts.people.group_change_conflicts import GroupChangeRefused, find_group_conflicts
from accounts.people.group_services import save_group
from classes.models import Lesson, Member
from console.audit.models import AuditEntry
from console.jobs import runner
from tests.accounts.imports.conftest import csv_file
from tests.classes.factories import add_members, create_planned_lesson
from tests.classes.timetable.group_changes.test_group_changes import change, of_group, typed
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_text
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
FREE = {"conflict_allowed": False, "conflict_reason": ""}


@pytest.fixture
def year7(kids):
    return StudentGroup.objects.get(name="Year 7")


@pytest.fixture
def late(school):
    return create_person(school, "late", Role.STUDENT)


@pytest.fixture
def ted(school):
    return create_person(school, "ted", Role.TEACHER)


@pytest.fixture
def lesson(bob, year7):
    """Of the group; nobody is planned twice in it."""
    return of_group(create_planned_lesson(bob, DAY, topic="Croquet", **FREE), year7)


@pytest.fixture
def chess(ted, late, lesson):
    """Late is expected here while the group has its lesson."""
    found = create_planned_lesson(ted, DAY, topic="Chess", **FREE)
    add_members(found, late)
    return found


def named(found):
    return [(one.kind, one.user_id, one.target.label, one.other and one.other.label) for one in found]


class TestFinding:
    def found(self, group, *added, removed=(), leave=()):
        moves = {group.pk: ({one.pk for one in added}, {one.pk for one in removed})}
        return named(find_group_conflicts(moves, leave))

    def test_a_newcomer_who_is_expected_elsewhere(self, year7, late, lesson, chess):
        assert self.found(year7, late) == [("student", "late", "Croquet", "Chess")]

    def test_not_where_the_lesson_is_left_out_or_the_other_is_cancelled(self, year7, late, lesson, chess):
        assert self.found(year7, late, leave=[lesson.pk]) == []
        Lesson.objects.filter(pk=chess.pk).update(cancelled_at=chess.created_at)
        assert self.found(year7, late) == []

    def test_two_lessons_of_the_group_at_one_time_are_one_conflict(self, year7, ted, late, lesson):
        of_group(create_planned_lesson(ted, DAY, topic="Tea", **FREE), year7)
        assert self.found(year7, late) == [("student", "late", "Croquet", "Tea")]

    def test_whoever_changes_from_one_group_to_another_is_in_nobodys_way(
        self, school, year7, ted, late, lesson
    ):
        old = StudentGroup.objects.create(enterprise=school, name="Year 6")
        old.students.add(late)
        of_group(create_planned_lesson(ted, DAY, topic="Old", **FREE), old)
        moves = {year7.pk: ({late.pk}, set()), old.pk: (set(), {late.pk})}
        assert find_group_conflicts(moves) == []

    def test_more_students_than_fit(self, year7, late, kids, lesson):
        Lesson.objects.filter(pk=lesson.pk).update(capacity=3)
        assert self.found(year7, late) == [("capacity", "", "Croquet", None)]
        assert self.found(year7, late, removed=kids[:1]) == []


class TestPage:
    def test_it_names_them_with_links_and_wants_a_reason(
        self, browse, alice, kids, late, year7, lesson, chess
    ):
        asked = browse(alice, f"/groups/{year7.pk}/edit/", typed(*kids, late))
        assert "Late is expected in “Chess” at this time." in page_text(asked)
        assert f'href="{chess.get_absolute_url()}"' in page_text(asked)
        again = change(browse, alice, year7, *kids, late)
        assert "Enter a reason to allow it." in page_text(again)
        assert late not in year7.students.all()
        assert not Member.objects.filter(lesson=lesson, user=late).exists()

    def test_the_reason_is_kept_with_the_lesson_and_on_the_trail(
        self, browse, alice, kids, late, year7, lesson, chess
    ):
        change(browse, alice, year7, *kids, late, conflict_reason="Late leaves chess early")
        lesson.refresh_from_db()
        assert (lesson.conflict_allowed, lesson.conflict_reason) == (True, "Late leaves chess early")
        assert lesson.conflict_by == alice
        assert Member.objects.filter(lesson=lesson, user=late).exists()
        reasons = AuditEntry.objects.filter(action__in=("group.change", "lesson.change"))
        assert set(reasons.values_list("reason", flat=True)) == {"Late leaves chess early"}

    def test_an_unticked_lesson_needs_none(self, browse, alice, kids, late, year7, lesson, chess):
        change(browse, alice, year7, *kids, late, lessons=[])
        assert late in year7.students.all()
        lesson.refresh_from_db()
        assert not lesson.conflict_allowed

    def test_a_reason_where_nothing_is_in_the_way_is_not_kept(self, alice, kids, late, year7, lesson):
        save_group(group=year7, students=[*kids, late], by=alice, conflict_reason="just so")
        lesson.refresh_from_db()
        assert (lesson.conflict_allowed, lesson.conflict_reason) == (False, "")


class TestRest:
    def test_409_names_the_conflicts_until_a_reason_is_given(self, alice, kids, late, year7, lesson, chess):
        told = {"students": ["kid1", "kid2", "kid3", "late"]}
        refused = rest_client(alice).patch(f"/api/v1/groups/{year7.pk}/", told, format="json")
        assert refused.status_code == 409
        (conflict,) = refused.json()["conflicts"]
        date = lesson.starts_at.astimezone(lesson.enterprise.tz).date().isoformat()
        assert conflict == {
            "date": date, "kind": "student", "who": "late", "lesson": chess.pk, "into": lesson.pk
        }  # fmt: skip
        assert year7.students.count() == 3
        done = rest_client(alice).patch(
            f"/api/v1/groups/{year7.pk}/", told | {"conflict_reason": "agreed"}, format="json"
        )
        assert done.status_code == 200
        assert "conflict_reason" not in done.json()
        lesson.refresh_from_db()
        assert lesson.conflict_reason == "agreed"

    def test_an_import_says_it_and_is_refused_without_a_reason(self, alice, late, year7, lesson, chess):
        def send(query="", **more):
            file = csv_file([["user_id", "groups"], ["late", "Year 7"]])
            return rest_client(alice).post(
                f"/api/v1/users/import{query}", {"file": file, **more}, format="multipart"
            )

        assert [one["lesson"] for one in send("?dry_run=1").json()["conflicts"]] == [chess.pk]
        refused = send()
        assert refused.status_code == 409
        assert refused.json()["conflicts"][0]["into"] == lesson.pk
        assert late not in year7.students.all()
        assert not PeopleImport.objects.exists()
        assert send(conflict_reason="agreed").status_code == 200
        lesson.refresh_from_db()
        assert lesson.conflict_reason == "agreed"
        assert AuditEntry.objects.get(action="person.import").reason == "agreed"


class TestImport:
    @pytest.fixture
    def preview(self, alice, late, year7, lesson, chess):
        client = client_for(alice)
        file = csv_file([["user_id", "groups"], ["late", "Year 7"]])
        columns = client.post("/people/imports/new/", {"file": file}, follow=True).request["PATH_INFO"]
        chosen = {"column_0": "user_id", "column_1": "groups", "role": "student"}
        return client, client.post(columns, chosen, follow=True).request["PATH_INFO"]

    def test_the_preview_names_them_and_nothing_is_applied_without_a_reason(self, preview, late, year7):
        client, address = preview
        assert "Late is expected in “Chess” at this time." in page_text(client.get(address))
        answer = client.post(f"{address}apply/", follow=True)
        assert "Enter a reason to allow it." in page_text(answer)
        assert late not in year7.students.all()
        assert PeopleImport.objects.get().state == "checked"

    def test_with_one_it_is_applied_and_can_be_undone(self, preview, late, year7, lesson):
        client, address = preview
        client.post(f"{address}apply/", {"conflict_reason": "agreed"})
        assert late in year7.students.all()
        lesson.refresh_from_db()
        assert lesson.conflict_reason == "agreed"
        client.post(f"{address}undo/")
        assert late not in year7.students.all()

    def test_a_large_one_is_asked_before_its_job_begins(self, preview, settings, late, year7):
        settings.IMPORT_INLINE_ROWS = 0
        client, address = preview
        assert "Enter a reason to allow it." in page_text(client.post(f"{address}apply/", follow=True))
        client.post(f"{address}apply/", {"conflict_reason": "agreed"})
        runner.run_due_jobs()
        assert late in year7.students.all()

    def test_a_conflict_of_meanwhile_stops_the_job_and_is_asked_about(
        self, preview, settings, late, year7, chess
    ):
        settings.IMPORT_INLINE_ROWS = 0
        client, address = preview
        Lesson.objects.filter(pk=chess.pk).update(cancelled_at=chess.created_at)
        client.post(f"{address}apply/")
        Lesson.objects.filter(pk=chess.pk).update(cancelled_at=None)
        runner.run_due_jobs()
        assert late not in year7.students.all()
        assert PeopleImport.objects.get().state == "checked"
        assert "Late is expected in “Chess” at this time." in page_text(client.get(address))


class TestImportOfWhoIsNoStudentYet:
    """Who is added, or becomes a student, was in no preview; the page ended at a reason without a field."""

    BOTH = ("newbie", "Newbie", "student", "Year 7; Year 8")
    TWICE = "Newbie is expected in “Chess” at this time."

    @pytest.fixture
    def chess(self, school, ted, lesson):
        """Of another group, at the same time."""
        group = StudentGroup.objects.create(enterprise=school, name="Year 8")
        return of_group(create_planned_lesson(ted, DAY, topic="Chess", **FREE), group)

    @pytest.fixture
    def client(self, alice):
        return client_for(alice)

    def file(self, *row):
        return {"file": csv_file([["user_id", "nickname", "role", "groups"], row])}

    def upload(self, client, *row):
        return client.post("/people/imports/new/", self.file(*row), follow=True).request["PATH_INFO"]

    def test_lesson_and_person_stand_above_and_at_the_row_with_a_field_for_the_reason(
        self, client, year7, lesson, chess
    ):
        address = self.upload(client, *self.BOTH)
        page = page_text(client.get(address))
        assert (page.count(self.TWICE), page.count(f'href="{chess.get_absolute_url()}"')) == (2, 2)
        assert 'name="conflict_reason"' in page
        assert 'href="#conflict_reason"' in page
        assert "Enter a reason to allow it." in page_text(client.post(f"{address}apply/", follow=True))
        assert not year7.students.filter(user_id="newbie").exists()
        client.post(f"{address}apply/", {"conflict_reason": "agreed"})
        assert year7.students.filter(user_id="newbie").exists()
        lesson.refresh_from_db()
        assert lesson.conflict_reason == "agreed"

    def test_a_large_file_is_asked_about_before_its_job_begins(self, client, settings, year7, chess):
        settings.IMPORT_INLINE_ROWS = 0
        address = self.upload(client, *self.BOTH)
        runner.run_due_jobs()
        assert self.TWICE in page_text(client.get(address))
        assert "Enter a reason to allow it." in page_text(client.post(f"{address}apply/", follow=True))
        client.post(f"{address}apply/", {"conflict_reason": "agreed"})
        runner.run_due_jobs()
        assert year7.students.filter(user_id="newbie").exists()

    def test_a_full_lesson_names_who_joins(self, client, lesson):
        Lesson.objects.filter(pk=lesson.pk).update(capacity=3)
        page = page_text(client.get(self.upload(client, "newbie", "Newbie", "student", "Year 7")))
        assert page.count("more students than the limit of 3: Newbie") == 2
        assert 'name="conflict_reason"' in page

    def test_a_teacher_who_becomes_a_student_can_be_planned_twice(self, client, school, chess):
        create_person(school, "newbie", Role.TEACHER)
        page = page_text(client.get(self.upload(client, *self.BOTH)))
        assert self.TWICE in page

    def test_rest_names_them_before_and_refuses_without_a_reason(self, alice, lesson, chess):
        def send(query="", **more):
            told = self.file(*self.BOTH) | more
            return rest_client(alice).post(f"/api/v1/users/import{query}", told, format="multipart")

        (conflict,) = send("?dry_run=1").json()["conflicts"]
        assert (conflict["who"], conflict["into"], conflict["lesson"]) == ("newbie", lesson.pk, chess.pk)
        refused = send()
        assert (refused.status_code, refused.json()["conflicts"]) == (409, [conflict])
        assert send(conflict_reason="agreed").status_code == 200


def test_the_admin_asks_too(alice, kids, late, year7, lesson, chess, settings):
    settings.REQUIRE_TWO_FACTOR = False
    told = {"name": "Year 7", "teacher": "", "students": [one.pk for one in (*kids, late)]}
    address = f"/admin/accounts/studentgroup/{year7.pk}/change/"
    refused = client_for(alice).post(address, told | {"conflict_reason": ""}, follow=True)
    assert "Enter a reason to allow it." in page_text(refused)
    client_for(alice).post(address, told | {"conflict_reason": "agreed"})
    assert late in year7.students.all()


def test_the_refusal_counts_the_lessons(alice, kids, late, year7, lesson, chess):
    with pytest.raises(GroupChangeRefused, match="1") as refused:
        save_group(group=year7, students=[*kids, late], by=alice)
    assert refused.value.code == "conflict"
    assert late not in year7.students.all()
