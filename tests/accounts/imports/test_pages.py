"""Upload, columns, preview, result and history as people use them; and who may not."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.imports import applying
from accounts.models import PeopleImport, User
from console.jobs import machine
from tests.accounts.imports.conftest import csv_file
from tests.support.pages import LANGUAGES, reader, says, text

pytestmark = pytest.mark.django_db

LI = ["li", "李雷", "学生", "13800000000", "li@example.com", "一班"]
UPLOAD = "/people/imports/new/"


def upload(client, rows, encoding="gb18030"):
    return client.post(UPLOAD, {"file": csv_file(rows, encoding=encoding)})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_goes_from_its_upload_to_the_service(alice, dina, language):
    client = reader(alice, language)
    rows = [["学号", "名称", "鞋码"], ["li", "李雷", "42"], ["dina", "Dina D", "36"], ["x x", "X", ""]]
    columns = upload(client, rows).headers["Location"]
    page = text(client.get(columns))
    assert "42 · 36" in page
    chosen = {"column_0": "user_id", "column_1": "nickname", "column_2": "", "role": "student"}
    preview = client.post(columns, chosen, follow=True)
    assert [line.row.outcome for line in preview.context["lines"]] == ["added", "changed", "refused"]
    assert "<del>Dina</del>" in preview.content.decode()
    assert not User.objects.filter(user_id="li").exists()
    address = preview.request["PATH_INFO"]
    result = client.post(f"{address}apply/", follow=True)
    assert says(result, "applied", language)
    assert User.objects.get(user_id="li").nickname == "李雷"
    history = text(client.get("/people/imports/"))
    assert "people.csv" in history
    assert PeopleImport.objects.get().digest[:12] in history
    undone = client.post(f"{address}undo/", follow=True)
    assert says(undone, "removed again", language)
    assert User.objects.get(pk=dina.pk).nickname == "Dina"


def test_numbers_narrow_the_rows_and_rows_are_paged(compared, alice):
    rows = [[f"s{number}", f"S {number}", "", "", "", ""] for number in range(60)]
    source = compared(*rows, ["", "", "", "", "", ""], ["s 1", "x", "", "", "", ""])
    client, address = reader(alice), reverse("accounts:import", args=[source.pk])
    page = client.get(address)
    assert page.context["page_obj"].paginator.num_pages == 2
    assert len(client.get(f"{address}?show=refused").context["lines"]) == 1
    assert "letters, digits" in text(client.get(f"{address}?show=refused"))


def test_the_same_column_twice_or_no_user_id_is_told_at_the_form(compared, alice):
    source = compared(LI)
    client, address = reader(alice), reverse("accounts:import_columns", args=[source.pk])
    twice = client.post(address, {"column_0": "user_id", "column_1": "user_id", "role": "student"})
    assert "fills this already" in text(twice)
    none = client.post(address, {"column_0": "nickname", "role": "student"})
    assert "holds the user ids" in text(none)


def test_a_changed_school_shows_a_new_preview(compared, alice, dina):
    source = compared(["dina", "Dina D", "", "", "", ""])
    User.objects.filter(pk=dina.pk).update(nickname="Dina D")
    page = reader(alice).post(reverse("accounts:import_apply", args=[source.pk]), follow=True)
    assert "nothing was applied" in text(page)
    assert "nothing to apply" in text(page)


def test_a_file_too_large_is_refused_before_it_is_read(alice, settings):
    settings.IMPORT_MAX_BYTES = 1_000
    client = reader(alice)
    refused = client.post(
        UPLOAD, b"never read", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="9000000"
    )
    assert refused.status_code == 302
    assert "larger than" in text(client.get(UPLOAD))
    assert not PeopleImport.objects.exists()


def test_an_upload_from_elsewhere_is_turned_away(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert upload(client, [["id"], ["x"]]).status_code == 403
    assert not PeopleImport.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"), [([[]], "empty"), ([["账号", "姓名"]], "holds no people"), ([["a"], ["b"]], "")]
)
def test_what_cannot_be_read_is_told_at_the_form(alice, content, said):
    response = upload(reader(alice), content, "utf-8")
    assert said in text(response) if said else response.status_code == 302


def test_progress_is_told_by_state_with_the_people_behind_it(compared, alice):
    source = applying.apply(source=compared(LI), by=alice)
    machine.drain()
    page = text(reader(alice).get(reverse("accounts:import", args=[source.pk])))
    assert "0 of 1 done" in page
    assert "waiting: 1" in page
    assert "?show=push_waiting" in page
    behind = reader(alice).get(reverse("accounts:import", args=[source.pk]) + "?show=push_waiting")
    assert [line.row.user_id for line in behind.context["lines"]] == ["li"]


@pytest.mark.parametrize("page", ["import", "import_columns", "import_apply", "import_undo"])
def test_another_school_finds_nothing_and_a_teacher_is_refused(compared, alice, bob, charlie, page):
    source = compared(LI)
    address = reverse(f"accounts:{page}", args=[source.pk])
    for method in ("get", "post"):
        assert getattr(reader(charlie), method)(address).status_code in (404, 405)
        assert getattr(reader(bob), method)(address).status_code in (403, 405)
    refused = reverse("accounts:import_refused", args=[source.pk, "csv"])
    assert reader(charlie).get(refused).status_code == 404
    assert reader(bob).get(refused).status_code == 403
    assert PeopleImport.objects.get().state == "checked"
