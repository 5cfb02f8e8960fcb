"""Importing people over REST: one call, which compares and, without `dry_run`, applies."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.imports import applying, files, planning
from accounts.imports.columns import Options
from accounts.models import ImportRow, PeopleImport, User
from accounts.roles import GIVEN, Role

Outcome = ImportRow.Outcome


class ImportAsked(serializers.Serializer[Any]):
    """The file and the options; `dry_run` may stand in the address too. `conflict_reason` says why somebody
    may be planned twice."""

    file = serializers.FileField()
    dry_run = serializers.BooleanField(default=False)
    role = serializers.ChoiceField(GIVEN, default=Role.STUDENT)
    create_groups = serializers.BooleanField(default=True)
    leave_groups = serializers.BooleanField(default=False)
    clear_empty = serializers.BooleanField(default=False)
    conflict_reason = serializers.CharField(default="", allow_blank=True, max_length=300)


class RefusedRow(serializers.Serializer[Any]):
    """`column` is the field that the column fills, `reason` a sentence."""

    row = serializers.IntegerField()
    column = serializers.CharField()
    value = serializers.CharField()
    reason = serializers.CharField()


class ConflictSerializer(serializers.Serializer[Any]):
    """`who` (a user id) would come `into` a lesson although there is the other `lesson`; both are null or
    empty where too many would be in it."""

    date = serializers.DateField()
    kind = serializers.CharField()
    who = serializers.CharField(allow_blank=True)
    lesson = serializers.IntegerField(allow_null=True)
    into = serializers.IntegerField()


class ImportAnswer(serializers.Serializer[Any]):
    """`job` follows the people to the service; null where nothing was applied."""

    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = RefusedRow(many=True)
    conflicts = ConflictSerializer(many=True)
    job = serializers.IntegerField(allow_null=True)


def import_people(told: dict[str, Any], by: User) -> dict[str, Any]:
    """Compare a file with the school and, unless it is a dry run, apply it. ValidationError at `file`;
    Objected where somebody would be planned twice and no `conflict_reason` is given."""
    dry_run, file, reason = told.pop("dry_run"), told.pop("file"), told.pop("conflict_reason")
    with transaction.atomic():
        source = _checked(file, by, Options(**told))
        PeopleImport.objects.filter(pk=source.pk).update(conflict_reason=reason)
        found = applying.objections_to(source)
        if not dry_run and (source.counts[Outcome.ADDED] or source.counts[Outcome.CHANGED]):
            source = applying.apply(source=source, by=by)
        answer = answer_of(source) | {"conflicts": [one.data for one in found]}
        if source.state != PeopleImport.State.APPLIED:
            source.delete()  # what was not applied is no part of the history
    return answer


def _checked(file: Any, by: User, options: Options) -> PeopleImport:
    try:
        source = files.take_in(file=file, filename=file.name, by=by, options=options)
    except ValidationError as error:
        raise ValidationError({"file": error}) from None
    if "user_id" not in source.columns:
        said = _("No column has a heading that says user id. Name it “user_id”.")
        raise ValidationError({"file": said})
    planning.plan(source)
    return source


def answer_of(source: PeopleImport) -> dict[str, Any]:
    """Numbers of rows by outcome, and every refused one with its reason."""
    refused = source.lines.filter(outcome=Outcome.REFUSED).defer("cells").order_by("number")
    return {
        **{name: source.counts[name] for name in (Outcome.ADDED, Outcome.CHANGED, Outcome.UNCHANGED)},
        "refused": [
            {"row": row.number, "column": row.column, "value": row.value, "reason": row.why}
            for row in refused
        ],
        "job": source.job_id,
    }
