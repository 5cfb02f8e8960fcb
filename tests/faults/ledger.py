"""The ledger read for judging: which effects each command may have, and whose they are.

An effect belongs to a command where school, endpoint, words and object agree. For people the object is
`user:ID`, for a school `business:SDKAPPID`, for lessons and all that happens in them `class:ID`, for
courseware `document:ID`.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from console.outbox.models import Operation
from tests.support.sandbox import Sandbox

#: Endpoint → the word of the effect that it is for. What else it causes (people leaving at a stop, the
#: account of a visitor) follows from that one.
EFFECT_OF_ENDPOINT = {
    "user/register": "registered",
    "user/profile/modify": "modified",
    "user/token/update": "token_updated",
    "business/modify": "modified",
    "class/create": "created",
    "class/modify": "modified",
    "class/delete": "deleted",
    "class/start": "started",
    "class/stop": "stopped",
    "member/add": "members_added",
    "member/delete": "members_deleted",
    "member/join": "joined",
    "member/quit": "left",
    "member/visitor/join": "joined",
    "document/add": "added",
    "document/delete": "deleted",
}
#: A recording begins with the lesson, by the same word: it follows from the start, and no command is for it.
CAUSED = "recording:"
#: Kind of operation → its endpoints.
ENDPOINTS = {
    "user.register": ("user/register", "user/token/update"),
    "user.modify": ("user/profile/modify",),
    "user.token": ("user/token/update",),
    "school.modify": ("business/modify",),
    "class.create": ("class/create",),
    "class.modify": ("class/modify",),
    "class.members": ("member/add", "member/delete"),
    "class.delete": ("class/delete",),
    "class.start": ("class/start",),
    "class.stop": ("class/stop",),
    "member.join": ("member/join",),
    "member.quit": ("member/quit",),
    "visitor.join": ("member/visitor/join",),
    "document.add": ("document/add",),
    "document.delete": ("document/delete",),
}
CREATES = ("user.register", "class.create", "document.add")
ONE_SHOTS = ("member.join", "member.quit", "visitor.join")
#: A repeat of these finds nothing left to do at the service.
ONCE = ("class.delete", "class.start", "class.stop", "document.delete")


@dataclass(frozen=True)
class EffectKey:
    """Where effects of a command stand in the ledger."""

    sdkappid: int
    endpoint: str
    object: str


def ledger_entries(service: Sandbox, after: int) -> list[dict[str, Any]]:
    """The whole ledger after a line, however long."""
    found: list[dict[str, Any]] = []
    while page := service.ledger(found[-1]["seq"] if found else after):
        found += page
    return found


def effects_by_key(lines: list[dict[str, Any]]) -> dict[EffectKey, list[dict[str, Any]]]:
    """The effects that commands are for, by place, oldest first."""
    found: dict[EffectKey, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        if line["kind"] != "effect" or line["object"].startswith(CAUSED):
            continue
        if EFFECT_OF_ENDPOINT.get(line["endpoint"]) == line["summary"]["what"]:
            found[EffectKey(line["sdkappid"], line["endpoint"], line["object"])].append(line)
    return found


def object_label(operation: Operation, subject: Any) -> str:
    """What a command's effects are about; empty while the service's id is not known to us."""
    thing = operation.subject_type.split(".")[1]
    if thing == "user":
        return f"user:{subject.user_id}"
    if thing == "enterprise":
        return f"business:{subject.sdkappid}"
    lesson = subject if thing in ("lesson", "document") else subject.lesson
    name = "document" if thing == "document" else "class"
    return f"{name}:{lesson.remote_id}" if lesson.remote_id else ""


def effect_keys(operation: Operation, subject: Any) -> list[EffectKey]:
    about = object_label(operation, subject)
    sdkappid = operation.enterprise.sdkappid
    return [EffectKey(sdkappid, endpoint, about) for endpoint in ENDPOINTS[operation.kind]] if about else []
