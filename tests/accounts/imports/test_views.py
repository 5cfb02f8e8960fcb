"""Upload, columns, preview, result and history as people use them; and who may not."""

import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import PeopleImport, User
from console.imports import services
from console.jobs import runner
from console.jobs.models import Job
from console.outbox.models import Operation
from tests.accounts.imports.conftest import csv_file
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

pytestmark = pytest.mark.django_db

LI = ["li", "李雷", "学生", "13800000000", "li@example.com", "一班"]
UPLOAD = "/people/imports/new/"


def upload(client, rows, encoding="gb18030"):
    return client.post(UPLOAD, {"file": csv_file(rows, encoding=encoding)})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_goes_from_its_upload_to_the_service(alice, dina, language):
    client = client_for(alice, language)
    rows = [["学号", "名称", "鞋码"], ["li", "李雷", "42"], ["dina", "Dina D", "36"], ["x x", "X", ""]]
    asked = client.get(upload(client, rows).headers["Location"], follow=True)
    columns, page = asked.request["PATH_INFO"], page_text(asked)
    assert "42 · 36" in page
    chosen = {"column_0": "user_id", "column_1": "nickname", "column_2": "", "role": "student"}
    preview = client.post(columns, chosen, follow=True)
    assert [line.row.outcome for line in preview.context["lines"]] == ["refused", "added", "changed"]
    assert "<del>Dina</del>" in preview.content.decode()
    assert not User.objects.filter(user_id="li").exists()
    address = preview.request["PATH_INFO"]
    result = client.post(f"{address}apply/", follow=True)
    assert page_says(result, "imported", language)
    assert User.objects.get(user_id="li").nickname == "李雷"
    history = page_text(client.get("/people/imports/"))
    assert "people.csv" in history
    assert PeopleImport.objects.get().digest[:12] in history
    undone = client.post(f"{address}undo/", follow=True)
    assert page_says(undone, "removed", language)
    assert User.objects.get(pk=dina.pk).nickname == "Dina"


def test_a_preview_that_somebody_replaced_meanwhile_is_not_imported(alice):
    client = client_for(alice)
    columns = client.get(
        upload(client, [["学号", "名称", "鞋码"], ["li", "Li", "42"]]).headers["Location"], follow=True
    )
    chosen = {"column_0": "user_id", "column_1": "nickname", "column_2": "", "role": "student"}
    path = columns.request["PATH_INFO"]
    preview = client.post(path, chosen, follow=True)
    client.post(path, chosen | {"role": "teacher"}, follow=True)
    seen, address = preview.context["seen"], preview.request["PATH_INFO"]
    answer = client.post(f"{address}apply/", {"seen": seen}, follow=True)
    assert page_says(
        answer,
        "Someone checked this file differently in the meantime. Nothing was imported. Review it again.",
    )
    assert not User.objects.filter(user_id="li").exists()
    client.post(f"{address}apply/", {"seen": answer.context["seen"]})
    assert User.objects.get(user_id="li").role == "teacher"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_is_imported_as_it_is_without_a_question(alice, language):
    client = client_for(alice, language)
    assert page_says(client.get(UPLOAD), "Template (.xlsx)", language)
    file = io.BytesIO(b"".join(client.get("/people/imports/template.xlsx").streaming_content))
    file.name = "people.xlsx"
    preview = client.post(UPLOAD, {"file": file}, follow=True)
    assert [line.row.outcome for line in preview.context["lines"]] == ["added", "added"]
    client.post(f"{preview.request['PATH_INFO']}apply/")
    student, teacher = User.objects.get(user_id="s20260001"), User.objects.get(user_id="t1024")
    assert (student.role, student.gender, student.phone_no) == ("student", "female", "13800000000")
    assert student.student_groups.count() == 2
    assert teacher.role == "teacher"


def test_the_template_is_for_those_who_may_import(bob, sue):
    for reader in (bob, sue):
        assert client_for(reader).get("/people/imports/template.xlsx").status_code == 403


@pytest.mark.parametrize("head", [["学号", "姓名", "鞋码", "角色"], ["学号", "姓名"], ["姓名", "角色"]])
def test_columns_that_are_not_certain_are_asked(alice, head):
    assert upload(client_for(alice), [head, ["x"] * len(head)]).headers["Location"].endswith("/")
    page = client_for(alice).get(f"/people/imports/{PeopleImport.objects.get().pk}/")
    assert page.headers["Location"].endswith("/columns/")


def test_refused_rows_come_first_with_column_value_and_reason(compared, alice):
    source = compared(LI, ["dina", "Dina", "国王", "", "", ""], ["mary", "Mary", "学生", "", "", ""])
    page = client_for(alice).get(reverse("accounts:import", args=[source.pk]))
    assert [line.row.number for line in page.context["lines"]] == [3, 2, 4]
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page_text(page).partition("<tbody>")[2].partition("</tr>")[0])
    assert cells[2:4] == ["Role", "国王"]
    assert "role" in cells[4].lower()


