"""I1 to I5 of docs/faults.md, asked of a stage: each function returns a line for every breach.

- I1 every accepted intent ends in exactly one of one effect, refused with a reason, waiting for a person;
- I2 no effect without an intent, and what is marked as made outside was made outside;
- I3 what we show of a thing is what the service has, within a cycle;
- I4 no acknowledged event is lost, none is counted as two;
- I5 nothing of one school is found in the other.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from accounts.models import User
from classes.models import Lesson, Recording
from console.inbox.models import Callback
from console.mirror.differences import ignored_differences_of
from console.outbox.states import SyncState
from documents.models import Document
from tests.faults.divergence import LISTED_STATES
from tests.faults.divergence_checks import remote_documents, remote_lessons, remote_people, wanted_values
from tests.faults.model.model_school import ModelSchool
from tests.faults.model.model_state import ModelState, ledger_key
from tests.faults.oracle import Verdict

#: What a row may show whose thing is not at the service.
AWAY = (SyncState.GONE, SyncState.REFUSED, SyncState.NEEDS_YOU, SyncState.SENDING, SyncState.LOCAL)


def check_ended_once(verdict: Verdict) -> list[str]:
    """I1."""
    return [*verdict.lost, *verdict.doubled, *verdict.wrong, *(f"open: {one}" for one in verdict.open)]


def check_intended_effects(stage: ModelState, verdict: Verdict) -> list[str]:
    """I2."""
    return [*(f"stray: {one}" for one in verdict.strays), *check_marked(stage)]


def check_marked(stage: ModelState) -> list[str]:
    """I2 at any moment: what is marked as made outside, and nothing else, was made outside."""
    found = []
    for side in stage.sides:
        for row in _things(side):
            if not row.remote_id or ledger_key(row) in side.former:
                continue
            theirs = ledger_key(row) in side.outsiders
            if row.made_outside and not theirs and not row.user_id_is_staff:
                found.append(f"{ledger_key(row)} is marked as made outside, and was made by us")
            elif theirs and not row.made_outside:
                found.append(f"{ledger_key(row)} was made outside, and {row} passes for it")
    return found


def _things(side: ModelSchool) -> Iterator[Any]:
    for model in (Lesson, User, Document):
        for row in model.objects.filter(enterprise=side.school):
            row.user_id_is_staff = getattr(row, "user_id", "") in ("alice", "bob")
            yield row


def check_mirrored(side: ModelSchool, *, gone: bool) -> list[str]:
    """I3. With `gone` also that what is not there is known to be gone, which takes two cycles."""
    found: list[str] = []
    for sort, there, rows in (
        ("lesson", dict(remote_lessons(side)), Lesson.objects.filter(enterprise=side.school)),
        ("person", dict(remote_people(side)), User.objects.filter(enterprise=side.school)),
        ("document", dict(remote_documents(side)), Document.objects.filter(enterprise=side.school)),
    ):
        known = Counter(row.remote_id for row in rows if row.remote_id)
        found += [f"{sort} {key} has {n} rows" for key, n in known.items() if n > 1]
        found += [f"{sort} {key} has no row" for key in there if key not in known]
        for row in rows:
            found += [f"{sort} {row} ({row.sync_state}): {what}" for what in _row(row, there, gone=gone)]
    return found


def _row(row: Any, there: dict[str, dict[str, Any]], *, gone: bool) -> Iterator[str]:
    given_up = getattr(row, "cancelled_at", None) or getattr(row, "deleted_at", None)
    told = there.get(row.remote_id)
    if told is None:
        if gone and row.remote_id and not given_up and row.sync_state not in AWAY:
            yield "is not there"
    elif given_up:
        if row.sync_state not in LISTED_STATES:
            yield "was given up here, and stands there"
    elif row.sync_state == SyncState.GONE:
        yield "is there, and is called gone"
    else:
        saw = {name: row.observed.get(name) for name in told}
        if saw != told:
            yield f"{told} was seen as {saw}"
        elif (
            wanted_values(row) != told
            and row.sync_state not in LISTED_STATES
            and not ignored_differences_of(row)
        ):
            yield f"{wanted_values(row)} here, {told} there"


def check_not_gone(side: ModelSchool) -> list[str]:
    """I3 at any moment: nothing that the service has is called gone."""
    found = []
    for row in Lesson.objects.filter(enterprise=side.school, sync_state=SyncState.GONE):
        told = side.call("class/info", {"class_id": row.class_id})
        found += [f"lesson {row} is called gone"] if told["error_code"] == 0 else []
    for card in Document.objects.filter(enterprise=side.school, sync_state=SyncState.GONE):
        told = side.call("document/info", {"doc_id": card.remote_id})
        found += [f"document {card} is called gone"] if told["error_code"] == 0 else []
    return found


def check_callbacks_kept(side: ModelSchool) -> list[str]:
    """I4, once the inbox has done what it can."""
    found = []
    rows = list(Callback.objects.filter(enterprise=side.school))
    rows_of = Counter(row.body["data"]["n"] for row in rows)
    for number, times in side.acknowledged.items():
        if rows_of[number] != 1:
            found.append(f"event {number} was acknowledged {times} times and has {rows_of[number]} rows")
    known = {one.remote_id: one for one in side.known_lessons()}
    for row in rows:
        number = row.body["data"]["n"]
        if row.deliveries < side.acknowledged[number]:
            found.append(
                f"event {number}: {row.deliveries} deliveries counted of {side.acknowledged[number]}"
            )
        if row.state == Callback.State.WAITING or (
            row.state == Callback.State.PARKED and row.class_id in known
        ):
            found.append(f"event {number} of lesson {row.class_id} is still {row.state}")
    return found + _tracks(side, known)


def _tracks(side: ModelSchool, known: dict[str, Lesson]) -> list[str]:
    kept = {one.video_id: one for one in Recording.objects.filter(enterprise=side.school)}
    found = []
    for number in side.acknowledged:
        data = side.told[number]["data"]
        for track in data.get("video_info", ()):
            row, lesson = kept.get(track["video_id"]), known.get(str(data["class_id"]))
            if row is None:
                found.append(f"recording {track['video_id']} was acknowledged and is not kept")
            elif lesson and row.lesson_id != lesson.pk:
                found.append(f"recording {track['video_id']} has not found its lesson")
    return found


def check_schools_separate(stage: ModelState) -> list[str]:
    """I5: the ids that a school's rows hold were given to that school."""
    given: dict[str, int] = {}
    for line in stage.oracle.everything():
        if line["kind"] == "effect" and line["summary"]["what"] in ("created", "added"):
            given[line["object"]] = line["sdkappid"]
    found = []
    for side in stage.sides:
        for row in [*side.known_lessons(), *(one for one in side.documents() if one.remote_id)]:
            owner = given.get(ledger_key(row), side.number)
            if owner != side.number:
                found.append(f"{ledger_key(row)} of school {owner} stands in school {side.number}")
        strangers = Callback.objects.filter(enterprise=side.school).exclude(body__data__n__in=list(side.told))
        found += [f"an event of another school in {side.number}"] * strangers.count()
    return found
