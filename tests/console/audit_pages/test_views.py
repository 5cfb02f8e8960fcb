"""The trail to be read: searched, one entry, files, who has seen personal data, the evidence of a year."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

from accounts.models import Enterprise, Role, User
from accounts.people.services import edit_person, record_reveal
from console.audit import chain as chains
from console.audit.filters import MAX_PEOPLE
from console.audit.models import AuditEntry
from console.audit.personal_data import erase_person_keys
from console.audit.trail import record, record_data_access
from console.lists.models import SavedView
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

TRAIL, LOOKS = "/audit/", "/audit/personal-data/"
PHONE = "13812345678"


@pytest.fixture
def sue(school: Enterprise) -> User:
    return create_person(school, "sue", Role.SUPERADMIN)


def listed(client: Any, **asked: Any) -> list[int]:
    return [line.entry.pk for line in client.get(TRAIL, asked).context["lines"]]


def body(response: Any) -> str:
    return file_of(response).decode("utf-8-sig")


def file_of(response: Any) -> bytes:
    return b"".join(response.streaming_content if response.streaming else [response.content])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_trail_says_who_did_what_to_whom(alice: User, bob: User, language: str) -> None:
    record("person.deactivate", bob, by=alice, reason="left the school")
    page = client_for(alice, language).get(TRAIL)
    assert page_says(page, "Person deactivated", language)
    for words in ("Bob", alice.login, "left the school"):
        assert words in page_text(page)


def test_it_is_searched_by_person_act_thing_day_and_request(alice: User, bob: User) -> None:
    client = client_for(alice)
    about_bob = record("person.change", bob, by=alice).pk
    by_bob = record("lesson.start", by=bob).pk
    assert listed(client, q="Bob") == [by_bob, about_bob]
    assert listed(client, q=bob.login) == [by_bob, about_bob]
    assert listed(client, person=bob.pk) == [by_bob, about_bob]
    assert listed(client, action="lesson.start") == [by_bob]
    assert listed(client, kind="accounts.user", thing=bob.pk) == [about_bob]
    today = timezone.localdate(timezone=alice.enterprise.tz)
    assert by_bob in listed(client, since=today, until=today)
    assert listed(client, until=today - timedelta(days=1)) == []
    assert listed(client, since=today + timedelta(days=1)) == []
    asked = AuditEntry.objects.create(
        action="person.pull", request_id="edge-0123456789", enterprise=alice.enterprise
    )
    assert listed(client, q="edge-0123456789") == [asked.pk]


def test_a_name_of_too_many_people_is_refused_and_no_file_leaves_entries_out(
    sue: User, school: Enterprise
) -> None:
    people = User.objects.bulk_create(
        User(enterprise=school, user_id=f"hare{n}", login=f"hare{n}", nickname=f"Hare {n}")
        for n in range(MAX_PEOPLE + 1)
    )
    about = record("person.change", people[7], by=sue).pk
    client, sentence = client_for(sue), f"More than {MAX_PEOPLE} people match this name."
    page = client.get(TRAIL, {"q": "Hare"})
    assert page_says(page, sentence)
    assert list(page.context["lines"]) == []
    assert page_says(client.get(f"{TRAIL}entries.csv", {"q": "Hare"}, follow=True), sentence)
    assert listed(client, q="Hare 7") == [about]


def test_another_school_sees_nothing_of_it(alice: User, bob: User, charlie: User) -> None:
    mine = record("person.change", bob, by=alice)
    client = client_for(charlie)
    assert mine.pk not in listed(client)
    assert client.get(f"{TRAIL}{mine.pk}/").status_code == 404
    assert listed(client, person=bob.pk) == []


def test_a_teacher_may_not_look(bob: User) -> None:
    for address in (TRAIL, LOOKS, "/audit/entries.csv", "/audit/evidence/"):
        assert client_for(bob).get(address).status_code == 403


def test_only_a_superadmin_takes_files(alice: User) -> None:
    for address in ("/audit/entries.csv", "/audit/personal-data.xlsx", "/audit/evidence/"):
        assert client_for(alice).get(address).status_code == 403


def test_an_entry_shows_before_and_after_with_contacts_masked(alice: User, bob: User) -> None:
    edit_person(person=bob, by=alice, nickname="Rob", phone_no=PHONE)
    entry = AuditEntry.objects.get(action="person.change")
    page = page_text(client_for(alice).get(f"{TRAIL}{entry.pk}/"))
    assert "Bob" in page
    assert "Rob" in page
    assert "138****5678" in page
    assert PHONE not in page


def test_what_was_erased_reads_so(alice: User, bob: User) -> None:
    entry = record("person.change", bob, by=alice, before={"nickname": "Bob"}, after={"nickname": "Robert"})
    erase_person_keys(bob.pk)
    page = client_for(alice).get(f"{TRAIL}{entry.pk}/")
    assert page_says(page, "erased")
    assert "Robert" not in page_text(page)


def test_an_entry_names_its_place_in_the_chain(alice: User, bob: User) -> None:
    entry = record("person.change", bob, by=alice)
    assert page_says(client_for(alice).get(f"{TRAIL}{entry.pk}/"), "added to the chain within a minute")
    chains.link_waiting_entries()
    assert chains.head(alice.enterprise_id)[1] in page_text(client_for(alice).get(f"{TRAIL}{entry.pk}/"))


def test_who_has_seen_somebody_is_found_by_that_person(alice: User, bob: User, sue: User) -> None:
    record_reveal(person=bob, by=alice, names=["phone_no"], reason="called the parents")
    record_data_access(
        "person.export", [alice, bob], ["phone_no", "e_mail"], by=sue, enterprise=alice.enterprise
    )
    record_data_access("person.export", [alice], ["phone_no"], by=sue, enterprise=alice.enterprise)
    record("person.change", bob, by=alice)
    client = client_for(alice)
    assert [line.entry.action for line, _ in client.get(LOOKS).context["lines"]] == [
        "person.export",
        "person.export",
        "person.reveal",
    ]
    of_bob = client.get(LOOKS, {"person": bob.pk})
    assert [line.entry.actor_label for line, _ in of_bob.context["lines"]] == [sue.login, alice.login]
    assert "called the parents" in page_text(of_bob)


@pytest.mark.parametrize("address", ["/audit/entries", "/audit/personal-data"])
def test_a_file_is_on_the_trail_and_masks_contacts(sue: User, bob: User, address: str) -> None:
    bob.phone_no = PHONE
    bob.save(update_fields=["phone_no"])
    record_reveal(person=bob, by=sue, names=["phone_no"], reason="=HYPERLINK(1)")
    record("person.change", bob, by=sue, after={"phone_no": PHONE})
    rows = list(csv.reader(io.StringIO(body(client_for(sue).get(f"{address}.csv")))))
    assert any("Bob" in row for row in rows)
    assert "'=HYPERLINK(1)" in [cell for row in rows for cell in row]
    assert PHONE not in str(rows)
    assert file_of(client_for(sue).get(f"{address}.xlsx")).startswith(b"PK")
    entry = AuditEntry.objects.filter(action="audit.export").earliest("id")
    assert entry.after["file"] == "csv"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_names_its_columns_and_what_changed_in_words(sue: User, bob: User, language: str) -> None:
    record("person.change", bob, by=sue, before={"role": "assistant"}, after={"role": "teacher"})
    answer = client_for(sue, language).get("/audit/entries.csv", {"action": "person.change"})
    heads, row = list(csv.reader(io.StringIO(body(answer).removeprefix("\ufeff"))))[:2]
    fields = {field.name for field in AuditEntry._meta.get_fields()}
    words = {"action", "actor", "after", "before", "reason"}
    assert not fields & {head.split(" (")[0] for head in heads} - words
    with translation.override(language):
        assert f"{User._meta.get_field('role').verbose_name}: {Role.TEACHER.label}" in row


def test_a_file_holds_what_was_searched(sue: User, bob: User) -> None:
    record("person.change", bob, by=sue)
    record("lesson.start", by=bob)
    rows = list(
        csv.DictReader(
            io.StringIO(body(client_for(sue).get("/audit/entries.csv", {"action": "lesson.start"})))
        )
    )
    assert [list(row.values())[4] for row in rows] == ["lesson.start"]


def test_the_evidence_of_a_year_holds_what_it_lists(
    sue: User, bob: User, settings: Any, tmp_path: Path
) -> None:
    settings.AUDIT_CHECKPOINT_DIR = tmp_path
    record("person.change", bob, by=sue, after={"nickname": "Rob"})
    AuditEntry.objects.create(
        action="lesson.old", enterprise=sue.enterprise, at=datetime(2001, 5, 1, tzinfo=UTC)
    )
    chains.link_waiting_entries()
    year = timezone.localdate(timezone=sue.enterprise.tz).year
    answer = client_for(sue).get("/audit/evidence/", {"year": year})
    with zipfile.ZipFile(io.BytesIO(file_of(answer))) as pack:
        files = {name: pack.read(name).decode() for name in pack.namelist()}
    named = [
        line.split()[0] for line in files["README.txt"].splitlines() if re.match(r"\w+[.\w]* {2,}", line)
    ]
    assert set(named) == set(files) - {"README.txt"}
    assert "Rob" in files["audit.csv"]
    assert "lesson.old" not in files["audit.csv"]
    verdict = json.loads(files["verification.json"])
    assert (verdict["holds"], verdict["links"]) == (True, chains.head(sue.enterprise_id)[0])
    assert "审计链" in files["README.txt"]
    assert bob.login in files["people.csv"]
    assert AuditEntry.objects.filter(action="audit.evidence", after={"year": year}).exists()


def test_pages_leave_no_entry_out_however_close_they_are(alice: User, bob: User) -> None:
    """Three pages of entries that lie within a millisecond."""
    moment = timezone.now().replace(microsecond=500_900)
    AuditEntry.objects.bulk_create(
        AuditEntry(
            action="lesson.start", enterprise=alice.enterprise, at=moment - timedelta(microseconds=one // 2)
        )
        for one in range(120)
    )
    client, seen, after = client_for(alice), [], ""
    while True:
        page = client.get(TRAIL, {"action": "lesson.start", "after": after}).context
        seen += [line.entry.pk for line in page["lines"]]
        after = page["keyset"].next
        if not after:
            break
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("address", [TRAIL, LOOKS])
def test_the_oldest_entries_may_come_first_on_every_page(
    alice: User, bob: User, sue: User, address: str
) -> None:
    for _number in range(60):
        record_reveal(person=bob, by=sue, names=["phone_no"], reason="to call")
    client, seen, after = client_for(alice), list[int](), ""
    while True:
        context = client.get(address, {"sort": "at", **({"after": after} if after else {})}).context
        seen += [entry.pk for entry in context["keyset"].rows]
        after = context["keyset"].next
        if not after:
            break
    assert len(seen) >= 60
    assert seen == sorted(seen)


def test_columns_and_views_of_the_trail_are_kept(alice: User, bob: User, sue: User) -> None:
    record("person.change", bob, by=sue, reason="to the seaside")
    client = client_for(alice)
    client.post(TRAIL, {"choice": "columns", "columns": ["request", "address"]})
    answer = client.post(f"{TRAIL}?action=person.change&sort=at", {"choice": "save", "name": "Changes"})
    page = client.get(answer["Location"])
    assert set(page.context["shown"]) == {"action", "address", "request"}
    assert {line.entry.action for line in page.context["lines"]} == {"person.change"}
    assert "to the seaside" not in page_text(page)


def test_a_teacher_stores_nothing_of_a_list_that_they_may_not_see(bob: User) -> None:
    for address in (TRAIL, LOOKS):
        assert client_for(bob).post(address, {"choice": "save", "name": "X"}).status_code == 403
    assert not SavedView.objects.exists()
