"""How a room is set up, as REST takes it for a lesson and for all lessons of a course; it is not told."""

from typing import Any

from rest_framework import serializers

from classes.kinds import RecordType
from classes.passwords import LONGEST, SHORTEST

#: Fields of a Lesson that both take alike.
SET_UP = ("auto_open_mic", "auto_open_camera", "bitrate", "max_on_mic")


def set_up() -> dict[str, dict[str, Any]]:
    """The `extra_kwargs` of these fields; most people on the microphone are at least one, as on the page."""
    return {name: {"write_only": True} for name in SET_UP} | {
        "max_on_mic": {"write_only": True, "min_value": 1}
    }


class CapacityField(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        more = {"write_only": True, "required": False, "allow_null": True}
        super().__init__(**more, min_value=1, max_value=100_000, **kwargs)


class PasswordField(serializers.CharField):
    """Goes in and never comes out; empty takes the password away."""

    def __init__(self, **kwargs: Any) -> None:
        more = {"write_only": True, "required": False, "allow_blank": True, "trim_whitespace": False}
        super().__init__(**more, min_length=SHORTEST, max_length=LONGEST, **kwargs)


class RoomFields(serializers.Serializer[Any]):
    """The settings of the lessons of a course."""

    record_types = serializers.ListField(
        child=serializers.ChoiceField(choices=RecordType.choices), write_only=True, required=False
    )
    auto_open_mic = serializers.BooleanField(write_only=True, required=False)
    auto_open_camera = serializers.BooleanField(write_only=True, required=False)
    bitrate = serializers.IntegerField(write_only=True, required=False, min_value=100, max_value=10_000)
    max_on_mic = serializers.IntegerField(
        write_only=True, required=False, allow_null=True, min_value=1, max_value=100
    )
    capacity = CapacityField()
    password = PasswordField()


def settings_of(fields: dict[str, Any]) -> dict[str, Any]:
    """Take the settings out of what was sent. As on the page, a lesson that is not recorded in the cloud is
    left to the teacher's computer."""
    names = [name for name in RoomFields().fields if name != "password" and name in fields]
    settings = {name: fields.pop(name) for name in names}
    if "record_types" in settings:
        settings["record_types"] = sorted(set(settings["record_types"])) or [RecordType.LOCAL]
    return settings
