"""The settings of a school, a form for each section of its page."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import logos, retention, rules, samples, services
from accounts.models import Enterprise, User
from console.vault.forms import SecretField


class SchoolForm(forms.ModelForm):
    """A section of the settings. `save_by(by)` saves it through the service."""

    def clean(self) -> dict[str, Any]:
        """Emptying what iclass keeps as well is an act of its own, with a box to tick."""
        data = super().clean()
        emptied = self._emptied(data)
        if emptied:
            labels = ", ".join(str(self.fields[name].label) for name in emptied)
            self.fields["clear"] = forms.BooleanField(
                label=gettext("Empty at iclass too: %(fields)s") % {"fields": labels}, required=False
            )
            if self.data.get(self.add_prefix("clear")):
                data["clear"] = emptied
            else:
                self.add_error("clear", gettext("Tick this to empty it at iclass too, or fill it in again."))
        return data

    def _emptied(self, data: Mapping[str, Any]) -> list[str]:
        """Fields that iclass holds a value of and that were left empty."""
        observed = self.instance.observed
        return [name for name in self.changed_data if not data.get(name, True) and observed.get(name)]

    def save_by(self, by: User) -> bool:
        """Whether it could be saved."""
        data = dict(self.cleaned_data)
        clear = data.pop("clear", ())
        data.pop("confirm", None)
        touched = {name: value for name, value in data.items() if name in self.changed_data}
        try:
            services.edit_school(school=self.instance, by=by, clear=clear, **self.stored(touched))
        except ValidationError as error:
            self.add_error(None, " ".join(error.messages))
            return False
        return True

    def stored(self, touched: dict[str, Any]) -> dict[str, Any]:
        """What was typed, in the units of the columns."""
        return touched


@cache
def zones() -> list[tuple[str, str]]:
    """Names of places, as people know them from their telephone."""
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name]


class GeneralForm(SchoolForm):
    zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("All times of the pages, files and messages of your school are told in it."),
    )

    class Meta:
        model = Enterprise
        fields = ("name", "contact_user", "phone_no", "e_mail")
        labels = {"name": _("Name of the school")}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["zone"].choices = zones()
        self.initial.setdefault("zone", self.instance.zone)


class KeysForm(SchoolForm):
    class Meta:
        model = Enterprise
        fields = ("tic_key",)
        help_texts = {
            "tic_key": _(
                "The vendor changes it; enter the new one here afterwards. "
                "Messages signed with the last one are still accepted."
            )
        }


class RulesForm(SchoolForm):
    """Minutes are typed, seconds are kept."""

    MINUTES = {"late_after_s": "late_after", "early_leave_s": "early_leave"}
    PAST = [
        ("keep", _("Keep them: the new rules hold from now on")),
        ("again", _("Change them: reckon the open registers of the last 30 days again")),
    ]
    #: Marks that are told one by one.
    TOLD = 30

    late_after = forms.FloatField(
        label=_("Late after (minutes)"),
        min_value=0,
        max_value=240,
        help_text=_("Counted from the planned start, or from when the teacher really began."),
    )
    early_leave = forms.FloatField(label=_("Left early (minutes before the end)"), min_value=0, max_value=240)

    class Meta:
        model = Enterprise
        fields = ("present_share",)
        help_texts = {
            "present_share": _("Who was there for a smaller part of the lesson counts as absent."),
        }

    field_order = ("late_after", "early_leave", "present_share")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for column, name in self.MINUTES.items():
            self.initial[name] = f"{getattr(self.instance, column) / 60:g}"

    def clean(self) -> dict[str, Any]:
        """Marks that the new rules would change are named before anything is saved."""
        data = super().clean()
        touched = {name: data[name] for name in self.changed_data if name in data}
        lines = rules.would_change(self.instance, self.stored(touched)) if touched and not self.errors else []
        if lines:
            self.fields["past"] = forms.ChoiceField(
                label=ngettext("%(n)d mark would change", "%(n)d marks would change", len(lines))
                % {"n": len(lines)},
                choices=self.PAST,
                widget=forms.RadioSelect,
                required=False,
                help_text="; ".join(lines[: self.TOLD]),
            )
            data["past"] = self.data.get(self.add_prefix("past"), "")
            if data["past"] not in dict(self.PAST):
                self.add_error("past", gettext("Choose whether lessons that are over follow the new rules."))
        return data

    def save_by(self, by: User) -> bool:
        again = self.cleaned_data.pop("past", "") == "again"
        if not super().save_by(by):
            return False
        if again:
            rules.follow(school=self.instance, by=by)
        return True

    def stored(self, touched: dict[str, Any]) -> dict[str, Any]:
        names = {name: column for column, name in self.MINUTES.items()}
        return {
            names.get(name, name): round(value * 60) if name in names else value
            for name, value in touched.items()
        }


class AiForm(SchoolForm):
    """What the service's AI features want; 0 and empty mean that the school has none."""

    class Meta:
        model = Enterprise
        fields = ("appid", "project_id", "secret_id", "secret_key")
        help_texts = {
            "appid": _("The four come from the console of the cloud account that pays for the AI features."),
        }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("appid", "project_id"):
            self.fields[name].required = False

    def clean_appid(self) -> int:
        return self.cleaned_data["appid"] or 0

    def clean_project_id(self) -> int:
        return self.cleaned_data["project_id"] or 0


