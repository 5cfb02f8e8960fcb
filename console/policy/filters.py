"""Filters of REST lists: django-filter, with bounds on dates and numbers."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms
from django.db import models
from django_filters.fields import IsoDateTimeField
from django_filters.filters import Filter, IsoDateTimeFilter
from django_filters.rest_framework import DjangoFilterBackend, FilterSet

from console.inputs.bounds import MAX_ID, validate_date_range

INTEGER_FIELDS = (
    *(models.SmallIntegerField, models.IntegerField, models.BigIntegerField),
    *(models.PositiveSmallIntegerField, models.PositiveIntegerField, models.PositiveBigIntegerField),
)


class FilterDateTimeField(IsoDateTimeField):
    """An ISO 8601 datetime. It is passed on in UTC: PostgreSQL rejects offsets of 16 hours and more."""

    def to_python(self, value: Any) -> datetime | None:
        moment: datetime | None = super().to_python(value)
        if moment is None:
            return None
        validate_date_range(moment)
        return moment.astimezone(UTC)


class BoundedDateTimeFilter(IsoDateTimeFilter):
    field_class = FilterDateTimeField


class BoundedIdFilter(Filter):
    """A filter by row ID."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"min_value": 0, "max_value": MAX_ID, **more})


class BoundedFilterSet(FilterSet):
    FILTER_DEFAULTS: ClassVar[Any] = {
        **FilterSet.FILTER_DEFAULTS,
        models.DateTimeField: {"filter_class": BoundedDateTimeFilter},
        **dict.fromkeys(INTEGER_FIELDS, {"filter_class": BoundedIdFilter}),
    }


class BoundedFilterBackend(DjangoFilterBackend):
    filterset_base = BoundedFilterSet
