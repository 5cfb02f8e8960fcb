"""Room settings in REST, write-only, for a lesson and for all lessons of a course."""

from typing import Any

from rest_framework import serializers

from classes.choices import RecordType
from classes.lessons.fields import (
    FIELD_BY_NAME,
    SETTING_NAMES,
    SETTINGS,
    LessonField,
    Number,
    RecordTypes,
    Switch,
)
from classes.lessons.passwords import LONGEST, SHORTEST

#: Plain settings of a lesson, those of a later revision of the API document apart.
ROOM_FIELDS = tuple(one.name for one in SETTINGS if isinstance(one, Switch | Number) and not one.extended)
EXTENDED_ROOM_FIELDS = tuple(one.name for one in SETTINGS if one.extended)


def room_field_kwargs() -> dict[str, dict[str, Any]]:
    """Return the `extra_kwargs` of these fields; a limit is at least 1, as on the page."""
    found: dict[str, dict[str, Any]] = {}
    for name in (*ROOM_FIELDS, *EXTENDED_ROOM_FIELDS):
        setting = FIELD_BY_NAME[name]
        found[name] = {"write_only": True}
        if isinstance(setting, Number) and setting.optional:
            found[name]["min_value"] = setting.minimum
        if setting.extended:
            found[name]["label"] = None  # the schema gives these no title
    return found


def setting_field(setting: LessonField) -> serializers.Field[Any, Any, Any, Any]:
    """Return the write-only field of a setting of the lessons of a course."""
    options: dict[str, Any] = {"write_only": True, "required": False}
    if isinstance(setting, RecordTypes):
        return serializers.ListField(child=serializers.ChoiceField(choices=RecordType.choices), **options)
    if not isinstance(setting, Number):
        return serializers.BooleanField(**options)
    if setting.optional:
        options["allow_null"] = True
    return serializers.IntegerField(min_value=setting.minimum, max_value=setting.maximum, **options)


class PasswordField(serializers.CharField):
    """Write-only; an empty value removes the password."""

    def __init__(self, **kwargs: Any) -> None:
        options: dict[str, Any] = {"write_only": True, "required": False, "allow_blank": True}
        options["trim_whitespace"] = False
        super().__init__(**options, min_length=SHORTEST, max_length=LONGEST, **kwargs)


class RoomSettingsMixin(serializers.Serializer[Any]):
    """Settings and password of the lessons of a course."""

    def get_fields(self) -> dict[str, Any]:
        settings = {setting.name: setting_field(setting) for setting in SETTINGS}
        return {**super().get_fields(), **settings, "password": PasswordField()}


def pop_settings(fields: dict[str, Any]) -> dict[str, Any]:
    """Remove the settings from the validated fields and return them.

    As on the page, a lesson that is not recorded in the cloud is recorded on the teacher's computer.
    """
    settings = {name: fields.pop(name) for name in SETTING_NAMES if name in fields}
    if "record_types" in settings:
        settings["record_types"] = sorted(set(settings["record_types"])) or [RecordType.LOCAL]
    return settings
