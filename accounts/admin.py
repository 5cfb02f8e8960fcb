"""Schools, people and groups in the Django admin, through the same services as the pages."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.adminforms import GroupForm, PersonForm, SchoolForm
from accounts.models import Enterprise, StudentGroup, User
from accounts.roles import REGISTRABLE, Role
from accounts.sign_in import tokens
from accounts.sign_in.proof import fresh_proof_required
from console.outbox.mirroredadmin import AT_THE_SERVICE, MirroredAdmin
from console.policy.admin import SchoolAdmin
from console.policy.models import ApiToken

# What django-allauth brings is no table of a school: people see their own part of it on pages of ours.
for model in (EmailAddress, Authenticator, SocialApp, SocialAccount, SocialToken, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(Enterprise)
class EnterpriseAdmin(MirroredAdmin):
    """Schools. An operator adds and changes them, a superadmin changes the own one; nobody deletes one."""

    resource = "school"
    form = SchoolForm
    list_display = ("name", "sdkappid", "zone", "sync_state", "observed_at")
    acts = {"pull": (_("Pull from the service"), services.pull_school)}
    told = ("busi_type", "super_admin", "icon", "bizid", "create_time", "valid_seconds")
    readonly_fields = (*AT_THE_SERVICE, *told)
    contact = ("contact_user", "phone_no", "e_mail", "call_back_url")
    ai = ("appid", "project_id", "secret_id", "secret_key")
    fieldsets = (
        (None, {"fields": ("name", "sdkappid", "tic_key", "zone")}),
        (_("Contact"), {"fields": contact}),
        (_("AI features"), {"fields": ai}),
        (_("Attendance"), {"fields": ("late_after_s", "early_leave_s", "present_share")}),
        (_("Service"), {"fields": ("later_fields",)}),
        (_("At the service"), {"fields": readonly_fields}),
    )

    @method_decorator(fresh_proof_required)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Keys and the callback address stand on this form: it wants a fresh proof of who changes them."""
        return super().changeform_view(request, *args, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "sdkappid") if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new school is its name, number and key; the rest is pulled from the service."""
        if obj is None:
            return ((None, {"fields": ("name", "sdkappid", "tic_key")}),)
        if self.has_change_permission(request, obj):
            return (*self.fieldsets, (_("Emptied fields"), {"fields": ("clear",)}))
        # To a reader, a secret is nothing but three stars.
        return tuple(
            (title, {"fields": [name for name in part["fields"] if name not in ("tic_key", "secret_key")]})
            for title, part in self.fieldsets
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def service_save(
        self, request: HttpRequest, obj: Enterprise, form: "ModelForm[Any]", change: bool
    ) -> None:
        by: Any = request.user
        if not change:
            key = form.cleaned_data["tic_key"].reveal()
            obj.pk = services.add_school(sdkappid=obj.sdkappid, tic_key=key, name=obj.name, by=by).pk
            return
        fields = {name: form.cleaned_data[name] for name in form.changed_data if name != "clear"}
        school = Enterprise.objects.get(pk=obj.pk)
        services.edit_school(school=school, by=by, clear=form.cleaned_data["clear"], **fields)


@admin.register(User)
class UserAdmin(MirroredAdmin):
    """People. There is no delete: the service keeps everybody, so people are deactivated."""

    resource = "person"
    form = PersonForm
    list_display = ("nickname", "user_id", "role", "is_active", "sync_state")
    list_filter = ("role", "sync_state", "is_active")
    search_fields = ("nickname", "user_id")
    acts = {
        "new_token": (_("Give a new entry token"), services.new_token),
        "pull": (_("Pull from the service"), services.pull_person),
        "push": (_("Send to the service"), services.push_person),
    }
    readonly_fields = ("is_active", "regist_time", "update_time", *AT_THE_SERVICE)
    fields = ("user_id", *services.PERSON_FIELDS, *readonly_fields)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Contacts stand only on the form of those who may change them."""
        if obj is None or self.has_change_permission(request, obj):
            return self.fields
        return tuple(name for name in self.fields if name not in services.CONTACTS)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The user id is chosen once, and a role that nobody can be given stays."""
        if obj is None:
            return self.readonly_fields
        fixed = ("user_id",) if obj.role in REGISTRABLE else ("user_id", "role")
        return (*self.readonly_fields, *fixed)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody below a superadmin changes one."""
        above = obj is not None and obj.role == Role.SUPERADMIN
        if above and getattr(request.user, "role", "") != Role.SUPERADMIN:
            return False
        return super().has_change_permission(request, obj)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """The form shows phone and e-mail in whole, so opening it is on record like any reveal."""
        person = context["original"]
        names = [name for name in services.CONTACTS if person and getattr(person, name)]
        if names and request.method == "GET" and self.has_change_permission(request, person):
            by: Any = request.user
            services.note_reveal(person=person, by=by, names=names)
        return super().render_change_form(request, context, *args, **kwargs)

    def service_save(self, request: HttpRequest, obj: User, form: "ModelForm[Any]", change: bool) -> None:
        by: Any = request.user
        if change:
            fields = {name: form.cleaned_data[name] for name in form.changed_data}
            services.edit_person(person=User.objects.get(pk=obj.pk), by=by, **fields)
            return
        obj.pk = services.register_person(enterprise=by.enterprise, by=by, **form.cleaned_data).pk


@admin.register(StudentGroup)
class StudentGroupAdmin(SchoolAdmin):
    resource = "group"
    list_display = ("name", "teacher", "archived_at")
    search_fields = ("name",)
    form = GroupForm
    readonly_fields = ("archived_at",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An archived group is read until it is restored."""
        return (obj is None or not obj.is_archived) and super().has_change_permission(request, obj)

    def service_save(
        self, request: HttpRequest, obj: StudentGroup, form: "ModelForm[Any]", change: bool
    ) -> None:
        by: Any = request.user
        told = form.cleaned_data
        services.save_group(
            group=obj, students=told["students"], by=by, conflict_reason=told["conflict_reason"]
        )

    def service_delete(self, request: HttpRequest, obj: StudentGroup) -> None:
        by: Any = request.user
        services.delete_group(group=obj, by=by)


@admin.register(ApiToken)
class ApiTokenAdmin(SchoolAdmin):
    """The reader's own tokens: to be seen and withdrawn. New ones come from the page *REST tokens*."""

    resource = "token"
    list_display = ("name", "user", "created_at", "last_used_at", "expires_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def service_delete(self, request: HttpRequest, obj: Any) -> None:
        tokens.withdraw(token=obj, by=request.user)  # type: ignore[arg-type]
