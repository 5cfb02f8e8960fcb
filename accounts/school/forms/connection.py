"""Forms of what the school has at iclass: keys, AI features, H5, extended fields."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise
from accounts.school.forms.base import SchoolForm


class KeysForm(SchoolForm):
    class Meta:
        model = Enterprise
        fields = ("tic_key",)
        help_texts = {
            "tic_key": _(
                "iclass issues new keys; enter the new key here. Messages signed with the "
                "previous key are still accepted for a while."
            )
        }


class AiForm(SchoolForm):
    """Credentials of the AI features; 0 or empty if the school has none."""

    class Meta:
        model = Enterprise
        fields = ("appid", "project_id", "secret_id", "secret_key")
        help_texts = {
            "appid": _(
                "Find these four values in the console of the cloud account that pays for the AI features."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("appid", "project_id"):
            self.fields[name].required = False

    def clean_appid(self) -> int:
        return self.cleaned_data["appid"] or 0

    def clean_project_id(self) -> int:
        return self.cleaned_data["project_id"] or 0


class CoursewareSettingsForm(SchoolForm):
    class Meta:
        model = Enterprise
        fields = ("h5_white_listed",)
        labels = {"h5_white_listed": _("iclass has allowlisted our school for H5")}
        help_texts = {
            "h5_white_listed": _(
                "H5 is what iclass calls versions of slides that keep their animations. It "
                "creates them only for schools on its allowlist: ask your contact at iclass. "
                "Until then, iclass rejects files that request one."
            )
        }


class ExtendedFieldsForm(SchoolForm):
    class Meta:
        model = Enterprise
        fields = ("later_fields",)
        labels = {"later_fields": _("iclass supports the additional fields")}
        help_texts = {
            "later_fields": _(
                "A later version of iclass adds three fields to a lesson: assistant, "
                "password and capacity. Turn this on only once iclass confirms that your "
                "school's service supports them. Until then they are kept in the console "
                "and not sent. When turned on, they are sent for all upcoming lessons; when "
                "turned off, nothing more is sent and iclass keeps what it has."
            )
        }
