"""Schools, people and groups in the Django admin. Changes go through the same services as the views."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise, StudentGroup, TeacherInCharge, User
from accounts.models.roles import REGISTRABLE, Role
from accounts.people import group_services, services
from accounts.people.admin_forms import GroupAdminForm, PersonAdminForm, SchoolAdminForm
from accounts.people.charges import with_present_charges
from accounts.school.services import add_school, edit_school, pull_school
from accounts.sign_in import api_tokens
from accounts.sign_in.reauthentication import reauthentication_required
from console.outbox.mirrored_admin import REMOTE_FIELDS, MirroredAdmin
from console.policy import may, scoped
from console.policy.admin import SchoolAdmin
from console.policy.masking import mask
from console.policy.models import ApiToken
from console.policy.switches import SWITCH_COLUMNS

# The models of django-allauth are not scoped to a school; users manage their own data in our views.
for model in (EmailAddress, Authenticator, SocialApp, SocialAccount, SocialToken, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


def _seen_digests(form: Any) -> dict[str, str]:
    """Return the digests of the values that the editor saw."""
    seen: dict[str, str] = form.seen
    return seen


@admin.register(Enterprise)
class EnterpriseAdmin(MirroredAdmin):
    """Schools. Operators add and change them; a superadmin changes their own. No one can delete a school."""

    resource = "school"
    form = SchoolAdminForm
    list_display = ("name", "sdkappid", "zone", "sync_state", "observed_at")
    list_filter = ("sync_state",)
    date_hierarchy = "created_at"
    acts = {"pull": (_("Pull from iclass"), pull_school)}
    remote_columns = ("busi_type", "super_admin", "icon", "bizid", "create_time", "valid_seconds")
    # The switches of rights change on their own page, which lists what that means.
    readonly_fields = (*REMOTE_FIELDS, *remote_columns, *SWITCH_COLUMNS)
    contact = ("contact_user", "phone_no", "e_mail", "call_back_url")
    ai = ("appid", "project_id", "secret_id", "secret_key")
    fieldsets = (
        (None, {"fields": ("name", "sdkappid", "tic_key", "zone")}),
        (_("Contact"), {"fields": contact}),
        (_("AI features"), {"fields": ai}),
        (
            _("Attendance"),
            {
                "fields": (
                    *("late_after_s", "early_leave_s", "present_share"),
                    *("leave_minutes", "leave_request_days"),
                )
            },
        ),
        (_("Roles and permissions"), {"fields": SWITCH_COLUMNS}),
        (_("Sessions"), {"fields": ("session_idle_minutes", "session_hours")}),
        (_("iclass"), {"fields": ("later_fields",)}),
        (_("Compare with iclass"), {"fields": (*REMOTE_FIELDS, *remote_columns)}),
    )

    @method_decorator(reauthentication_required)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Require reauthentication: the form shows keys and the callback address."""
        return super().changeform_view(request, *args, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "sdkappid") if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask for name, SDKAppID and key of a new school; the rest is pulled from the API."""
        if obj is None:
            return ((None, {"fields": ("name", "sdkappid", "tic_key")}),)
        if self.has_change_permission(request, obj):
            return (*self.fieldsets, (_("Cleared fields"), {"fields": ("clear",)}))
        # Readers see no secrets.
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
            obj.pk = add_school(sdkappid=obj.sdkappid, tic_key=key, name=obj.name, by=by).pk
            return
        fields = {name: form.cleaned_data[name] for name in form.changed_data if name != "clear"}
        edit_school(school=obj, by=by, seen=_seen_digests(form), clear=form.cleaned_data["clear"], **fields)


@admin.register(User)
class UserAdmin(MirroredAdmin):
    """People. They cannot be deleted, because the API keeps them; they are deactivated instead."""

    resource = "person"
    form = PersonAdminForm
    list_display = ("nickname", "user_id", "role", "masked_phone", "masked_e_mail", "is_active", "sync_state")
    list_filter = ("role", "sync_state", "is_active")
    search_fields = ("nickname", "user_id")
    acts = {
        "new_token": (_("Replace entry token"), services.renew_entry_token),
        "pull": (_("Pull from iclass"), services.pull_person),
        "push": (_("Send to iclass"), services.push_person),
    }
    readonly_fields = ("is_active", "regist_time", "update_time", *REMOTE_FIELDS)
    fields = ("user_id", *services.PERSON_FIELDS, *readonly_fields)

    @admin.display(description=_("phone"))
    def masked_phone(self, person: User) -> str:
        return mask(person.phone_no) if person.phone_no else ""

    @admin.display(description=_("e-mail"))
    def masked_e_mail(self, person: User) -> str:
        return mask(person.e_mail) if person.e_mail else ""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Show masked contacts instead of their fields to users who may not change them."""
        if obj is None or self.has_change_permission(request, obj):
            return self.fields
        masked = dict(zip(services.CONTACTS, ("masked_phone", "masked_e_mail"), strict=True))
        return tuple(masked.get(name, name) for name in self.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Make the user ID read-only after creation, and a role that cannot be assigned."""
        if obj is None:
            return self.readonly_fields
        fixed = ("user_id",) if obj.role in REGISTRABLE else ("user_id", "role")
        return (*self.readonly_fields, *fixed)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a superadmin may change a superadmin."""
        above = obj is not None and obj.role == Role.SUPERADMIN
        if above and getattr(request.user, "role", "") != Role.SUPERADMIN:
            return False
        return super().has_change_permission(request, obj)

    def service_save(self, request: HttpRequest, obj: User, form: "ModelForm[Any]", change: bool) -> None:
        by: Any = request.user
        if change:
            fields = {name: form.cleaned_data[name] for name in form.changed_data}
            services.edit_person(person=obj, by=by, seen=_seen_digests(form), **fields)
            return
        obj.pk = services.register_person(enterprise=by.enterprise, by=by, **form.cleaned_data).pk


class ChargeInline(admin.TabularInline):
    """Teachers in charge and deputies of a group; they are entered on the page of the group."""

    model = TeacherInCharge
    fields = readonly_fields = ("teacher", "kind", "starts_on", "ends_on")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "list", "charge")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TeacherInCharge]:
        return scoped(super().get_queryset(request), request.user, "charge", "list").select_related("teacher")


