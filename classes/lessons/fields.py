"""The fields of a lesson, in one table: services, bulk edits, forms, REST, mirror and outbox read it.

A row holds the labels of a field, its names in requests and answers of the API, the conversion of its value,
and which features offer it. Every column in the table is edited only before the lesson begins (API error
10223), is offered in bulk edits and stands in the snapshots of the audit trail.

To add a plain setting, add the column to the model (and its migration) and a Switch or Number here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classes.choices import ClassType, RecordType
from classes.models import Lesson
from console.iclass import ClassSummary

MAX_TOPIC_LENGTH = 100


@dataclass(frozen=True, kw_only=True)
class LessonField:
    """A field whose value is the same here and at iclass.

    `label` names it in comparisons and previews, `title` on forms. `remote` is its field in `/class/create`
    and `/class/modify`, `answer` its path in `/class/info`; `listed` fields are in `/class/list`, too.
    An `extended` field is in a later revision of the API document only, which never returns it. `booked`
    fields decide whether people are double-booked, `setting` fields are the same in all lessons of a series.
    `own_rules` says why modules other than this one name the field; it is empty for a plain field.
    """

    name: str
    label: Promise
    title: Promise | None = None
    remote: str = ""
    answer: str = ""
    listed: bool = False
    extended: bool = False
    column: bool = True
    booked: bool = False
    setting: bool = False
    own_rules: str = ""

    def desired(self, lesson: Lesson) -> Any:
        """Return the value of our lesson in the form in which it is compared and sent."""
        return getattr(lesson, self.name)

    def observed(self, answer: ClassSummary) -> Any:
        """Return the value of an answer in the same form."""
        return self.raw(answer)

    def raw(self, answer: ClassSummary) -> Any:
        """Return the value of an answer as it came."""
        return attrgetter(self.answer)(answer)

    def column_value(self, observed: Any) -> Any:
        """Return the value of our column for an observed one that a person adopts; it is validated later."""
        return observed

    def storable(self, raw: Any) -> Any:
        """Return the value of our column for a class that is adopted without asking: always a valid one."""
        return self.column_value(raw)

    def is_sent(self, value: Any) -> bool:
        """Return whether `/class/create` and a complete `/class/modify` send this desired value."""
        return True

    def describe(self, value: Any) -> str:
        """Return a desired or observed value as text."""
        return str(value)


@dataclass(frozen=True, kw_only=True)
class Topic(LessonField):
    def observed(self, answer: ClassSummary) -> Any:
        return self.raw(answer)[:MAX_TOPIC_LENGTH]


@dataclass(frozen=True, kw_only=True)
class EntryRule(LessonField):
    """Who may enter."""

    def desired(self, lesson: Lesson) -> Any:
        return str(lesson.class_type)

    def describe(self, value: Any) -> str:
        return str(dict(ClassType.choices).get(value, value))


@dataclass(frozen=True, kw_only=True)
class Teacher(LessonField):
    """The teacher, compared and sent as user id."""

    def desired(self, lesson: Lesson) -> Any:
        return lesson.teacher.user_id


@dataclass(frozen=True, kw_only=True)
class Moment(LessonField):
    """A time, compared and sent in unix seconds."""

    def desired(self, lesson: Lesson) -> Any:
        return int(super().desired(lesson).timestamp())


@dataclass(frozen=True, kw_only=True)
class RecordTypes(LessonField):
    """Where the lesson is recorded; iclass records locally if nothing is chosen."""

    def desired(self, lesson: Lesson) -> Any:
        return sorted(str(kind) for kind in lesson.record_types) or ["local"]

    def observed(self, answer: ClassSummary) -> Any:
        return sorted(self.raw(answer)) or ["local"]

    def storable(self, raw: Any) -> Any:
        return [kind for kind in raw if kind in RecordType.values]

    def describe(self, value: Any) -> str:
        return ", ".join(str(dict(RecordType.choices).get(kind, kind)) for kind in value)


@dataclass(frozen=True, kw_only=True)
class Switch(LessonField):
    """A setting that is on or off: 1 or 0 at iclass."""

    setting: bool = True

    def desired(self, lesson: Lesson) -> Any:
        return int(super().desired(lesson))

    def column_value(self, observed: Any) -> Any:
        return bool(observed)

    def describe(self, value: Any) -> str:
        return _("yes") if value else _("no")


@dataclass(frozen=True, kw_only=True)
class Number(LessonField):
    """A number from `minimum` to `maximum`.

    Without a `default` it is a limit that may be missing: null in our column, 0 at iclass. A number of iclass
    above `largest` (default `maximum`) is not stored on the lesson; it is still shown as a difference.
    """

    setting: bool = True
    minimum: int
    maximum: int
    default: int | None = None
    largest: int | None = None

    @property
    def optional(self) -> bool:
        return self.default is None

    def desired(self, lesson: Lesson) -> Any:
        return super().desired(lesson) or 0

    def column_value(self, observed: Any) -> Any:
        return (observed or None) if self.optional else observed

    def storable(self, raw: Any) -> Any:
        return raw if 0 < raw <= (self.largest or self.maximum) else self.default

    def is_sent(self, value: Any) -> bool:
        """A missing limit is not sent, because 0 would allow nobody."""
        return bool(value) or not self.optional

    def describe(self, value: Any) -> str:
        return str(value) if value or not self.optional else _("no limit set")


FIELDS: tuple[LessonField, ...] = (
    Topic(
        name="topic",
        label=gettext_lazy("topic"),
        remote="class_topic",
        answer="class_topic",
        listed=True,
        own_rules="pages, notifications and exports call the lesson by it",
    ),
    EntryRule(
        name="class_type",
        label=gettext_lazy("who may enter"),
        remote="class_type",
        answer="class_type",
        listed=True,
        booked=True,
        own_rules="decides about visitors and one-to-one lessons",
    ),
    Teacher(
        name="teacher",
        label=gettext_lazy("teacher"),
        remote="teacher_id",
        answer="teacher_id",
        listed=True,
        booked=True,
        own_rules="a person of the school who must be free, and who has rights in the lesson",
    ),
    Moment(
        name="starts_at",
        label=gettext_lazy("starts at"),
        remote="start_time",
        answer="start_time",
        listed=True,
        booked=True,
        own_rules="the timetable is made of it",
    ),
    Moment(
        name="ends_at",
        label=gettext_lazy("ends at"),
        remote="stop_time",
        answer="stop_time",
        listed=True,
        booked=True,
        own_rules="the timetable is made of it",
    ),
    LessonField(
        name="members",
        label=gettext_lazy("members"),
        column=False,
        own_rules="rows of their own, sent by operations of their own",
    ),
    RecordTypes(
        name="record_types",
        label=gettext_lazy("recording"),
        remote="record_types",
        answer="settings.record_types",
        setting=True,
        own_rules="a cloud recording needs an identity, and decides what recordings are expected",
    ),
    Switch(
        name="auto_open_mic",
        label=gettext_lazy("microphone on at entry"),
        title=gettext_lazy("Microphone on at entry"),
        remote="auto_open_mic",
        answer="settings.auto_open_mic",
    ),
    Switch(
        name="auto_open_camera",
        label=gettext_lazy("camera on at entry"),
        title=gettext_lazy("Camera on at entry"),
        remote="auto_open_camera",
        answer="settings.auto_open_camera",
    ),
    Number(
        name="bitrate",
        label=gettext_lazy("bit rate (kbit/s)"),
        title=gettext_lazy("Video bit rate (kbit/s)"),
        remote="bitrate",
        answer="settings.bitrate",
        minimum=100,
        maximum=10_000,
        default=850,
        largest=100_000,
    ),
    Number(
        name="max_on_mic",
        label=gettext_lazy("maximum people on the microphone"),
        title=gettext_lazy("Maximum people on the microphone"),
        remote="max_member_limit",
        answer="max_member_limit",
        minimum=1,
        maximum=100,
        largest=10_000,
    ),
    LessonField(
        name="assistant",
        label=gettext_lazy("assistant named in the lesson"),
        remote="assistant_id",
        extended=True,
        column=False,
        own_rules="the first of the members who are assistants",
    ),
    LessonField(
        name="password",
        label=gettext_lazy("lesson password"),
        remote="password",
        extended=True,
        column=False,
        own_rules="a secret, sealed in a table of its own; only its version is compared",
    ),
    Number(
        name="capacity",
        label=gettext_lazy("maximum people in the room"),
        title=gettext_lazy("Maximum people in the room"),
        remote="max_member_num",
        extended=True,
        booked=True,
        minimum=1,
        maximum=100_000,
        own_rules="more students than this are a conflict",
    ),
)
FIELD_BY_NAME: Mapping[str, LessonField] = {field.name: field for field in FIELDS}
COLUMNS = tuple(field for field in FIELDS if field.column)
#: Fields that create and modify send and that `/class/info` returns.
MIRRORED = tuple(field for field in FIELDS if field.remote and field.answer)
EXTENDED = tuple(field for field in FIELDS if field.extended)
SETTINGS = tuple(field for field in FIELDS if field.setting)

COLUMN_NAMES = tuple(field.name for field in COLUMNS)
BOOKED_NAMES = tuple(field.name for field in COLUMNS if field.booked)
SETTING_NAMES = tuple(field.name for field in SETTINGS)