class RetentionForm(SchoolForm):
    """Days for each kind of data. What would go is counted first, and has to be confirmed."""

    LONGEST_DAYS = 3650

    class Meta:
        model = Enterprise
        fields = (
            "keep_messages_days",
            "keep_evidence_days",
            "keep_samples_days",
            "keep_recordings_days",
            "keep_notices_days",
        )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, kind in retention.KINDS.items():
            self.fields[name] = forms.IntegerField(
                label=gettext("%(kind)s: days kept") % {"kind": kind.label},
                required=kind.most is not None and self.add_prefix(name) in self.data,
                min_value=kind.least,
                max_value=kind.most or self.LONGEST_DAYS,
                help_text=self._advice(kind),
            )

    def _advice(self, kind: retention.Kind) -> str:
        told = {"what": kind.what, "least": kind.least, "most": kind.most}
        if kind.most:
            return gettext("%(what)s From %(least)d to %(most)d.") % told
        return gettext("%(what)s Empty: kept for good. At least %(least)d.") % told

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in [name for name, kind in retention.KINDS.items() if kind.most and data.get(name) is None]:
            data[name] = getattr(self.instance, name)
        going = self._going(data)
        if going and not self.errors:
            label, said = self._asked(going)
            self.fields["confirm"] = forms.BooleanField(label=label, required=False)
            if not self.data.get(self.add_prefix("confirm")):
                self.add_error("confirm", said)
        return data

    def _asked(self, going: list[tuple[retention.Kind, int]]) -> tuple[str, str]:
        """The words of the box to tick, and what is said where it is not ticked."""
        told = {"what": ", ".join(f"{kind.label} ({count})" for kind, count in going)}
        if all(kind.into_bin for kind, _count in going):
            return gettext("Put into the bin: %(what)s") % told, gettext(
                "This goes into the bin within the hour and can be taken out of it for 30 days. "
                "Tick it, or keep it longer."
            )
        return gettext("Let go of it for good: %(what)s") % told, gettext(
            "This goes within the hour and cannot come back. Tick it, or keep it longer."
        )

    def _going(self, data: Mapping[str, Any]) -> list[tuple[retention.Kind, int]]:
        """What the next clearing would take because of this change, by kind."""
        changed = [kind for name, kind in retention.KINDS.items() if name in self.changed_data]
        counts = [(kind, retention.would_go(self.instance, kind, data.get(kind.column))) for kind in changed]
        return [(kind, count) for kind, count in counts if count]


