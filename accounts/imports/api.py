"""REST import of people: one call compares the file and, without `dry_run`, applies it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.exceptions import APIException

from accounts.imports.columns import ImportOptions
from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.imports.services import find_import_conflicts
from accounts.models import PeopleImport, PeopleImportRow, User
from accounts.models.roles import GIVEN, Role
from console.imports.import_type import ImportOutdated
from console.imports.services import apply_import, check_import
from console.imports.uploads import create_import

Outcome = PeopleImportRow.Outcome


class ImportConflict(APIException):
    """409 with a message."""

    status_code = status.HTTP_409_CONFLICT


class ImportRequestSerializer(serializers.Serializer[Any]):
    """The file and its options. `dry_run` is also accepted in the query string; `conflict_reason` allows
    schedule conflicts."""

    file = serializers.FileField()
    dry_run = serializers.BooleanField(default=False)
    role = serializers.ChoiceField(GIVEN, default=Role.STUDENT)
    create_groups = serializers.BooleanField(default=True)
    leave_groups = serializers.BooleanField(default=False)
    clear_empty = serializers.BooleanField(default=False)
    conflict_reason = serializers.CharField(default="", allow_blank=True, max_length=300)


class RefusedRowSerializer(serializers.Serializer[Any]):
    """`column` is the field that the column fills, `reason` a message."""

    row = serializers.IntegerField()
    column = serializers.CharField()
    value = serializers.CharField()
    reason = serializers.CharField()


class ConflictSerializer(serializers.Serializer[Any]):
    """A conflict in the lesson `into`: the user ID `who` already has another `lesson` at that time.

    `who` is empty and `lesson` null if the lesson would exceed its capacity.
    """

    date = serializers.DateField()
    kind = serializers.CharField()
    who = serializers.CharField(allow_blank=True)
    lesson = serializers.IntegerField(allow_null=True)
    into = serializers.IntegerField()


class ImportResultSerializer(serializers.Serializer[Any]):
    """`job` is the ID of the job that tracks the push to iclass; null if nothing was applied."""

    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = RefusedRowSerializer(many=True)
    conflicts = ConflictSerializer(many=True)
    job = serializers.IntegerField(allow_null=True)


def import_people(data: dict[str, Any], by: User) -> dict[str, Any]:
    """Compare a file with the school and, unless it is a dry run, apply it.

    Raise ValidationError for `file`, and GroupChangeRefused for schedule conflicts without a
    `conflict_reason`.
    """
    dry_run, file, reason = data.pop("dry_run"), data.pop("file"), data.pop("conflict_reason")
    with transaction.atomic():
        source = _compare_file(file, by, ImportOptions(**data))
        conflicts = find_import_conflicts(source)
        if not dry_run and (source.counts[Outcome.ADDED] or source.counts[Outcome.CHANGED]):
            source = _apply_import(source, by, reason)
        result = import_result(source) | {"conflicts": [conflict.data for conflict in conflicts]}
        if source.state != PeopleImport.State.APPLIED:
            source.delete()  # the history lists only applied imports
    return result


def _apply_import(source: PeopleImport, by: User, reason: str) -> PeopleImport:
    """Raise ImportConflict if the same people or groups changed since the comparison."""
    try:
        applied: PeopleImport = apply_import(PEOPLE_IMPORT, source=source, by=by, reason=reason)
    except ImportOutdated:
        raise ImportConflict(
            _("The school's data changed in the meantime, so nothing was imported. Upload the file again.")
        ) from None
    return applied


def _compare_file(file: Any, by: User, options: ImportOptions) -> PeopleImport:
    try:
        source: PeopleImport = create_import(
            PEOPLE_IMPORT, file=file, filename=file.name, by=by, options=options.to_dict()
        )
    except ValidationError as error:
        raise ValidationError({"file": error}) from None
    if "user_id" not in source.columns:
        message = _("There is no column for the user ID. Name its heading “user_id”.")
        raise ValidationError({"file": message})
    check_import(PEOPLE_IMPORT, source)
    return source


def import_result(source: PeopleImport) -> dict[str, Any]:
    """Return the number of rows by outcome, and every refused row with its reason."""
    refused = source.lines.filter(outcome=Outcome.REFUSED).defer("cells").order_by("number")
    return {
        **{name: source.counts[name] for name in (Outcome.ADDED, Outcome.CHANGED, Outcome.UNCHANGED)},
        "refused": [
            {"row": row.number, "column": row.column, "value": row.value, "reason": row.refusal_message}
            for row in refused
        ],
        "job": source.job_id,
    }
