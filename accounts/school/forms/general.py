"""Forms of the name, time zone, contacts and logo of a school, and of a new school."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, User
from accounts.models.phone_number import validate_phone_number
from accounts.people.uploaded_images import UploadedImage
from accounts.school import logos
from accounts.school.forms.base import SchoolForm
from console.inputs.forms import BoundedDateField
from console.ui.template_tags import zone_name
from console.vault.forms import SecretField


@cache
def _zone_names() -> list[str]:
    return sorted(name for name in available_timezones() if "/" in name)


def time_zone_choices() -> list[tuple[str, str]]:
    """Return the time zones that are named after a place."""
    return [(name, zone_name(name).replace("_", " ")) for name in _zone_names()]


class GeneralForm(SchoolForm):
    fields: dict[str, Any]
    zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Times in your school's pages, files and notifications use this time zone."),
    )

    class Meta:
        model = Enterprise
        fields = ("name", "contact_user", "phone_no", "e_mail")
        labels = {"name": _("School name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = time_zone_choices()
        self.initial.setdefault("zone", self.instance.zone)

    def clean_phone_no(self) -> str:
        """Check the number only if it changed: iclass accepts any text."""
        phone: str = self.cleaned_data["phone_no"]
        if phone and "phone_no" in self.changed_data:
            validate_phone_number(phone)
        return phone


class LessonDefaultsForm(SchoolForm):
    class Meta:
        model = Enterprise
        fields = ("default_recording",)
        help_texts = {
            "default_recording": _(
                "The form of a new lesson or course begins with it. It can be changed there."
            ),
        }


class LicenceForm(SchoolForm):
    """What the licence includes, which the API does not say. Without a first day there is no forecast."""

    minutes_since = BoundedDateField(label=_("Counted from"), required=False)

    class Meta:
        model = Enterprise
        fields = ("included_minutes", "minutes_since")
        labels = {"included_minutes": _("Included participant minutes")}
        help_texts = {
            "included_minutes": _("See your contract with iclass. Leave it empty if there is no limit."),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("included_minutes") and not data.get("minutes_since") and not self.errors:
            self.add_error("minutes_since", gettext("Enter the day from which the minutes are counted."))
        since = data.get("minutes_since")
        if since and since > timezone.localdate():
            self.add_error(
                "minutes_since", gettext("This day is yet to come. Enter today or an earlier day.")
            )
        return data


class LogoForm(forms.Form):
    """Upload or removal of the school's logo."""

    def __init__(self, *args: Any, instance: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = instance
        self.fields["picture"] = forms.FileField(
            label=gettext("Logo"),
            required=False,
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
            help_text=gettext(
                "A jpg or png of at most %(most)d KB, with sides of %(least)d to %(longest)d pixels."
            )
            % {"most": logos.MAX_BYTES // 1000, "least": logos.SIDE_RANGE[0], "longest": logos.SIDE_RANGE[1]},
        )
        if instance.logo:
            self.fields["remove"] = forms.BooleanField(label=gettext("Use no logo"), required=False)

    def clean_picture(self) -> UploadedImage | None:
        """Return the validated file."""
        file = self.cleaned_data["picture"]
        if not file:
            return None
        logos.check_logo_size(file.size)
        return logos.validate_logo(file.read())

    def save_by(self, by: User) -> bool:
        """Save and return True: `clean` has reported every error."""
        if self.cleaned_data["picture"]:
            logos.set_logo(school=self.school, picture=self.cleaned_data["picture"], by=by)
        elif self.cleaned_data.get("remove"):
            logos.delete_logo(school=self.school, by=by)
        return True


class NewSchoolForm(forms.Form):
    """A new school; its other data is pulled from the API."""

    name = forms.CharField(label=_("School name"), max_length=120)
    sdkappid = forms.IntegerField(
        label=_("School's number (SDKAppID)"),
        min_value=1,
        max_value=2**53,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("The number of ten digits that iclass sends with the API key of the school."),
    )
    tic_key = SecretField(
        label=_("API key"),
        max_length=200,
        help_text=_("The key of the school, which iclass calls tic_key and sends with its number."),
    )

    def clean_sdkappid(self) -> int:
        number: int = self.cleaned_data["sdkappid"]
        if Enterprise.objects.filter(sdkappid=number).exists():
            raise ValidationError(gettext("A school with this number (SDKAppID) already exists."))
        return number