def test_numbers_narrow_the_rows_and_rows_are_paged(compared, alice):
    rows = [[f"s{number}", f"S {number}", "", "", "", ""] for number in range(60)]
    source = compared(*rows, ["", "", "", "", "", ""], ["s 1", "x", "", "", "", ""])
    client, address = client_for(alice), reverse("accounts:import", args=[source.pk])
    page = client.get(address)
    assert page.context["page_obj"].paginator.num_pages == 2
    assert len(client.get(f"{address}?show=refused").context["lines"]) == 1
    assert "letters, digits" in page_text(client.get(f"{address}?show=refused"))


def test_the_same_column_twice_or_no_user_id_is_told_at_the_form(compared, alice):
    source = compared(LI)
    client, address = client_for(alice), reverse("accounts:import_columns", args=[source.pk])
    twice = client.post(address, {"column_0": "user_id", "column_1": "user_id", "role": "student"})
    assert "Another column is already mapped to this field." in page_text(twice)
    none = client.post(address, {"column_0": "nickname", "role": "student"})
    assert "Choose the column with the user IDs. People are matched by user ID." in page_text(none)


def test_a_changed_school_shows_a_new_preview(compared, alice, dina):
    source = compared(["dina", "Dina D", "", "", "", ""])
    User.objects.filter(pk=dina.pk).update(nickname="Dina D")
    page = client_for(alice).post(reverse("accounts:import_apply", args=[source.pk]), follow=True)
    assert "nothing was imported" in page_text(page)
    assert "nothing to import" in page_text(page)


def test_a_file_too_large_is_refused_before_it_is_read(alice, settings):
    settings.IMPORT_MAX_BYTES = 1_000
    client = client_for(alice)
    refused = client.post(
        UPLOAD, b"never read", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="9000000"
    )
    assert refused.status_code == 302
    assert "larger than" in page_text(client.get(UPLOAD))
    assert not PeopleImport.objects.exists()


def test_an_upload_from_elsewhere_is_turned_away(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert upload(client, [["id"], ["x"]]).status_code == 403
    assert not PeopleImport.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"), [([[]], "empty"), ([["账号", "姓名"]], "contains no people"), ([["a"], ["b"]], "")]
)
def test_what_cannot_be_read_is_told_at_the_form(alice, content, said):
    response = upload(client_for(alice), content, "utf-8")
    assert said in page_text(response) if said else response.status_code == 302


def test_progress_is_told_by_state_with_the_people_behind_it(compared, alice):
    source = services.apply_import(PEOPLE_IMPORT, source=compared(LI), by=alice)
    runner.run_due_jobs()
    page = page_text(client_for(alice).get(reverse("accounts:import", args=[source.pk])))
    assert "0 of 1 done" in page
    assert "waiting: 1" in page
    assert "?show=push_waiting" in page
    behind = client_for(alice).get(reverse("accounts:import", args=[source.pk]) + "?show=push_waiting")
    assert [line.row.user_id for line in behind.context["lines"]] == ["li"]


def test_an_import_brings_all_its_numbers_along_until_its_job_is_over(compared, alice):
    source = services.apply_import(PEOPLE_IMPORT, source=compared(LI), by=alice)
    runner.run_due_jobs()
    client, address = client_for(alice), reverse("accounts:import", args=[source.pk])
    page = page_text(client.get(address))
    live = ("import-state", "import-actions", "import-progress", "count", "results")
    assert all(re.search(rf'id="{place}"[^>]* data-live="2"', page) for place in live)
    for state in ("sending", "done"):
        Operation.objects.update(state=state)
    Job.objects.update(due_at=timezone.now())
    runner.run_due_jobs()
    over = page_text(client.get(address))
    assert "1 of 1 done" in over
    assert re.search(r"in sync\s*<strong>1</strong>", over.split('id="import-progress"')[1].split("</ul>")[0])
    assert "data-live" not in over


def test_an_import_that_is_compared_brings_its_buttons_along(compared, alice):
    source = compared(LI)
    PeopleImport.objects.filter(pk=source.pk).update(state="checking")
    job = Job.objects.create(enterprise=alice.enterprise, kind="tests.nothing", created_by=alice)
    PeopleImport.objects.filter(pk=source.pk).update(job=job)
    client, address = client_for(alice), reverse("accounts:import", args=[source.pk])
    page = page_text(client.get(address))
    assert "data-live" in page
    for place in ("import-state", "count", "results", "import-actions"):
        assert page.count(f'id="{place}"') == 1


@pytest.mark.parametrize("page", ["import", "import_columns", "import_apply", "import_undo"])
def test_another_school_finds_nothing_and_a_teacher_is_refused(compared, alice, bob, charlie, page):
    source = compared(LI)
    address = reverse(f"accounts:{page}", args=[source.pk])
    for method in ("get", "post"):
        assert getattr(client_for(charlie), method)(address).status_code in (404, 405)
        assert getattr(client_for(bob), method)(address).status_code in (403, 405)
    refused = reverse("accounts:import_refused", args=[source.pk, "csv"])
    assert client_for(charlie).get(refused).status_code == 404
    assert client_for(bob).get(refused).status_code == 403
    assert PeopleImport.objects.get().state == "checked"
