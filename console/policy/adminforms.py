"""Forms of the Django admin that say at the field what a service would refuse."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import ModelForm


class ServiceForm(ModelForm):  # type: ignore[type-arg]
    """A form whose row knows its school before it is checked, so that "taken in your school" is said here.

    The admin sets `school` on the class that it makes for a request; `examine` raises ValidationError
    for what only the service's rules know.
    """

    school: Any = None

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"enterprise"}

    def _post_clean(self) -> None:
        if self.instance.pk is None and self.school is not None:
            self.instance.enterprise = self.school
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                self.examine()
            except ValidationError as error:
                self.add_error(None, self._at_known_fields(error))

    def examine(self) -> None:
        """Ask the rules of the service about `self.instance`."""

    def _at_known_fields(self, error: ValidationError) -> Any:
        """Errors at their fields; those of fields that the form does not show are said on top."""
        if not hasattr(error, "error_dict"):
            return error
        told: dict[str, Any] = {}
        for name, errors in error.error_dict.items():
            told.setdefault(name if name in self.fields else "__all__", []).extend(errors)
        return told
