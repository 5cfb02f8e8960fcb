"""How things really stand at the service, asked directly, against what our rows want."""

from typing import Any

from tests.support.class_client import ClassClient
from tests.support.sandbox import Sandbox


def remote_differences(service: Sandbox, settled: dict[tuple[str, int], tuple[Any, set[str]]]) -> list[str]:
    """A line for each row whose commands are all done, and which the service has otherwise.

    `settled` holds the rows and which kinds of command were done about each.
    """
    lookers = {
        "accounts.user": _person,
        "accounts.enterprise": _school,
        "classes.lesson": _lesson,
        "documents.document": _document,
    }
    found = []
    for (model, _pk), (row, kinds) in settled.items():
        if model in lookers:
            row.refresh_from_db()
            found += [f"{model} {row}: {what}" for what in lookers[model](service, row, kinds)]
    return found


def _differing(wanted: dict[str, Any], has: dict[str, Any]) -> list[str]:
    return [
        f"{name} is {has.get(name)!r}, not {value!r}"
        for name, value in wanted.items()
        if has.get(name) != value
    ]


def _person(service: Sandbox, person: Any, kinds: set[str]) -> list[str]:
    sdkappid = person.enterprise.sdkappid
    told = service.call("user/info", {"user_id": person.user_id}, sdkappid)
    if told["error_code"]:
        return [f"unknown ({told['error_code']})"]
    wanted = {"nickname": person.nickname} if person.nickname else {}
    found = _differing(wanted, told.get("user_info", told))
    if kinds & {"user.register", "user.token"} and not _opens(service, person, sdkappid):
        found.append("the token that we keep opens nothing")
    return found


def _opens(service: Sandbox, person: Any, sdkappid: int) -> bool:
    """Whether the person can enter with the token that we keep."""
    if not person.user_token:
        return False
    client = ClassClient(service.url, sdkappid)
    with client.web:
        told = client.code("user/login", userid=person.user_id, password=person.user_token.reveal())
    return told == 0


def _school(service: Sandbox, school: Any, kinds: set[str]) -> list[str]:
    if "school.modify" not in kinds:
        return []
    told = service.call("business/info", {}, school.sdkappid)
    return _differing({"name": school.name, "contact_user": school.contact_user}, told)


def _lesson(service: Sandbox, lesson: Any, kinds: set[str]) -> list[str]:
    if not lesson.remote_id:
        return [] if lesson.cancelled_at else ["has no class"]
    told = service.call("class/info", {"class_id": int(lesson.remote_id)}, lesson.enterprise.sdkappid)
    if lesson.cancelled_at:
        return [] if told["error_code"] else ["is still there though cancelled"]
    if told["error_code"]:
        return [f"is not there ({told['error_code']})"]
    wanted = {
        "class_topic": lesson.topic,
        "start_time": int(lesson.starts_at.timestamp()),
        "stop_time": int(lesson.ends_at.timestamp()),
    }
    return _differing(wanted, told) + _roll(lesson, told) + _status(kinds, told)


def _roll(lesson: Any, told: dict[str, Any]) -> list[str]:
    has = {one["user_id"]: one["role"] for one in told["members"] if one["role"] != "teacher"}
    wanted = dict(lesson.members.values_list("user__user_id", "role"))
    return [] if has == wanted else [f"has {sorted(has)} and not {sorted(wanted)}"]


def _status(kinds: set[str], told: dict[str, Any]) -> list[str]:
    if "class.stop" in kinds and told["class_status"] != "end":
        return ["was not stopped"]
    if "class.start" in kinds and told["class_status"] == "will":
        return ["was not started"]
    return []


def _document(service: Sandbox, document: Any, kinds: set[str]) -> list[str]:
    if not document.remote_id:
        return [] if document.deleted_at else ["has no card"]
    told = service.call("document/info", {"doc_id": document.remote_id}, document.enterprise.sdkappid)
    if document.deleted_at:
        return [] if told["error_code"] else ["is still there though deleted"]
    if told["error_code"]:
        return [f"is not there ({told['error_code']})"]
    return _differing({"doc_name": document.name, "doc_ext": document.ext}, told)
