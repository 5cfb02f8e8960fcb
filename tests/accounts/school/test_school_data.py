"""What a school says of itself and keeps: logo, AI features, keys in rotation, days of keeping, readiness."""

import random
import struct
import zlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from accounts.models import Enterprise, SchoolLogo, User
from accounts.school import previous_keys, retention
from accounts.school.readiness import blocking_items, readiness_items
from accounts.school.services import edit_school
from accounts.sign_in.services import change_password
from classes.attendance.register import recompute_register
from classes.models import Attendance, Observation
from console.audit.models import AuditEntry
from console.inbox.models import Callback
from console.inbox.replay import replay_callback
from console.notifications.models import Notification
from console.outbox.models import Operation
from tests.classes.factories import create_planned_lesson
from tests.support.cast import TIC_KEY
from tests.support.image_files import PNG, chunk, png
from tests.support.page_client import client_for, page_text

PAGE = "/school/"
NEW_KEY = "EzXpbluRsmo1JkoFxzKMNg5ifrA4GRl9"
LONG_AGO = timedelta(days=400)


def fresh(school: Enterprise) -> Enterprise:
    return Enterprise.objects.get(pk=school.pk)


def upload(person: User, content: bytes, name: str = "logo.png") -> Any:
    return client_for(person).post(PAGE + "logo/", {"picture": SimpleUploadedFile(name, content)})


def message(school: Enterprise, **more: Any) -> Callback:
    at = timezone.now() - LONG_AGO
    fields = {
        "fingerprint": f"f{Callback.objects.count()}",
        "event": "room_end",
        "state": "done",
        "body": {"who": "dina"},
        "received_at": at,
        "last_delivery_at": at,
    }
    return Callback.objects.create(enterprise=school, **(fields | more))


def test_a_logo_stands_on_the_pages_of_its_school_alone(
    quinn: User, alice: User, charlie: User, school: Enterprise
) -> None:
    assert upload(quinn, png(120, 60)).status_code == 302
    path = fresh(school).logo_url
    for page in (client_for(quinn).get(PAGE), client_for(alice).get("/")):
        assert path in page_text(page)
    assert "/logos/" not in page_text(client_for(charlie).get(PAGE))
    entry = AuditEntry.objects.get(action="school.logo")
    assert entry.after == {"kind": "png", "size": "120×60"}


