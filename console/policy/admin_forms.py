"""Admin forms that show the errors of a service at the field."""

from typing import Any

from django.contrib.admin.widgets import FilteredSelectMultiple
from django.core.exceptions import ValidationError
from django.forms import CharField, Field, ModelForm
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.concurrency import Conflict
from console.policy.edit_forms import OptimisticLockMixin
from console.policy.masking import mask


class MaskedField(CharField):
    """A field whose stored value is shown masked; the mask, when it comes back, stands for that value.

    `field` validates a new value, `posted` is the mask that the page showed, which differs from the present
    one where somebody changed the value meanwhile. A value with asterisks that is neither is refused: it is a
    mask that was edited.
    """

    def __init__(self, field: Field, stored: str, posted: str | None) -> None:
        hint = _("Only a part is shown. Leave it as it is to keep it, or enter a new value.")
        super().__init__(
            label=field.label,
            required=field.required,
            widget=field.widget,
            help_text=hint,
            show_hidden_initial=True,
        )
        self.field, self.stored, self.shown, self.posted = field, stored, mask(stored), posted

    def clean(self, value: Any) -> Any:
        if value and value in (self.shown, self.posted):
            return self.stored
        if "*" in str(value or ""):
            raise ValidationError(gettext("Enter the whole value; asterisks stand for hidden characters."))
        return self.field.clean(value)


class ServiceForm(OptimisticLockMixin, ModelForm):
    """A model form that sets the school before validation, so that uniqueness within it is checked here.

    The admin sets `school` and `masked_fields` on the form class of a request, and `conflict` after the
    service has refused the same form. `examine` raises ValidationError for rules that only the service knows.
    """

    school: Any = None
    conflict: Conflict | None = None
    masked_fields: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.masked_fields & self.fields.keys():
            stored, posted = getattr(self.instance, name), self.data.get(self.add_initial_prefix(name))
            if stored or posted:
                self.fields[name] = masked = MaskedField(self.fields[name], stored, posted)
                self.initial[name] = masked.shown

    def _get_validation_exclusions(self) -> set[str]:
        form: Any = super()
        excluded: set[str] = form._get_validation_exclusions()
        return excluded - {"enterprise"}

    def _post_clean(self) -> None:
        if self.instance.pk is None and self.school is not None:
            self.instance.enterprise = self.school
        form: Any = super()
        form._post_clean()
        if not self.errors:
            try:
                self.examine()
            except ValidationError as error:
                self.add_error(None, self._errors_at_form_fields(error))
        if self.conflict is not None:
            self.refuse(self.conflict)

    def examine(self) -> None:
        """Validate `self.instance` by the rules of the service."""

    def _errors_at_form_fields(self, error: ValidationError) -> Any:
        """Return errors by form field; those of fields that the form does not show become form errors."""
        if not hasattr(error, "error_dict"):
            return error
        errors_by_field: dict[str, Any] = {}
        for name, errors in error.error_dict.items():
            errors_by_field.setdefault(name if name in self.fields else "__all__", []).extend(errors)
        return errors_by_field


class SearchableMultipleSelect(FilteredSelectMultiple):
    """Two lists side by side with a search, for fields that the form declares itself.

    The admin's script puts the lists first in the element that holds the field. It has to be one of its own,
    as the admin gives to relations of the model; otherwise the lists come to stand before their label.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        field = super().render(name, value, attrs, renderer)
        return format_html('<div class="related-widget-wrapper">{}</div>', field)
