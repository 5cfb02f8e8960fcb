"""Closing a register: numbered revisions with a digest, that anybody can check."""

import hashlib
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import translation

from accounts.models import User
from classes.attendance.calculation.types import FACTS_VERSION
from classes.attendance.corrections import close_register, correct_mark, reopen_register
from classes.attendance.export import download_register
from classes.attendance.queries import build_register
from classes.attendance.register import finalize_register, recompute_register, refresh_facts
from classes.attendance.register_digest import canonical_json, compute_digest
from classes.choices import Status
from classes.mirror.outdated_registers import refresh_registers
from classes.models import Attendance, Lesson, Register
from console.audit.models import AuditEntry
from tests.classes.attendance.service_rows import poll_lesson, record_history_rows

pytestmark = pytest.mark.usefixtures("nine", "english")
VISITS = {"bob": [("7:59", "8:45")], "ann": [("8:00:03", "8:45")], "=zoe": [("8:02", "8:44")]}


@pytest.fixture
def register(lesson):
    poll_lesson(lesson, VISITS)
    record_history_rows(lesson, VISITS)
    finalize_register(lesson)
    return lesson


def ben(lesson) -> Attendance:
    return Attendance.objects.get(lesson=lesson, user_id="ben")


def test_a_closed_register_is_a_numbered_revision_with_the_digest_of_its_canonical_json(register, bob):
    one = close_register(lesson=register, by=bob)
    stored = Register.objects.get(lesson=register)
    assert (one.number, stored.number, stored.closed_by) == (1, 1, bob)
    text = json.dumps(stored.body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert stored.digest == hashlib.sha256(text.encode()).hexdigest()
    marks = {line["user_id"]: line["mark"] for line in stored.body["people"]}
    assert marks == {"=zoe": "", "ann": "present", "ben": "absent", "bob": ""}
    assert "Ann" not in text
    assert AuditEntry.objects.filter(action="attendance.close").count() == 1


def test_nothing_in_a_closed_register_changes_until_it_is_reopened(register, bob):
    close_register(lesson=register, by=bob)
    with pytest.raises(ValidationError, match="closed"):
        correct_mark(mark_of=ben(register), mark="excused", reason="ill", by=bob)
    with pytest.raises(ValidationError, match="closed"):
        close_register(lesson=register, by=bob)
    record_history_rows(register, {"ben": [("8:00", "8:45")]})
    assert not recompute_register(register)
    assert ben(register).mark == "absent"
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        Register.objects.update(digest="0" * 64)
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        Register.objects.all().delete()


def test_reopening_makes_the_next_revision_which_names_the_one_before(register, bob):
    first = close_register(lesson=register, by=bob)
    with pytest.raises(ValidationError):
        reopen_register(lesson=register, reason="  ", by=bob)
    reopen_register(lesson=register, reason="A note came in", by=bob)
    correct_mark(mark_of=ben(register), mark="excused", reason="ill", by=bob)
    second = close_register(lesson=register, by=bob)
    assert (second.number, second.body["previous"]) == (2, first.digest)
    assert {line["user_id"]: line["mark"] for line in second.body["people"]}["ben"] == "excused"
    first.refresh_from_db()
    assert (first.reopen_reason, first.reopened_by) == ("A note came in", bob)
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        Register.objects.filter(pk=first.pk).update(reopen_reason="another")


def test_a_provisional_register_or_one_with_open_marks_wants_a_word_more(lesson, bob):
    recompute_register(lesson)
    with pytest.raises(ValidationError) as told:
        close_register(lesson=lesson, by=bob)
    assert len(told.value.message_dict["anyway"]) == 2
    assert close_register(lesson=lesson, by=bob, anyway=True).number == 1


def test_a_lesson_that_is_not_over_cannot_be_closed(lesson, bob):
    Lesson.objects.filter(pk=lesson.pk).update(status=Status.ING)
    with pytest.raises(ValidationError, match="has ended"):
        close_register(lesson=lesson, by=bob, anyway=True)


def exported(register, folder, suffix, language="en"):
    register.refresh_from_db()
    with translation.override(language):
        answer = download_register(register, build_register(register), suffix)
    path = folder / f"register{suffix}"
    if answer.streaming:
        path.write_bytes(b"".join(answer.streaming_content))
        answer.file_to_stream.close()
    else:
        path.write_bytes(answer.content)
    return path


@pytest.mark.parametrize("suffix", [".json", ".csv", ".xlsx"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_exported_register_is_checked(register, bob, tmp_path, capsys, suffix, language):
    revision = close_register(lesson=register, by=bob)
    call_command("verify_register", exported(register, tmp_path, suffix, language))
    told = capsys.readouterr().out
    assert "Revision 1 of 4 people" in told
    assert revision.digest in told


def test_a_register_that_was_changed_outside_is_found_out(register, bob, tmp_path):
    close_register(lesson=register, by=bob)
    text = exported(register, tmp_path, ".csv")
    text.write_text(text.read_text("utf-8").replace('"absent","absent"', '"present","absent"'), "utf-8")
    with pytest.raises(CommandError, match=r"^ben: mark differs\.$"):
        call_command("verify_register", text)
    whole = exported(register, tmp_path, ".json")
    told = json.loads(whole.read_bytes())
    told["register"]["people"][2]["mark"] = "present"
    whole.write_bytes(canonical_json(told))
    with pytest.raises(CommandError, match="does not have the digest"):
        call_command("verify_register", whole)
    told["digest"] = compute_digest(told["register"])
    whole.write_bytes(canonical_json(told))
    with pytest.raises(CommandError, match="not that of the revision"):
        call_command("verify_register", whole)


def test_a_file_of_an_open_register_has_no_digest(register, tmp_path):
    with pytest.raises(CommandError, match="was open"):
        call_command("verify_register", exported(register, tmp_path, ".csv"))
    with pytest.raises(ValidationError):
        exported(register, tmp_path, ".json")
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(CommandError, match="no exported register"):
        call_command("verify_register", tmp_path / "x.json")


def test_facts_of_an_older_version_are_made_anew_and_a_closed_register_keeps_its_marks(register, bob, ann):
    close_register(lesson=register, by=bob)
    User.objects.filter(pk=ann.pk).update(nickname="Anna")
    Attendance.objects.filter(lesson=register).update(reason={"rule": "old"})
    Lesson.objects.filter(pk=register.pk).update(facts_version=1)
    assert refresh_registers(10) == 1
    assert ben(register).reason["v"] == FACTS_VERSION
    assert Attendance.objects.get(lesson=register, user_id="ann").nickname == "Ann"
    assert refresh_registers(10) == 0
    reopen_register(lesson=register, reason="a look", by=bob)
    Lesson.objects.filter(pk=register.pk).update(facts_version=1)
    refresh_facts(Lesson.objects.get(pk=register.pk))
    assert Attendance.objects.get(lesson=register, user_id="ann").nickname == "Anna"
