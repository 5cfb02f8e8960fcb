"""Form of the retention periods."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext

from accounts.models import Enterprise
from accounts.school import retention
from accounts.school.forms.base import SchoolForm


class RetentionForm(SchoolForm):
    """Retention period of each category. The rows that would be cleared are counted and must be confirmed."""

    MAX_DAYS = 3650

    class Meta:
        model = Enterprise
        fields = (
            "keep_messages_days",
            "keep_evidence_days",
            "keep_samples_days",
            "keep_leave_files_days",
            "keep_export_files_days",
            "keep_recordings_days",
            "keep_notices_days",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, category in retention.CATEGORIES.items():
            self.fields[name] = forms.IntegerField(
                label=gettext("%(kind)s: retention in days") % {"kind": category.label},
                required=category.max_days is not None and self.add_prefix(name) in self.data,
                min_value=category.min_days,
                max_value=category.max_days or self.MAX_DAYS,
                help_text=self._help_text_for(category),
            )

    def _help_text_for(self, category: retention.RetentionCategory) -> str:
        params = {"what": category.description, "least": category.min_days, "most": category.max_days}
        if category.max_days:
            return gettext("%(what)s From %(least)d to %(most)d.") % params
        return gettext("%(what)s Leave empty to keep indefinitely. At least %(least)d.") % params

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in [
            name
            for name, category in retention.CATEGORIES.items()
            if category.max_days and data.get(name) is None
        ]:
            data[name] = getattr(self.instance, name)
        counts = self._rows_to_clear(data)
        if counts and not self.errors:
            label, error = self._confirmation_texts(counts)
            self.fields["confirm"] = forms.BooleanField(label=label, required=False)
            if not self.data.get(self.add_prefix("confirm")):
                self.add_error("confirm", error)
        return data

    def _confirmation_texts(self, counts: list[tuple[retention.RetentionCategory, int]]) -> tuple[str, str]:
        """Return the label of the confirmation, and the error if it is missing."""
        params = {"what": ", ".join(f"{category.label} ({count})" for category, count in counts)}
        if all(category.into_bin for category, _count in counts):
            return gettext("Move to the recycle bin: %(what)s") % params, gettext(
                "These items move to the recycle bin within an hour and can be restored for "
                "30 days. Tick to confirm, or keep them longer."
            )
        return gettext("Delete permanently: %(what)s") % params, gettext(
            "These items are deleted within an hour and cannot be restored. Tick to "
            "confirm, or keep them longer."
        )

    def _rows_to_clear(self, data: Mapping[str, Any]) -> list[tuple[retention.RetentionCategory, int]]:
        """Return the number of rows, by category, that the next run would clear because of this change."""
        changed = [category for name, category in retention.CATEGORIES.items() if name in self.changed_data]
        counts = [
            (category, retention.count_expired(self.instance, category, data.get(category.column)))
            for category in changed
        ]
        return [(category, count) for category, count in counts if count]