@admin.register(StudentGroup)
class StudentGroupAdmin(SchoolAdmin):
    resource = "group"
    list_display = ("name", "grade", "teacher_in_charge", "archived_at")
    list_filter = (("archived_at", admin.EmptyFieldListFilter),)
    search_fields = ("name",)
    form = GroupAdminForm
    readonly_fields = ("archived_at",)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Show who is in charge of a stored group; these rows are not part of the form that is sent."""
        return [ChargeInline] if obj is not None and request.method == "GET" else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[StudentGroup]:
        school: Any = getattr(request.user, "enterprise", None)
        groups: QuerySet[StudentGroup] = super().get_queryset(request).select_related("enterprise", "grade")
        return with_present_charges(groups, school) if school else groups

    @admin.display(description=_("teacher in charge"))
    def teacher_in_charge(self, group: StudentGroup) -> str:
        return str(group.teacher or "")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Make archived groups read-only."""
        return (obj is None or not obj.is_archived) and super().has_change_permission(request, obj)

    def service_save(
        self, request: HttpRequest, obj: StudentGroup, form: "ModelForm[Any]", change: bool
    ) -> None:
        by: Any = request.user
        saved = group_services.save_group(
            group=obj, by=by, seen=_seen_digests(form) if change else None, **form.cleaned_data
        )
        obj.pk = saved.pk

    def service_delete(self, request: HttpRequest, obj: StudentGroup) -> None:
        by: Any = request.user
        group_services.delete_group(group=obj, by=by)


@admin.register(ApiToken)
class ApiTokenAdmin(SchoolAdmin):
    """The user's own tokens, to list and revoke. They are created on the page *REST tokens*."""

    resource = "token"
    list_display = ("name", "user", "created_at", "last_used_at", "expires_at")
    list_filter = ("last_used_at", "expires_at")
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def service_delete(self, request: HttpRequest, obj: Any) -> None:
        by: Any = request.user
        api_tokens.revoke_token(token=obj, by=by)
