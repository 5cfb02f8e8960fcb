"""Desired and observed state of a lesson under the same names, so that they can be compared.

Names are ours. Times are unix seconds, people are user ids, the teacher is not among the members.
"""

from typing import Any

from classes.lessons.fields import FIELDS, MIRRORED
from classes.models import Lesson
from console.iclass import ClassInfo, ClassSummary
from console.mirror.duplicates import copy_difference

#: Our name → the field of `/class/create` and `/class/modify`.
REMOTE_NAMES = {field.name: field.remote for field in MIRRORED}


def desired_fields(lesson: Lesson) -> dict[str, Any]:
    """Return the desired fields, without the members."""
    return {field.name: field.desired(lesson) for field in MIRRORED}


def fields_to_send(lesson: Lesson) -> dict[str, Any]:
    """Return the desired fields that a complete request contains."""
    desired = desired_fields(lesson)
    return {field.name: desired[field.name] for field in MIRRORED if field.is_sent(desired[field.name])}


def desired_members(lesson: Lesson) -> dict[str, str]:
    """Map user id to role of everybody expected except the teacher; no query if the members are loaded."""
    if lesson.expected_people is not None:
        return dict(lesson.expected_people)
    if "members" in getattr(lesson, "_prefetched_objects_cache", {}):
        return {member.user.user_id: str(member.role) for member in lesson.members.all()}
    return dict(lesson.members.values_list("user__user_id", "role"))


def desired_state(lesson: Lesson) -> dict[str, Any]:
    """Return the desired state with the members, and that it is not a duplicate of another lesson."""
    return {**desired_fields(lesson), "members": desired_members(lesson), **copy_difference(lesson)[0]}


def observed_state(info: ClassInfo) -> dict[str, Any]:
    """Return the state of `/class/info`, with the members and the fields that only the API sets."""
    return {
        **observed_list_fields(info),
        **{field.name: field.observed(info) for field in MIRRORED if not field.listed},
        "members": {one.user_id: one.role for one in info.members if one.user_id != info.teacher_id},
        "member_count": info.member_count,
        "chat_group": info.chat_group_id,
        "command_group": info.cmd_group_id,
        "resolution": info.settings.resolution,
        "fps": info.settings.fps,
        "layout": info.settings.layout,
        "created": info.create_time,
        "real_started": info.real_start_time,
        "real_ended": info.real_stop_time,
    }


def observed_list_fields(summary: ClassSummary) -> dict[str, Any]:
    """Return the fields of an item of `/class/list`, under the same names."""
    listed = {field.name: field.observed(summary) for field in FIELDS if field.listed}
    return {**listed, "status": summary.class_status}


def natural_key(lesson: Lesson) -> str:
    """Return the natural key of a lesson. Creates of the same key share a lane and run one by one."""
    fields = desired_fields(lesson)
    return _format_key(lesson.enterprise_id, fields)


def remote_natural_key(enterprise_id: int, summary: ClassSummary) -> str:
    """Return the natural key of a class of the API."""
    return _format_key(enterprise_id, observed_list_fields(summary))


def _format_key(enterprise_id: int, fields: dict[str, Any]) -> str:
    times = f"{fields['starts_at']}-{fields['ends_at']}"
    return f"{enterprise_id}:create:{fields['teacher']}:{fields['class_type']}:{times}:{fields['topic']}"[
        :200
    ]
