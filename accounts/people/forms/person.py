"""Forms of people."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, Guardian, User
from accounts.models.phone_number import validate_phone_number
from accounts.models.roles import REGISTRABLE
from accounts.people import avatars, services
from accounts.people.uploaded_images import UploadedImage
from accounts.sign_in.forms.security import ask_about_passkeys
from accounts.sign_in.services import change_password
from console.concurrency import service
from console.policy.edit_forms import OptimisticLockMixin


class PersonForm(OptimisticLockMixin, forms.ModelForm):
    """Add a person to `school`, or change `instance`. `save_by(by)` saves through the service."""

    fields: dict[str, Any]
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=_(
            "A jpg or png smaller than 100 KB, 400 × 400 pixels. Anyone with the picture's link can see it."
        ),
    )
    avatar = forms.URLField(
        label=_("Picture address"),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
        help_text=_(
            "Instead of a file, enter a link to a jpg or png that starts with https://. Its "
            "size is not checked. If empty, iclass chooses a picture."
        ),
    )
    password = forms.CharField(
        label=_("Console password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("A password is required to sign in to the console, but not to enter a lesson."),
    )
    no_sign_in = forms.BooleanField(
        label=_("Remove the password, so that this person can no longer sign in to the console"),
        required=False,
    )

    keep_passkeys = forms.BooleanField(label=_("Keep the passkeys"), required=False)

    class Meta:
        model = User
        fields = ("user_id", "nickname", "role", "gender", "phone_no", "e_mail", "avatar")
        help_texts = {
            "user_id": _(
                "1 to 32 letters, digits, dots, hyphens or underscores. It cannot be changed later."
            ),
        }
        widgets = {
            "user_id": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "phone_no": forms.TextInput(attrs={"inputmode": "tel"}),
        }
        error_messages = {"nickname": {"required": _("Enter the person's name.")}}

    def __init__(self, *args: Any, school: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.enterprise = school
        roles = [(role.value, role.label) for role in REGISTRABLE]
        self.fields["role"].choices = [("", _("Choose a role")), *roles]
        self.fields["user_id"].required = self.fields["role"].required = True
        self.fields["gender"].choices = [("", _("not specified")), *User.Gender.choices]
        if self.instance.pk:
            self._prepare_change()
        else:
            del self.fields["no_sign_in"]
        text = gettext(
            "A new password, or none, ends the passkeys of this person, unless you tick this: %(names)s."
        )
        ask_about_passkeys(self, self.instance, text)

    def _prepare_change(self) -> None:
        """Remove the user ID, which cannot change, and a role that cannot be assigned."""
        del self.fields["user_id"]
        if self.instance.role not in REGISTRABLE:
            del self.fields["role"]
        elif Guardian.objects.filter(person=self.instance).exists():
            self.fields["role"].help_text = _("With another role the guardians of this student are deleted.")
        self.fields["password"].label = _("New console password")
        if not self.instance.has_usable_password():
            del self.fields["no_sign_in"]

    def clean_user_id(self) -> str:
        user_id: str = self.cleaned_data["user_id"]
        if User.objects.filter(enterprise=self.instance.enterprise, user_id=user_id).exists():
            raise ValidationError(services.USER_ID_TAKEN, "taken")
        return user_id

    def clean_phone_no(self) -> str:
        """Check the number only if it changed: an invalid remote number must not block the form."""
        phone: str = self.cleaned_data["phone_no"]
        if phone and "phone_no" in self.changed_data:
            validate_phone_number(phone)
        return phone

    def clean_picture(self) -> UploadedImage | None:
        """Return the validated file."""
        file = self.cleaned_data["picture"]
        if not file:
            return None
        avatars.check_avatar_size(file.size)
        return avatars.validate_avatar(file.read())

    def clean_avatar(self) -> str:
        address: str = self.cleaned_data["avatar"]
        if address and "avatar" in self.changed_data:
            avatars.check_avatar_url(address)
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("no_sign_in"):
            self.add_error("no_sign_in", _("Either set a new password or remove it, not both."))
        if data.get("picture") and data.get("avatar") and "avatar" in self.changed_data:
            self.add_error("avatar", _("Choose either a file or a link, not both."))
        return data

    def _post_clean(self) -> None:
        """Validate the password against the person's data, which `construct_instance` has set by now."""
        form: Any = super()
        form._post_clean()
        if password := self.cleaned_data.get("password"):
            try:
                validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("password", error)

    def save_by(self, by: User) -> User | None:
        """Save the person and return it, or None if the service raised a ValidationError."""
        try:
            return self._change(by) if self.instance.pk else self._register(by)
        except ValidationError as error:
            self.refuse(error)
            return None

    def _register(self, by: User) -> User:
        return services.register_person(enterprise=self.instance.enterprise, by=by, **self.cleaned_data)

    @service
    def _change(self, by: User) -> User:
        data = dict(self.cleaned_data)
        password, no_sign_in = data.pop("password"), data.pop("no_sign_in", False)
        keep = data.pop("keep_passkeys", False)
        person = services.edit_person(person=self.instance, by=by, seen=self.seen, **data)
        if password or no_sign_in:
            person = change_password(person=person, password=password, by=by, keep_passkeys=keep)
        return person

    def unmasked_contacts(self) -> list[str]:
        """Return the contacts that this form shows unmasked."""
        return [name for name in services.CONTACTS if self.initial.get(name)] if self.instance.pk else []


class AuditReasonForm(forms.Form):
    """The reason of an action, for the audit log."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It is recorded with your name and the time."),
        error_messages={"required": _("Enter a reason. It is recorded with your name.")},
    )


class EraseForm(forms.Form):
    """Second step of an erasure: the typed user ID, and the reason from the first step."""

    reason = forms.CharField(max_length=200, widget=forms.HiddenInput)
    user_id = forms.CharField(
        label=_("User ID"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Enter the user ID of the person whose data you want to erase."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_user_id(self) -> str:
        if self.cleaned_data["user_id"] != self.person.user_id:
            raise ValidationError(_("This is not the person's user ID. Nothing was erased."), "other")
        return self.person.user_id