def tightly_packed(side: int) -> bytes:
    """A png with a palette: each row is the one above plus one, which Pillow makes no use of."""
    base = random.Random(7).randbytes(side)
    rows = bytes([0]) + base + (bytes([2]) + bytes([1]) * side) * (side - 1)
    palette = bytes(number for colour in range(256) for number in (colour, colour, colour))
    head = struct.pack(">IIBBBBB", side, side, 8, 3, 0, 0, 0)
    parts = (b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return PNG + b"".join(chunk(*part) for part in parts)


def test_a_logo_that_would_be_stored_too_large_is_refused(quinn: User, school: Enterprise) -> None:
    content = tightly_packed(1024)
    assert len(content) < 20_000
    shown = client_for(quinn, "en").post(PAGE + "logo/", {"picture": SimpleUploadedFile("a.png", content)})
    assert "Choose one well below 200 KB." in shown.content.decode()
    assert not SchoolLogo.objects.exists()


def test_a_logo_is_served_as_a_picture_that_can_do_nothing(quinn: User, school: Enterprise) -> None:
    upload(quinn, png(64, 64, more=chunk(b"tEXt", b"<script>alert(1)</script>")))
    answer = client_for().get(fresh(school).logo_url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"script" not in answer.content
    assert client_for().get("/logos/guessed.png").status_code == 404


@pytest.mark.parametrize(
    "content",
    [b"<svg onload='alert(1)'/>", png(16, 64), png(64, 1025), png(64, 64)[:-9], png(64, 64) + bytes(200_001)],
)
def test_what_is_no_fitting_picture_is_refused_at_its_field(
    quinn: User, school: Enterprise, content: bytes
) -> None:
    answer = upload(quinn, content)
    assert list(answer.context["form"].errors) == ["picture"]
    assert not SchoolLogo.objects.exists()


def test_a_new_logo_takes_the_place_of_the_old_one_and_it_can_go(quinn: User, school: Enterprise) -> None:
    upload(quinn, png(64, 64))
    first = fresh(school).logo_url
    upload(quinn, png(65, 65))
    assert fresh(school).logo_url != first
    assert client_for().get(first).status_code == 404
    client_for(quinn).post(PAGE + "logo/", {"remove": "on"})
    assert (fresh(school).logo, SchoolLogo.objects.count()) == ("", 0)


def test_an_administrator_sets_no_logo_and_no_days(alice: User, school: Enterprise) -> None:
    assert upload(alice, png(64, 64)).status_code == 403
    for section in ("ai", "retention"):
        assert client_for(alice).get(f"{PAGE}{section}/").status_code == 403
    assert client_for(alice).post(PAGE + "old-key/").status_code == 403


def test_the_door_shows_the_school_of_who_signed_in_here_last(quinn: User, school: Enterprise) -> None:
    change_password(person=quinn, password="Off-with-2-heads", by=None)
    browser = client_for()
    assert "Wonderland" not in page_text(browser.get("/sign-in/"))
    browser.post("/sign-in/", {"username": quinn.login, "password": "Off-with-2-heads"})
    browser.post("/sign-out/")
    assert "Wonderland" in page_text(browser.get("/sign-in/"))
    browser.cookies["school"] = str(school.pk)
    assert "Wonderland" not in page_text(browser.get("/sign-in/"))


def test_ai_features_are_sent_and_their_secret_is_only_told_to_be_changed(
    quinn: User, school: Enterprise
) -> None:
    typed = {"appid": "1250000001", "project_id": "", "secret_id": "AKIDx", "secret_key": "very-secret-ab"}
    assert client_for(quinn).post(PAGE + "ai/", typed).status_code == 302
    kept = fresh(school)
    assert (kept.appid, kept.project_id, kept.secret_key.reveal()) == (1250000001, 0, "very-secret-ab")
    assert Operation.objects.get().args["secrets"] == ["secret_key"]
    assert AuditEntry.objects.get(action="school.change").after["secret_key"] == "changed"
    page = page_text(client_for(quinn).get(PAGE))
    assert "ends in …ab" in page
    assert "very-secret" not in page


def test_dropping_the_previous_key_is_an_act_and_its_messages_are_refused_then(
    quinn: User, school: Enterprise
) -> None:
    edit_school(school=school, by=quinn, tic_key=NEW_KEY)
    assert "Disable now" in page_text(client_for(quinn).get(PAGE))
    assert fresh(school).keys() == [NEW_KEY, TIC_KEY]
    client_for(quinn).post(PAGE + "old-key/")
    assert fresh(school).keys() == [NEW_KEY]
    assert AuditEntry.objects.filter(action="school.drop_key").count() == 1
    assert "Disable now" not in page_text(client_for(quinn).get(PAGE))


def test_a_previous_key_ends_by_itself_after_its_days(quinn: User, school: Enterprise, settings: Any) -> None:
    edit_school(school=school, by=quinn, tic_key=NEW_KEY)
    assert previous_keys.drop_expired_keys() == 0
    settings.PREVIOUS_KEY_DAYS = 0
    assert previous_keys.drop_expired_keys() == 1
    assert fresh(school).keys() == [NEW_KEY]
    assert Notification.objects.get().person == quinn
    assert previous_keys.drop_expired_keys() == 0


def test_a_key_and_a_logo_ask_who_it_is_where_that_was_long_ago(quinn: User, settings: Any) -> None:
    client = client_for(quinn)
    settings.REAUTHENTICATION_S = -1
    for asked in ("keys/", "ai/"):
        assert "Confirm that it is you" in page_text(client.get(PAGE + asked))
    assert "Confirm that it is you" in page_text(client.post(PAGE + "old-key/"))
    assert "Confirm that it is you" not in page_text(client.get(PAGE + "logo/"))


def test_old_messages_lose_what_they_said_and_stay(school: Enterprise, other_school: Enterprise) -> None:
    old, waiting = message(school), message(school, state="parked")
    young = message(school, last_delivery_at=timezone.now())
    theirs = message(other_school)
    assert retention.clear_all_schools() == 0
    Enterprise.objects.filter(pk=school.pk).update(keep_messages_days=60)
    assert retention.clear_all_schools() == 1
    bodies = dict(Callback.objects.values_list("pk", "body"))
    kept = {"who": "dina"}
    assert bodies == {old.pk: None, waiting.pk: kept, young.pk: kept, theirs.pk: kept}
    assert AuditEntry.objects.get(action="school.clear").after == {"keep_messages_days": 1}
    assert retention.clear_all_schools() == 0


def test_a_message_whose_words_are_gone_stays_as_it_was_handled(quinn: User, school: Enterprise) -> None:
    cleared = message(school, state="done", reason="unknown_event", body=None)
    replay_callback(callback=cleared, by=quinn)
    cleared.refresh_from_db()
    assert (cleared.state, cleared.reason) == ("done", "unknown_event")


def test_old_evidence_loses_its_words_and_marks_stay_as_they_were(bob: User, dina: User) -> None:
    lesson = create_planned_lesson(bob, -LONG_AGO, final_at=timezone.now() - LONG_AGO)
    lesson.members.create(user=dina)
    Observation.objects.create(
        lesson=lesson, source="history", user_id="dina", entered_at=lesson.starts_at,
        left_at=lesson.ends_at, raw={"nickname": "Dina", "status": 1},
    )  # fmt: skip
    recompute_register(lesson)
    marks = list(Attendance.objects.values("user_id", "mark", "present_seconds").order_by("user_id"))
    Enterprise.objects.update(keep_evidence_days=90)
    assert retention.clear_all_schools() == 1
    assert Observation.objects.get().raw == {}
    recompute_register(lesson)
    assert list(Attendance.objects.values("user_id", "mark", "present_seconds").order_by("user_id")) == marks
    assert marks


def test_what_would_go_is_counted_and_has_to_be_confirmed(quinn: User, school: Enterprise) -> None:
    message(school)
    client = client_for(quinn)
    asked = client.post(PAGE + "retention/", {"keep_messages_days": "60"})
    assert "iclass messages (1)" in page_text(asked)
    assert fresh(school).keep_messages_days is None
    client.post(PAGE + "retention/", {"keep_messages_days": "60", "confirm": "on"})
    assert fresh(school).keep_messages_days == 60
    assert client.post(PAGE + "retention/", {"keep_messages_days": ""}).status_code == 302
    assert fresh(school).keep_messages_days is None


def test_fewer_days_than_the_least_are_refused(quinn: User, school: Enterprise) -> None:
    answer = client_for(quinn).post(
        PAGE + "retention/", {"keep_messages_days": "1", "keep_evidence_days": "30"}
    )
    assert set(answer.context["form"].errors) == {"keep_messages_days", "keep_evidence_days"}


def test_notices_go_after_their_days(quinn: User, school: Enterprise) -> None:
    Notification.objects.create(
        enterprise=school, person=quinn, kind="x", key="old", created_at=timezone.now() - LONG_AGO
    )
    Notification.objects.create(enterprise=school, person=quinn, kind="x", key="new")
    Enterprise.objects.filter(pk=school.pk).update(keep_notices_days=30)
    assert retention.clear_all_schools() == 1
    assert Notification.objects.get().key == "new"


def test_what_keeps_lessons_from_being_made_is_said_where_one_schedules(
    quinn: User, bob: User, school: Enterprise, settings: Any
) -> None:
    settings.ICLASS_ADMIN_ID = ""
    with translation.override("en"):
        words = [str(point.message) for point in blocking_items(school)]
    assert len(words) == 2
    for page in (
        client_for(quinn).get(PAGE),
        client_for(quinn).get("/lessons/new/"),
        client_for(quinn).get("/"),
    ):
        assert all(said in page_text(page) for said in words)
    settings.ICLASS_ADMIN_ID = "administrator"
    school.private_key = "k"
    school.save(update_fields=["private_key"])
    assert blocking_items(school) == []
    assert len(readiness_items(school)) == 5
