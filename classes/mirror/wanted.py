"""A lesson as the school wants it and as the service has it, in the same words, so that they compare.

The words are ours; times are unix seconds, people are user ids, the teacher is not among the members.
"""

from typing import Any

from classes.models import Lesson
from console.iclass import ClassInfo, ClassLine
from console.mirror.copies import differs

TOPIC_LENGTH = 100

#: Ours → the field of `/class/create` and `/class/modify`.
REMOTE = {
    "topic": "class_topic",
    "class_type": "class_type",
    "teacher": "teacher_id",
    "starts_at": "start_time",
    "ends_at": "stop_time",
    "record_types": "record_types",
    "auto_open_mic": "auto_open_mic",
    "auto_open_camera": "auto_open_camera",
    "bitrate": "bitrate",
    "max_on_mic": "max_member_limit",
}


def wanted_lesson(lesson: Lesson) -> dict[str, Any]:
    """What the school wants, without the people."""
    return {
        "topic": lesson.topic,
        "class_type": str(lesson.class_type),
        "teacher": lesson.teacher.user_id,
        "starts_at": int(lesson.starts_at.timestamp()),
        "ends_at": int(lesson.ends_at.timestamp()),
        "record_types": sorted(str(kind) for kind in lesson.record_types) or ["local"],
        "auto_open_mic": int(lesson.auto_open_mic),
        "auto_open_camera": int(lesson.auto_open_camera),
        "bitrate": lesson.bitrate,
        "max_on_mic": lesson.max_on_mic or 0,
    }


def wanted_members(lesson: Lesson) -> dict[str, str]:
    """User id → role of everybody expected besides the teacher; no query where they are loaded."""
    if lesson.expected_people is not None:
        return dict(lesson.expected_people)
    if "members" in getattr(lesson, "_prefetched_objects_cache", {}):
        return {member.user.user_id: str(member.role) for member in lesson.members.all()}
    return dict(lesson.members.values_list("user__user_id", "role"))


def everything_wanted(lesson: Lesson) -> dict[str, Any]:
    """What the school wants of a lesson, with the people, and that it is no second copy of another."""
    return {**wanted_lesson(lesson), "members": wanted_members(lesson), **differs(lesson)[0]}


def observed_lesson(info: ClassInfo) -> dict[str, Any]:
    """What the service has, with the people and what only it decides."""
    return {
        **observed_line(info),
        "record_types": sorted(info.settings.record_types) or ["local"],
        "auto_open_mic": info.settings.auto_open_mic,
        "auto_open_camera": info.settings.auto_open_camera,
        "bitrate": info.settings.bitrate,
        "max_on_mic": info.max_member_limit,
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


def observed_line(line: ClassLine) -> dict[str, Any]:
    """What a line of `/class/list` tells, in the same words."""
    return {
        "topic": line.class_topic[:TOPIC_LENGTH],
        "class_type": line.class_type,
        "teacher": line.teacher_id,
        "starts_at": line.start_time,
        "ends_at": line.stop_time,
        "status": line.class_status,
    }


def natural_key(lesson: Lesson) -> str:
    """What tells two classes apart that we both asked for: creates of one key go one after the other."""
    wanted = wanted_lesson(lesson)
    return _key(lesson.enterprise_id, wanted)


def natural_key_of(enterprise_id: int, line: ClassLine) -> str:
    """The same of a class at the service."""
    return _key(enterprise_id, observed_line(line))


def _key(enterprise_id: int, words: dict[str, Any]) -> str:
    times = f"{words['starts_at']}-{words['ends_at']}"
    return f"{enterprise_id}:create:{words['teacher']}:{words['class_type']}:{times}:{words['topic']}"[:200]
