"""Files of the lists of the Django admin: what stands in them, who gets them, and what is recorded."""

import csv
import io
from typing import Any

import pytest
from django.contrib.admin import site
from django.test import Client

from accounts.models import Enterprise, Role, User
from console.audit.models import AuditEntry
from console.audit.trail import record
from console.sheets.table_reader import TableLimits, open_table
from tests.faults.sizes import FULL
from tests.support.admin_forms import admin_url, messages_on, signed_in_client
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/accounts/user/"


def export(user: User, url: str, *chosen: int, action: str = "export_csv") -> Any:
    return export_by(signed_in_client(user), url, *chosen, action=action)


def export_by(client: Client, url: str, *chosen: int, action: str) -> Any:
    return client.post(url, {"action": action, "_selected_action": list(chosen)})


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def lines(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(answer).decode("utf-8-sig"))))


def exports() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="table.export"))


def test_ticked_rows_are_exported_without_formulas_contacts_or_rows_of_another_school(
    alice: User, bob: User, charlie: User
) -> None:
    User.objects.filter(pk=bob.pk).update(nickname="=1+1", phone_no="13812345678")
    answer = export(alice, PEOPLE, bob.pk, charlie.pk)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Cache-Control"].startswith("no-store, private")
    _head, row = lines(answer)
    assert row[:2] == ["'=1+1", "bob"]
    assert "138****5678" in row
    [entry] = exports()
    assert (entry.actor, entry.after) == (alice, {"table": "accounts.User", "format": "csv", "rows": 1})


def test_without_ticked_rows_the_whole_list_is_exported_as_it_is_filtered(
    alice: User, bob: User, school: Enterprise, charlie: User
) -> None:
    for number in range(60):  # more than a page
        create_person(school, f"card{number}", Role.STUDENT)
    everybody = lines(export(alice, PEOPLE))
    assert len(everybody) == 1 + User.objects.filter(enterprise=school).count()
    assert "charlie" not in {row[1] for row in everybody}
    assert {row[1] for row in lines(export(alice, PEOPLE + "?role__exact=teacher"))[1:]} == {"bob"}
    assert {row[1] for row in lines(export(alice, PEOPLE + "?q=card17"))[1:]} == {"card17"}


def test_an_excel_file_has_the_same_rows(alice: User, bob: User) -> None:
    answer = export(alice, PEOPLE, bob.pk, action="export_xlsx")
    table = open_table(io.BytesIO(content(answer)), TableLimits())
    head, row = [line.cells for line in table.rows]
    assert row[:2] == ["Bob", "bob"]
    assert len(head) == 7


@pytest.mark.faults
def test_every_table_has_both_files_with_a_line_for_each_row(alice: User, school: Enterprise) -> None:
    """In the small size one of them by turns."""
    queen = create_person(school, "queen", Role.SUPERADMIN)
    record("person.pull", alice, by=queen)
    client = signed_in_client(queen)
    files = [(model, action) for model in site._registry for action in ("export_csv", "export_xlsx")]
    if not FULL:
        files = [one for number, one in enumerate(files) if number % 4 in (0, 3)]
    for model, action in files:
        answer = export_by(client, admin_url(model, "changelist"), action=action)
        assert "attachment" in answer.headers["Content-Disposition"], (model, action)
        assert content(answer), (model, action)
    assert len(exports()) == len(files)


def test_the_trail_is_exported_readable_and_by_a_superadmin_alone(
    alice: User, bob: User, school: Enterprise
) -> None:
    queen = create_person(school, "queen", Role.SUPERADMIN)
    entry = record("person.change", bob, by=alice, after={"phone_no": "13812345678"})
    url = admin_url(AuditEntry, "changelist")
    [_head, row] = lines(export(queen, url, entry.pk))
    assert "Bob" in row
    assert not any(cell.startswith("p1.") for cell in row)
    assert export(alice, url, entry.pk).status_code in (200, 302)
    assert len(exports()) == 1
    [_head, *rows] = lines(export(queen, url))
    assert max(one.after["rows"] for one in exports()) == len(rows), "the file does not hold its own entry"


def test_too_many_rows_are_refused_with_a_way_out(alice: User, school: Enterprise, settings: Any) -> None:
    settings.EXPORT_INLINE_ROWS = 2
    for number in range(3):
        create_person(school, f"card{number}", Role.STUDENT)
    answer = signed_in_client(alice).post(PEOPLE, {"action": "export_csv"}, follow=True)
    assert "2" in messages_on(answer)
    assert exports() == []


def test_nobody_exports_a_table_that_they_may_only_read_or_do_not_open(
    olga: User, alice: User, bob: User, school: Enterprise
) -> None:
    assert export(bob, PEOPLE, alice.pk).status_code in (302, 403)
    assert export(olga, PEOPLE, alice.pk).status_code == 403
    answer = export(olga, admin_url(Enterprise, "changelist"), school.pk)
    assert not answer.streaming
    assert exports() == []
