"""What a school says of itself and keeps: logo, AI features, keys in rotation, days of keeping, readiness."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from accounts import old_keys, retention, services
from accounts.models import Enterprise, Logo, User
from accounts.readiness import hindrances, points_of
from classes.attendance.register import recompute
from classes.models import Attendance, Observation
from console.audit.models import AuditEntry
from console.inbox.models import Callback
from console.inbox.replay import replay
from console.notices.models import Notice
from console.outbox.models import Operation
from tests.accounts.drawn import chunk, png
from tests.classes.rows import planned
from tests.support.cast import TIC_KEY
from tests.support.pages import reader, text

PAGE = "/school/"
NEW_KEY = "EzXpbluRsmo1JkoFxzKMNg5ifrA4GRl9"
LONG_AGO = timedelta(days=400)


def fresh(school: Enterprise) -> Enterprise:
    return Enterprise.objects.get(pk=school.pk)


def upload(person: User, content: bytes, name: str = "logo.png") -> Any:
    return reader(person).post(PAGE + "logo/", {"picture": SimpleUploadedFile(name, content)})


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
    path = fresh(school).logo_path
    for page in (reader(quinn).get(PAGE), reader(alice).get("/")):
        assert path in text(page)
    assert "/logos/" not in text(reader(charlie).get(PAGE))
    entry = AuditEntry.objects.get(action="school.logo")
    assert entry.after == {"kind": "png", "size": "120×60"}


def test_a_logo_is_served_as_a_picture_that_can_do_nothing(quinn: User, school: Enterprise) -> None:
    upload(quinn, png(64, 64, more=chunk(b"tEXt", b"<script>alert(1)</script>")))
    answer = reader().get(fresh(school).logo_path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"script" not in answer.content
    assert reader().get("/logos/guessed.png").status_code == 404


@pytest.mark.parametrize(
    "content",
    [b"<svg onload='alert(1)'/>", png(16, 64), png(64, 1025), png(64, 64)[:-9], png(64, 64) + bytes(200_001)],
)
def test_what_is_no_fitting_picture_is_refused_at_its_field(
    quinn: User, school: Enterprise, content: bytes
) -> None:
    answer = upload(quinn, content)
    assert list(answer.context["form"].errors) == ["picture"]
    assert not Logo.objects.exists()


def test_a_new_logo_takes_the_place_of_the_old_one_and_it_can_go(quinn: User, school: Enterprise) -> None:
    upload(quinn, png(64, 64))
    first = fresh(school).logo_path
    upload(quinn, png(65, 65))
    assert fresh(school).logo_path != first
    assert reader().get(first).status_code == 404
    reader(quinn).post(PAGE + "logo/", {"remove": "on"})
    assert (fresh(school).logo, Logo.objects.count()) == ("", 0)


def test_an_administrator_sets_no_logo_and_no_days(alice: User, school: Enterprise) -> None:
    assert upload(alice, png(64, 64)).status_code == 403
    for section in ("ai", "retention"):
        assert reader(alice).get(f"{PAGE}{section}/").status_code == 403
    assert reader(alice).post(PAGE + "old-key/").status_code == 403


def test_the_door_shows_the_school_of_who_signed_in_here_last(quinn: User, school: Enterprise) -> None:
    services.change_password(person=quinn, password="Off-with-2-heads", by=None)
    browser = reader()
    assert "Wonderland" not in text(browser.get("/sign-in/"))
    browser.post("/sign-in/", {"username": quinn.login, "password": "Off-with-2-heads"})
    browser.post("/sign-out/")
    assert "Wonderland" in text(browser.get("/sign-in/"))
    browser.cookies["door"] = str(school.pk)
    assert "Wonderland" not in text(browser.get("/sign-in/"))


def test_ai_features_are_sent_and_their_secret_is_only_told_to_be_changed(
    quinn: User, school: Enterprise
) -> None:
    typed = {"appid": "1250000001", "project_id": "", "secret_id": "AKIDx", "secret_key": "very-secret-ab"}
    assert reader(quinn).post(PAGE + "ai/", typed).status_code == 302
    kept = fresh(school)
    assert (kept.appid, kept.project_id, kept.secret_key.reveal()) == (1250000001, 0, "very-secret-ab")
    assert Operation.objects.get().args["secrets"] == ["secret_key"]
    assert AuditEntry.objects.get(action="school.change").after["secret_key"] == "changed"
    page = text(reader(quinn).get(PAGE))
    assert "ends …ab" in page
    assert "very-secret" not in page


def test_dropping_the_previous_key_is_an_act_and_its_messages_are_refused_then(
    quinn: User, school: Enterprise
) -> None:
    services.edit_school(school=school, by=quinn, tic_key=NEW_KEY)
    assert "Drop it now" in text(reader(quinn).get(PAGE))
    assert fresh(school).keys() == [NEW_KEY, TIC_KEY]
    reader(quinn).post(PAGE + "old-key/")
    assert fresh(school).keys() == [NEW_KEY]
    assert AuditEntry.objects.filter(action="school.drop_key").count() == 1
    assert "Drop it now" not in text(reader(quinn).get(PAGE))


def test_a_previous_key_ends_by_itself_after_its_days(quinn: User, school: Enterprise, settings: Any) -> None:
    services.edit_school(school=school, by=quinn, tic_key=NEW_KEY)
    assert old_keys.drop_old() == 0
    settings.OLD_KEY_DAYS = 0
    assert old_keys.drop_old() == 1
    assert fresh(school).keys() == [NEW_KEY]
    assert Notice.objects.get().person == quinn
    assert old_keys.drop_old() == 0


def test_a_key_and_a_logo_ask_who_it_is_where_that_was_long_ago(quinn: User, settings: Any) -> None:
    client = reader(quinn)
    settings.PROOF_S = -1
    for asked in ("keys/", "ai/"):
        assert "Is it you?" in text(client.get(PAGE + asked))
    assert "Is it you?" in text(client.post(PAGE + "old-key/"))
    assert "Is it you?" not in text(client.get(PAGE + "logo/"))


def test_old_messages_lose_what_they_said_and_stay(school: Enterprise, other_school: Enterprise) -> None:
    old, waiting = message(school), message(school, state="parked")
    young = message(school, last_delivery_at=timezone.now())
    theirs = message(other_school)
    assert retention.clear() == 0
    Enterprise.objects.filter(pk=school.pk).update(keep_messages_days=60)
    assert retention.clear() == 1
    bodies = dict(Callback.objects.values_list("pk", "body"))
    kept = {"who": "dina"}
    assert bodies == {old.pk: None, waiting.pk: kept, young.pk: kept, theirs.pk: kept}
    assert AuditEntry.objects.get(action="school.clear").after == {"keep_messages_days": 1}
    assert retention.clear() == 0


def test_a_message_whose_words_are_gone_stays_as_it_was_handled(quinn: User, school: Enterprise) -> None:
    cleared = message(school, state="done", reason="unknown_event", body=None)
    replay(callback=cleared, by=quinn)
    cleared.refresh_from_db()
    assert (cleared.state, cleared.reason) == ("done", "unknown_event")


def test_old_evidence_loses_its_words_and_marks_stay_as_they_were(bob: User, dina: User) -> None:
    lesson = planned(bob, -LONG_AGO, final_at=timezone.now() - LONG_AGO)
    lesson.members.create(user=dina)
    Observation.objects.create(
        lesson=lesson, source="history", user_id="dina", entered_at=lesson.starts_at,
        left_at=lesson.ends_at, raw={"nickname": "Dina", "status": 1},
    )  # fmt: skip
    recompute(lesson)
    marks = list(Attendance.objects.values("user_id", "mark", "present_seconds").order_by("user_id"))
    Enterprise.objects.update(keep_evidence_days=90)
    assert retention.clear() == 1
    assert Observation.objects.get().raw == {}
    recompute(lesson)
    assert list(Attendance.objects.values("user_id", "mark", "present_seconds").order_by("user_id")) == marks
    assert marks


def test_what_would_go_is_counted_and_has_to_be_confirmed(quinn: User, school: Enterprise) -> None:
    message(school)
    client = reader(quinn)
    asked = client.post(PAGE + "retention/", {"keep_messages_days": "60"})
    assert "Messages of iclass (1)" in text(asked)
    assert fresh(school).keep_messages_days is None
    client.post(PAGE + "retention/", {"keep_messages_days": "60", "confirm": "on"})
    assert fresh(school).keep_messages_days == 60
    assert client.post(PAGE + "retention/", {"keep_messages_days": ""}).status_code == 302
    assert fresh(school).keep_messages_days is None


def test_fewer_days_than_the_least_are_refused(quinn: User, school: Enterprise) -> None:
    answer = reader(quinn).post(PAGE + "retention/", {"keep_messages_days": "1", "keep_evidence_days": "30"})
    assert set(answer.context["form"].errors) == {"keep_messages_days", "keep_evidence_days"}


def test_notices_go_after_their_days(quinn: User, school: Enterprise) -> None:
    Notice.objects.create(
        enterprise=school, person=quinn, kind="x", key="old", created_at=timezone.now() - LONG_AGO
    )
    Notice.objects.create(enterprise=school, person=quinn, kind="x", key="new")
    Enterprise.objects.filter(pk=school.pk).update(keep_notices_days=30)
    assert retention.clear() == 1
    assert Notice.objects.get().key == "new"


def test_what_keeps_lessons_from_being_made_is_said_where_one_schedules(
    quinn: User, bob: User, school: Enterprise, settings: Any
) -> None:
    settings.ICLASS_ADMIN_ID = ""
    with translation.override("en"):
        words = [str(point.words) for point in hindrances(school)]
    assert len(words) == 2
    for page in (reader(quinn).get(PAGE), reader(quinn).get("/lessons/new/"), reader(quinn).get("/")):
        assert all(said in text(page) for said in words)
    settings.ICLASS_ADMIN_ID = "administrator"
    school.private_key = "k"
    school.save()
    assert hindrances(school) == []
    assert len(points_of(school)) == 5