class SamplesForm(forms.Form):
    """On or off, and why."""

    samples_on = forms.BooleanField(
        label=_("Keep engagement samples"),
        required=False,
        help_text=_(
            "Each look into a room notes whose camera, microphone and speaker were on, who was silenced and "
            "whose hand was up. When a register turns final the console keeps of each student in how many "
            "checks it was so, and shows it beside the mark, to the student too. It never counts for a mark. "
            "Tell students and parents before you turn it on. Turned off, all of it is deleted within the "
            "hour."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands on the page of the settings, with your name."),
    )

    def __init__(self, *args: Any, instance: Enterprise, **more: Any) -> None:
        super().__init__(*args, **more)
        self.school = instance
        self.initial.setdefault("samples_on", instance.samples_on)

    def save_by(self, by: User) -> bool:
        """True: whatever could be wrong was told before."""
        data = self.cleaned_data
        samples.set_samples(school=self.school, on=data["samples_on"], reason=data["reason"], by=by)
        return True


class CoursewareForm(SchoolForm):
    class Meta:
        model = Enterprise
        fields = ("h5_white_listed",)
        labels = {"h5_white_listed": _("The vendor has white-listed us for H5")}
        help_texts = {
            "h5_white_listed": _(
                "The vendor makes H5 versions of slides only for schools on its list: ask there first. "
                "Until then iclass refuses a file that asks for one."
            )
        }


class LaterFieldsForm(SchoolForm):
    class Meta:
        model = Enterprise
        fields = ("later_fields",)
        labels = {"later_fields": _("The service knows the later fields")}
        help_texts = {
            "later_fields": _(
                "A later revision of iclass knows three more fields of a lesson: its assistant, a password, "
                "and how many people fit in. Turn this on only when the vendor says that your service knows "
                "them. Until then they are kept here and never sent. Turned on, they are sent at once for "
                "all lessons to come; turned off again, nothing more is sent, and iclass keeps what it has."
            )
        }


class LogoForm(forms.Form):
    """The logo on our pages: a file, or a tick to go without one."""

    def __init__(self, *args: Any, instance: Enterprise, **more: Any) -> None:
        super().__init__(*args, **more)
        self.school = instance
        self.fields["picture"] = forms.FileField(
            label=gettext("Logo"),
            required=False,
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
            help_text=gettext(
                "A jpg or png of at most %(most)d KB, each side %(least)d to %(longest)d points."
            )
            % {"most": logos.MOST_BYTES // 1000, "least": logos.SIDES[0], "longest": logos.SIDES[1]},
        )
        if instance.logo:
            self.fields["remove"] = forms.BooleanField(label=gettext("Go without a logo"), required=False)

    def clean_picture(self) -> bytes:
        """The bytes of the file, where it keeps the rule for logos."""
        file = self.cleaned_data["picture"]
        if not file:
            return b""
        logos.check_size(file.size)
        content: bytes = file.read()
        logos.checked(content)
        return content

    def save_by(self, by: User) -> bool:
        """True: whatever could be wrong was told before."""
        if self.cleaned_data["picture"]:
            logos.set_logo(school=self.school, content=self.cleaned_data["picture"], by=by)
        elif self.cleaned_data.get("remove"):
            logos.drop_logo(school=self.school, by=by)
        return True


class NewSchoolForm(forms.Form):
    """What an operator has of a new school; the rest is pulled from the service."""

    name = forms.CharField(label=_("Name of the school"), max_length=120)
    sdkappid = forms.IntegerField(
        label="SDKAppID", min_value=1, max_value=2**53, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    tic_key = SecretField(
        label=_("API key"), max_length=200, help_text=_("The tic_key that the vendor gave the school.")
    )

    def clean_sdkappid(self) -> int:
        number: int = self.cleaned_data["sdkappid"]
        if Enterprise.objects.filter(sdkappid=number).exists():
            raise ValidationError(gettext("There is a school with this SDKAppID already."))
        return number


#: The sections of the settings that have a form, by the word in their address.
SECTIONS: dict[str, tuple[Any, type[SchoolForm] | type[LogoForm] | type[SamplesForm]]] = {
    "general": (_("General"), GeneralForm),
    "keys": (_("Keys"), KeysForm),
    "ai": (_("AI features"), AiForm),
    "courseware": (_("Courseware"), CoursewareForm),
    "service": (_("What the service knows"), LaterFieldsForm),
    "logo": (_("Logo"), LogoForm),
    "rules": (_("Rules of attendance"), RulesForm),
    "samples": (_("Engagement samples"), SamplesForm),
    "retention": (_("How long data are kept"), RetentionForm),
}
