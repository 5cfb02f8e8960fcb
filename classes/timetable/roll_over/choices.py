"""The choices of a draft, as they are stored: only what differs from what the preview proposes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class GroupAct(TextChoices):
    """What becomes of a group."""

    PROMOTE = "promote", _("Promote")
    KEEP = "keep", _("Leave as it is")
    ARCHIVE = "archive", _("Archive")


@dataclass(frozen=True)
class GroupChoice:
    """`act` and `name` are empty where the proposal holds."""

    act: str = ""
    name: str = ""


@dataclass(frozen=True)
class CourseChoice:
    """`copy` and `teacher` are None and `title` is empty where the proposal holds."""

    copy: bool | None = None
    teacher: int | None = None
    title: str = ""


@dataclass
class Choices:
    """All choices, by the keys of groups and courses. `deactivates`: whether leavers are deactivated."""

    groups: dict[int, GroupChoice] = field(default_factory=dict)
    courses: dict[int, CourseChoice] = field(default_factory=dict)
    deactivates: bool = True

    @classmethod
    def from_stored(cls, stored: Any) -> Self:
        """Read the JSON of a draft; what is not of the expected form counts as not chosen."""
        values = stored if isinstance(stored, Mapping) else {}
        groups = {
            pk: GroupChoice(_act(one.get("act")), _text(one.get("name"), 80))
            for pk, one in _rows(values.get("groups"))
        }
        courses = {
            pk: CourseChoice(
                _typed(one.get("copy"), bool), _typed(one.get("teacher"), int), _text(one.get("title"), 100)
            )
            for pk, one in _rows(values.get("courses"))
        }
        return cls(groups, courses, values.get("leavers") != "keep")

    def stored(self) -> dict[str, Any]:
        """Return the JSON of a draft."""
        groups = {pk: {"act": one.act, "name": one.name} for pk, one in self.groups.items()}
        courses = {
            pk: {"copy": one.copy, "teacher": one.teacher, "title": one.title}
            for pk, one in self.courses.items()
        }
        return {
            "groups": {str(pk): one for pk, one in groups.items() if any(one.values())},
            "courses": {str(pk): one for pk, one in courses.items() if one != _NO_COURSE_CHOICE},
            "leavers": "deactivate" if self.deactivates else "keep",
        }


_NO_COURSE_CHOICE = {"copy": None, "teacher": None, "title": ""}


def _rows(stored: Any) -> list[tuple[int, Mapping[str, Any]]]:
    if not isinstance(stored, Mapping):
        return []
    return [(int(pk), one) for pk, one in stored.items() if pk.isdecimal() and isinstance(one, Mapping)]


def _act(value: Any) -> str:
    return value if isinstance(value, str) and value in GroupAct.values else ""


def _text(value: Any, most: int) -> str:
    return value[: most + 1] if isinstance(value, str) else ""


def _typed(value: Any, kind: type) -> Any:
    return value if type(value) is kind else None
