"""Edit forms with optimistic locking: the page carries the stored values, so no edit is overwritten unseen.

    class RoomForm(OptimisticLockMixin, forms.ModelForm):
        def save_by(self, by):
            try:
                return edit_room(room=self.instance, by=by, seen=self.seen, **self.cleaned_data)
            except ValidationError as error:
                self.refuse(error)

The template puts `partials/form_snapshot.html` into its <form> (`generic/form.html` does).
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.functional import cached_property

from console.concurrency import EditConflict, value_digest, value_digests

if TYPE_CHECKING:
    from django.forms.forms import BaseForm
else:
    BaseForm = object  # a mixin: the form class follows it among the bases

SEEN = "seen"
#: Maximum length of the hidden input, far above that of any form.
MAX_DIGESTS_LENGTH = 10_000


class OptimisticLockMixin(BaseForm):
    """Mixin for a form about a stored row, its `instance`. List it before the form class among the bases."""

    #: Form field by model column, where the names differ.
    field_of_column: ClassVar[Mapping[str, str]] = {}
    instance: Any

    def stored_values(self) -> dict[str, str]:
        """Return digests of the edited columns as read for this request; empty for a new row."""
        row = self.instance
        return value_digests(row, self._columns()) if row.pk else {}

    @cached_property
    def seen(self) -> dict[str, str]:
        """Digests shown to the editor, by column: as the page carried them, else as read for this request."""
        posted = parse_digests(self.data.get(self.seen_name)) if self.is_bound else {}
        return {name: posted.get(name, value) for name, value in self._stored.items()}

    @property
    def seen_name(self) -> str:
        """The name of the hidden input."""
        return str(self.add_prefix(SEEN))

    @property
    def seen_json(self) -> str:
        """The value of the hidden input. After a conflict it includes the reported values, so that saving
        again overwrites exactly those."""
        return json.dumps({**self.seen, **self._reported}) if self.seen else ""

    def full_clean(self) -> None:
        """Keep the stored values first: validation writes the submitted ones into the instance."""
        self._stored = self.stored_values()
        super().full_clean()

    def edited(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values (by column) that differ from those shown to the editor."""
        return {name: value for name, value in data.items() if value_digest(value) != self.seen.get(name)}

    def refuse(self, error: ValidationError) -> None:
        """Show the errors of the service at the fields of the form, and all others above it."""
        if isinstance(error, EditConflict):
            self._reported |= {name: value_digest(value) for name, value in error.fields.items()}
        by_field: Mapping[str, Any] = getattr(error, "error_dict", {NON_FIELD_ERRORS: [error]})
        for name, errors in by_field.items():
            field = self._field_of(name)
            self.add_error(field, errors)

    def _field_of(self, column: str) -> str | None:
        field = self.field_of_column.get(column, column)
        return field if field in self.fields else None

    def _columns(self) -> list[str]:
        return [*self.fields, *self.field_of_column]

    @cached_property
    def _stored(self) -> dict[str, str]:
        return self.stored_values()

    @cached_property
    def _reported(self) -> dict[str, str]:
        """Digests of the values that a conflict reported, by column."""
        return {}


def parse_digests(text: object, most: int = MAX_DIGESTS_LENGTH) -> dict[str, str]:
    """Return the digests of a hidden input of up to `most` characters; empty if missing or invalid."""
    try:
        digests = json.loads(text) if isinstance(text, str) and len(text) <= most else None
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(value) for name, value in digests.items()} if isinstance(digests, dict) else {}
