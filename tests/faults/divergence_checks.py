"""The judge of a divergence: each thing at the service, asked directly, against our row of it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Protocol

from accounts.models import User
from classes.models import Lesson
from console.outbox.states import SyncState
from documents.models import Document
from tests.faults.divergence import LISTED_STATES, DivergenceResult, DivergentSchool


class ServiceCaller(Protocol):
    """Who asks the service directly, as one school."""

    def call(self, endpoint: str, body: dict[str, Any]) -> dict[str, Any]: ...


def judge_divergence(two: DivergentSchool) -> DivergenceResult:
    """Healed: both sides are the same. Listed: a person is shown what the service has. Else lost."""
    outcome = DivergenceResult()
    for sort, there, rows in (
        ("lesson", dict(remote_lessons(two)), Lesson.objects.filter(enterprise=two.school)),
        ("person", dict(remote_people(two)), User.objects.filter(enterprise=two.school)),
        ("document", dict(remote_documents(two)), Document.objects.filter(enterprise=two.school)),
    ):
        known = Counter(row.remote_id for row in rows if row.remote_id)
        outcome.doubled += [f"{sort} {key} has {n} rows" for key, n in known.items() if n > 1]
        outcome.lost += [f"{sort} {key} has no row" for key in there if key not in known]
        for row in rows:
            outcome.objects += 1
            _one(outcome, sort, row, there.get(row.remote_id))
    names = Counter(told["topic"] for told in dict(remote_lessons(two)).values())
    outcome.doubled += [f"lesson {topic} stands {n} times there" for topic, n in names.items() if n > 1]
    return outcome


def _one(outcome: DivergenceResult, sort: str, row: Any, told: dict[str, Any] | None) -> None:
    given_up = getattr(row, "cancelled_at", None) or getattr(row, "deleted_at", None)
    if told is None:
        well = given_up or row.sync_state in (SyncState.GONE, SyncState.REFUSED)
        outcome.healed += bool(given_up)
        outcome.listed += bool(well and not given_up)
        if not well:
            outcome.lost.append(f"{sort} {row} is not there, and is {row.sync_state} here")
        return
    if given_up:
        if row.sync_state in LISTED_STATES:
            outcome.listed += 1
        else:
            outcome.lost.append(f"{sort} {row} was given up here, and stands there")
        return
    seen = {name: row.observed.get(name) for name in told}
    if seen != told:
        outcome.lost.append(f"{sort} {row}: {told} was seen as {seen}")
    elif wanted_values(row) == told and row.sync_state == SyncState.IN_SYNC:
        outcome.healed += 1
    elif wanted_values(row) != told and row.sync_state in LISTED_STATES and row.sync_state != SyncState.GONE:
        outcome.listed += 1
    else:
        outcome.lost.append(f"{sort} {row} is {row.sync_state}: {wanted_values(row)} here, {told} there")


def wanted_values(row: Any) -> dict[str, Any]:
    """What we want, in the words of the functions below."""
    if isinstance(row, Lesson):
        members = {one.user.user_id: one.role for one in row.members.select_related("user")}
        return {"topic": row.topic, "bitrate": row.bitrate, "members": members}
    if isinstance(row, User):
        return {"nickname": row.nickname, "phone_no": row.phone_no, "role": row.role}
    return {"name": row.name, "owner": row.owner.user_id if row.owner else ""}


def _lines(two: ServiceCaller, endpoint: str) -> Iterator[dict[str, Any]]:
    index = 0
    while True:
        told = two.call(endpoint, {"index": index, "size": 100})
        yield from told["list"]
        index += 100
        if index >= int(told["total"]):
            return


def remote_lessons(two: ServiceCaller) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in _lines(two, "class/list"):
        info = two.call("class/info", {"class_id": line["class_id"]})
        members = {m["user_id"]: m["role"] for m in info["members"] if m["user_id"] != info["teacher_id"]}
        yield (
            str(line["class_id"]),
            {"topic": info["class_topic"], "bitrate": info["settings"]["bitrate"], "members": members},
        )


def remote_people(two: ServiceCaller) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in _lines(two, "user/list"):
        yield line["user_id"], {name: line[name] for name in ("nickname", "phone_no", "role")}


def remote_documents(two: ServiceCaller) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in _lines(two, "document/list"):
        yield line["doc_id"], {"name": line["doc_name"], "owner": line["owner"]}
