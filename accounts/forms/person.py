"""A person: what the school says of them, and whether they may sign in here."""

import re
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import avatars, services
from accounts.models import Enterprise, User
from accounts.roles import REGISTRABLE

PHONE = re.compile(r"[0-9+() -]{3,30}", re.ASCII)


class PersonForm(forms.ModelForm):
    """Add a person to `school`, or change `instance`. `save_by(by)` saves through the service."""

    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=_("A jpg or png below 100 KB, 400 × 400 points. Whoever has its address can see it."),
    )
    avatar = forms.URLField(
        label=_("Picture address"),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
        help_text=_(
            "In place of a file: begins with https:// and leads to a jpg or png. Its size is not checked. "
            "Empty, iclass chooses a picture."
        ),
    )
    password = forms.CharField(
        label=_("Password for this console"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Only people with a password can sign in here. Entering a lesson needs none."),
    )
    no_sign_in = forms.BooleanField(
        label=_("Take the password away, so that this person cannot sign in here"), required=False
    )

    class Meta:
        model = User
        fields = ("user_id", "nickname", "role", "gender", "phone_no", "e_mail", "avatar")
        help_texts = {
            "user_id": _(
                "1 to 32 letters, digits, dots, hyphens or underscores. It can never be changed later."
            ),
        }
        widgets = {
            "user_id": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "phone_no": forms.TextInput(attrs={"inputmode": "tel"}),
        }
        error_messages = {"nickname": {"required": _("Write the person's name.")}}

    def __init__(self, *args: Any, school: Enterprise, **more: Any) -> None:
        super().__init__(*args, **more)
        self.instance.enterprise = school
        roles = [(role.value, role.label) for role in REGISTRABLE]
        self.fields["role"].choices = [("", _("Choose a role")), *roles]
        self.fields["user_id"].required = self.fields["role"].required = True
        self.fields["gender"].choices = [("", _("not said")), *User.Gender.choices]
        if self.instance.pk:
            self._for_change()
        else:
            del self.fields["no_sign_in"]

    def _for_change(self) -> None:
        """The user id is chosen once; a role that nobody can be given here stays as it is."""
        del self.fields["user_id"]
        if self.instance.role not in REGISTRABLE:
            del self.fields["role"]
        self.fields["password"].label = _("New password for this console")
        if not self.instance.has_usable_password():
            del self.fields["no_sign_in"]

    def clean_user_id(self) -> str:
        user_id: str = self.cleaned_data["user_id"]
        if User.objects.filter(enterprise=self.instance.enterprise, user_id=user_id).exists():
            raise ValidationError(services.TAKEN, "taken")
        return user_id

    def clean_phone_no(self) -> str:
        """Only what was typed now is checked: an odd number of the service must not lock the form."""
        phone: str = self.cleaned_data["phone_no"]
        if phone and "phone_no" in self.changed_data and not PHONE.fullmatch(phone):
            raise ValidationError(_("Write the phone number with digits, spaces, + and - only."), "phone")
        return phone

    def clean_picture(self) -> bytes:
        """The bytes of the file, where it keeps the rule for pictures."""
        file = self.cleaned_data["picture"]
        if not file:
            return b""
        avatars.check_size(file.size)
        return avatars.checked(file.read()).content

    def clean_avatar(self) -> str:
        address: str = self.cleaned_data["avatar"]
        if address and "avatar" in self.changed_data:
            avatars.check_address(address)
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("password") and data.get("no_sign_in"):
            self.add_error("no_sign_in", _("Either set a new password or take it away, not both."))
        if data.get("picture") and data.get("avatar") and "avatar" in self.changed_data:
            self.add_error("avatar", _("Either a file or an address, not both."))
        return data

    def _post_clean(self) -> None:
        """The password is compared with the person's own data, which only now stand on the instance."""
        super()._post_clean()
        if password := self.cleaned_data.get("password"):
            try:
                validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("password", error)

    def save_by(self, by: User) -> User | None:
        """The person, saved and on the way to the service; None where the service of ours refused."""
        try:
            return self._change(by) if self.instance.pk else self._register(by)
        except ValidationError as error:
            at_fields = set(getattr(error, "error_dict", {"": None})) <= set(self.fields)
            self.add_error(None, error if at_fields else " ".join(error.messages))
            return None

    def _register(self, by: User) -> User:
        return services.register_person(enterprise=self.instance.enterprise, by=by, **self.cleaned_data)

    @transaction.atomic
    def _change(self, by: User) -> User:
        data = dict(self.cleaned_data)
        password, no_sign_in = data.pop("password"), data.pop("no_sign_in", False)
        person = services.edit_person(person=self.instance, by=by, **data)
        if password or no_sign_in:
            services.change_password(person=person, password=password, by=by)
        return person

    def shown_whole(self) -> list[str]:
        """The contacts that this form shows and a list would mask."""
        return [name for name in services.CONTACTS if self.initial.get(name)] if self.instance.pk else []


class ReasonForm(forms.Form):
    """Why something is done that others may ask about later."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It is kept with your name and the time."),
        error_messages={"required": _("Write why: it is kept with your name.")},
    )


class EraseForm(forms.Form):
    """The second step of erasing: the user id, typed, and the reason of the first step."""

    reason = forms.CharField(max_length=200, widget=forms.HiddenInput)
    user_id = forms.CharField(
        label=_("User id"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Type the user id of the person whose data you erase."),
    )

    def __init__(self, *args: Any, person: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.person = person

    def clean_user_id(self) -> str:
        if self.cleaned_data["user_id"] != self.person.user_id:
            raise ValidationError(_("This is not the user id of this person. Nothing was erased."), "other")
        return self.person.user_id
