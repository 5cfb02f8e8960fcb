"""Structs of the document's class module (课堂模块)."""

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from console.iclass.errors import Unsendable
from console.iclass.types.base import (
    ApiStruct,
    Count,
    Index,
    Name,
    Role,
    Seconds,
    Size,
    Switch,
    UnreadableItem,
)

ClassType = Annotated[str, Meta(pattern=r"\A(public|1v1|1vN)\Z")]
ClassStatus = Annotated[str, Meta(pattern=r"\A(will|ing|end)\Z")]
RecordType = Annotated[str, Meta(pattern=r"\A(local|remote)\Z")]
RecordUserId = Annotated[str, Meta(pattern=r"\Atic_record_user_", max_length=60)]

# Sent inside `settings`, as in every example of the document.
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


class ClassChange(ApiStruct, frozen=True, kw_only=True):
    """The fields of `/class/modify`, flat; only the given ones are sent.

    `members` are the user IDs of the expected people and replace the whole list. Times are Unix seconds.
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

    def to_payload(self) -> dict[str, Any]:
        flat = super().to_payload()
        settings = {name: flat.pop(name) for name in IN_SETTINGS if name in flat}
        if settings:
            flat["settings"] = settings
        if "members" in flat:
            flat["members"] = [{"role": "student", "user_id": user_id} for user_id in flat["members"]]
        return flat


class NewClass(ClassChange, frozen=True, kw_only=True):
    """A class to create.

    `class_type` defaults to 1vN: the document's own default lets anybody enter. A cloud recording requires
    `record_user_id` and `record_user_sig`.
    """

    teacher_id: Name
    admin_id: Name
    admin_sig: Name
    class_type: ClassType = "1vN"

    def to_payload(self) -> dict[str, Any]:
        recorded = self.record_types is not UNSET and "remote" in self.record_types
        if recorded and UNSET in (self.record_user_id, self.record_user_sig):
            raise Unsendable("a cloud recording needs record_user_id and record_user_sig")
        return super().to_payload()


class ClassModify(ApiStruct, frozen=True, kw_only=True):
    """The request `/class/modify`: the class, and its changes."""

    class_id: Count
    change: ClassChange

    def to_payload(self) -> dict[str, Any]:
        return {"class_id": self.class_id, **self.change.to_payload()}


class ClassRef(ApiStruct, frozen=True, kw_only=True):
    class_id: Count


class ClassQuery(ApiStruct, frozen=True, kw_only=True):
    index: Index
    size: Size
    user_id: str
    create_time_desc: bool
    class_status: list[ClassStatus] | UnsetType = UNSET
    class_type: list[ClassType] | UnsetType = UNSET


class CreatedClass(ApiStruct, frozen=True, kw_only=True):
    """The new class and its two links, which end in /0 and /1."""

    class_id: int
    teacher_url: str = ""
    student_url: str = ""


class Settings(ApiStruct, frozen=True, kw_only=True):
    """Settings of a class; fields missing from the response have the document's defaults."""

    record_types: list[str] = msgspec.field(default_factory=lambda: ["local"])
    resolution: str = ""
    fps: int = 0
    layout: int = 0
    bitrate: int = 850
    auto_open_mic: int = 0
    auto_open_camera: int = 0


class Participant(ApiStruct, frozen=True, kw_only=True):
    """A person expected in a class."""

    KEY: ClassVar[str] = "user_id"

    user_id: str
    role: Role = ""


class ClassSummary(ApiStruct, frozen=True, kw_only=True):
    """An item of `/class/list`. Times are Unix seconds.

    The fields without a default are those that a school sets: a missing one must not be read as empty.
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
    def inconsistent_times(self) -> bool:
        """Whether the times contradict each other; they are kept as received."""
        return self.stop_time <= self.start_time


class ClassInfo(ClassSummary, frozen=True, kw_only=True):
    """`/class/info`. A real time of 0 means not yet; `odd` are unreadable items of the member list."""

    members: list[Participant]
    real_start_time: int = 0
    real_stop_time: int = 0
    member_count: int = 0
    chat_group_id: str = ""
    cmd_group_id: str = ""
    max_member_limit: int = 0
    settings: Settings = Settings()
    assistant_id: str = ""
    odd: list[UnreadableItem] = []

    @property
    def inconsistent_times(self) -> bool:
        real = self.real_stop_time and self.real_stop_time < self.real_start_time
        return bool(real) or self.stop_time <= self.start_time
