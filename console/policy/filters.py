"""How lists of REST are narrowed: as django-filter does it, but for moments that PostgreSQL does not take."""

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django_filters.fields import IsoDateTimeField
from django_filters.filters import IsoDateTimeFilter
from django_filters.rest_framework import DjangoFilterBackend, FilterSet


class MomentField(IsoDateTimeField):
    """An ISO 8601 moment; told to the database in UTC, for it knows no zone 16 hours and more away."""

    def to_python(self, value: Any) -> datetime | None:
        moment: datetime | None = super().to_python(value)
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError:  # before the year 1 or after 9999 there
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class MomentFilter(IsoDateTimeFilter):
    field_class = MomentField


class Narrowed(FilterSet):
    FILTER_DEFAULTS: Any = {
        **FilterSet.FILTER_DEFAULTS,
        models.DateTimeField: {"filter_class": MomentFilter},
    }


class Narrowing(DjangoFilterBackend):
    filterset_base = Narrowed
