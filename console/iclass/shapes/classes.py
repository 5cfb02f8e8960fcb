"""Shapes of the document's class module (课堂模块)."""

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ..errors import Unsendable
from .base import Count, Index, Name, OddLine, Role, Seconds, Shape, Size, Switch

ClassType = Annotated[str, Meta(pattern=r"\A(public|1v1|1vN)\Z")]
ClassStatus = Annotated[str, Meta(pattern=r"\A(will|ing|end)\Z")]
RecordType = Annotated[str, Meta(pattern=r"\A(local|remote)\Z")]
RecordUserId = Annotated[str, Meta(pattern=r"\Atic_record_user_", max_length=60)]

# These stand inside `settings` on the wire; every example of the document nests them.
IN_SETTINGS = (
    "record_types",
    "resolution",
    "fps",
    "layout",
    "auto_create_im",
    "bitrate",
    "auto_open_mic",
    "auto_open_camera",
)


class ClassChange(Shape, frozen=True, kw_only=True):
    """The fields of `/class/modify`, flat; only the given ones are sent.

    `members` are the user ids of the expected people and replace the whole list. Times are unix seconds.
    `assistant_id`, `password` and `max_member_num` (0: no limit) come from a later revision of the document.
    """

    teacher_id: Name | UnsetType = UNSET
    class_topic: Name | UnsetType = UNSET
    class_type: ClassType | UnsetType = UNSET
    start_time: Seconds | UnsetType = UNSET
    stop_time: Seconds | UnsetType = UNSET
    admin_id: Name | UnsetType = UNSET
    admin_sig: Name | UnsetType = UNSET
    members: list[Name] | UnsetType = UNSET
    record_types: list[RecordType] | UnsetType = UNSET
    resolution: Name | UnsetType = UNSET
    fps: Count | UnsetType = UNSET
    layout: Count | UnsetType = UNSET
    auto_create_im: Switch | UnsetType = UNSET
    bitrate: Count | UnsetType = UNSET
    auto_open_mic: Switch | UnsetType = UNSET
    auto_open_camera: Switch | UnsetType = UNSET
    record_user_id: RecordUserId | UnsetType = UNSET
    record_user_sig: Name | UnsetType = UNSET
    max_member_limit: Count | UnsetType = UNSET
    assistant_id: Name | UnsetType = UNSET
    password: str | UnsetType = UNSET
    max_member_num: Count | UnsetType = UNSET

    def wire(self) -> dict[str, Any]:
        flat = super().wire()
        settings = {name: flat.pop(name) for name in IN_SETTINGS if name in flat}
        if settings:
            flat["settings"] = settings
        if "members" in flat:
            flat["members"] = [{"role": "student", "user_id": user_id} for user_id in flat["members"]]
        return flat


class NewClass(ClassChange, frozen=True, kw_only=True):
    """A class to be created.

    `class_type` is 1vN, for the document's own default lets anybody enter. Who asks for the cloud recording
    gives `record_user_id` and `record_user_sig` too.
    """

    teacher_id: Name
    admin_id: Name
    admin_sig: Name
    class_type: ClassType = "1vN"

    def wire(self) -> dict[str, Any]:
        recorded = self.record_types is not UNSET and "remote" in self.record_types
        if recorded and UNSET in (self.record_user_id, self.record_user_sig):
            raise Unsendable("a cloud recording needs record_user_id and record_user_sig")
        return super().wire()


class ClassModify(Shape, frozen=True, kw_only=True):
    """`/class/modify` as it is sent: which class, and what changes."""

    class_id: Count
    change: ClassChange

    def wire(self) -> dict[str, Any]:
        return {"class_id": self.class_id, **self.change.wire()}


class ClassRef(Shape, frozen=True, kw_only=True):
    class_id: Count


class ClassQuery(Shape, frozen=True, kw_only=True):
    index: Index
    size: Size
    user_id: str
    create_time_desc: bool
    class_status: list[ClassStatus] | UnsetType = UNSET
    class_type: list[ClassType] | UnsetType = UNSET


class CreatedClass(Shape, frozen=True, kw_only=True):
    """The new class and its two links, which end in /0 and /1."""

    class_id: int
    teacher_url: str = ""
    student_url: str = ""


class Settings(Shape, frozen=True, kw_only=True):
    """Settings of a class; what the answer leaves out has the document's default."""

    record_types: list[str] = msgspec.field(default_factory=lambda: ["local"])
    resolution: str = ""
    fps: int = 0
    layout: int = 0
    bitrate: int = 850
    auto_open_mic: int = 0
    auto_open_camera: int = 0


class Participant(Shape, frozen=True, kw_only=True):
    """A person expected in a class."""

    KEY: ClassVar[str] = "user_id"

    user_id: str
    role: Role = ""


class ClassLine(Shape, frozen=True, kw_only=True):
    """A line of `/class/list`. Times are unix seconds.

    The fields without a default are those that a school sets: a missing one must not read as an empty wish.
    """

    KEY: ClassVar[str] = "class_id"

    class_id: int
    class_topic: str
    class_type: str
    class_status: str
    teacher_id: str
    start_time: int
    stop_time: int
    create_time: int = 0

    @property
    def odd_times(self) -> bool:
        """True where the times contradict each other; they are kept as they came."""
        return self.stop_time <= self.start_time


class ClassInfo(ClassLine, frozen=True, kw_only=True):
    """`/class/info`. A real time of 0 has not come yet; `odd_members` are member lines in no known shape."""

    members: list[Participant]
    real_start_time: int = 0
    real_stop_time: int = 0
    member_count: int = 0
    chat_group_id: str = ""
    cmd_group_id: str = ""
    max_member_limit: int = 0
    settings: Settings = Settings()
    assistant_id: str = ""
    odd: list[OddLine] = []

    @property
    def odd_times(self) -> bool:
        real = self.real_stop_time and self.real_stop_time < self.real_start_time
        return bool(real) or self.stop_time <= self.start_time
