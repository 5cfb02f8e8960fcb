"""Schools, people and groups in the Django admin, through the same services as the pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import Enterprise, StudentGroup, User
from accounts.queries import active
from accounts.roles import REGISTRABLE, Role
from console.outbox.mirroredadmin import AT_THE_SERVICE, MirroredAdmin
from console.policy.admin import SchoolAdmin
from console.policy.adminforms import ServiceForm


@admin.register(Enterprise)
class EnterpriseAdmin(MirroredAdmin):
    resource = "school"
    list_display = ("name", "sdkappid", "zone", "sync_state", "observed_at")
    actions = ("pull",)
    told = ("busi_type", "super_admin", "icon", "bizid", "create_time", "valid_seconds")
    readonly_fields = (*AT_THE_SERVICE, *told)
    fieldsets = (
        (None, {"fields": ("name", "sdkappid", "tic_key", "zone")}),
        (_("Contact"), {"fields": ("contact_user", "phone_no", "e_mail", "call_back_url")}),
        (_("AI features"), {"fields": ("appid", "project_id", "secret_id", "secret_key")}),
        (_("Attendance"), {"fields": ("late_after_s", "early_leave_s", "present_share")}),
        (_("At the service"), {"fields": readonly_fields}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "sdkappid") if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new school is its number, key and name; the rest is pulled from the service."""
        return self.fieldsets if obj else self.fieldsets[:1]

    def has_pull_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "pull")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Pull from the service"), permissions=["pull"])
    def pull(self, request: HttpRequest, queryset: QuerySet[Enterprise]) -> None:
        self.act(request, queryset, "pull", lambda row, by: services.pull_school(school=row, by=by))

    def service_save(self, request: HttpRequest, obj: Enterprise, form: ModelForm, change: bool) -> None:
        if change:
            fields = {name: form.cleaned_data[name] for name in form.changed_data}
            services.edit_school(school=Enterprise.objects.get(pk=obj.pk), by=request.user, **fields)
            return
        key = obj.tic_key.reveal()
        obj.pk = services.add_school(sdkappid=obj.sdkappid, tic_key=key, name=obj.name, by=request.user).pk


@admin.register(User)
class UserAdmin(MirroredAdmin):
    """People. There is no delete: the service keeps everybody, so people are deactivated."""

    resource = "person"
    list_display = ("nickname", "user_id", "role", "is_active", "sync_state")
    list_filter = ("role", "sync_state", "is_active")
    search_fields = ("nickname", "user_id")
    actions = ("new_token", "pull", "push")
    readonly_fields = ("is_active", "regist_time", "update_time", *AT_THE_SERVICE)
    fields = (
        *("user_id", "role", "nickname", "gender", "avatar", "phone_no", "e_mail"),
        *readonly_fields,
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "user_id") if obj else self.readonly_fields

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            kwargs["choices"] = [(role.value, role.label) for role in REGISTRABLE]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_new_token_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "new_token")

    def has_pull_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "pull")

    def has_push_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "push")

    @admin.action(description=_("Give a new entry token"), permissions=["new_token"])
    def new_token(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self.act(request, queryset, "new_token", lambda row, by: services.new_token(person=row, by=by))

    @admin.action(description=_("Pull from the service"), permissions=["pull"])
    def pull(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self.act(request, queryset, "pull", lambda row, by: services.pull_person(person=row, by=by))

    @admin.action(description=_("Send to the service"), permissions=["push"])
    def push(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self.act(request, queryset, "push", lambda row, by: services.push_person(person=row, by=by))

    def service_save(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        if change:
            fields = {name: form.cleaned_data[name] for name in form.changed_data}
            services.edit_person(person=User.objects.get(pk=obj.pk), by=request.user, **fields)
            return
        school = request.user.enterprise
        obj.pk = services.register_person(enterprise=school, by=request.user, **form.cleaned_data).pk


class GroupForm(ServiceForm):
    """A group with its students, who stand in a table of their own."""

    students = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        label=_("students"),
        widget=FilteredSelectMultiple(_("students"), is_stacked=False),
    )

    class Meta:
        model = StudentGroup
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.school is not None:
            self.fields["students"].queryset = active(self.school.pk, Role.STUDENT)
        if self.instance.pk:
            self.initial["students"] = self.instance.students.all()


@admin.register(StudentGroup)
class StudentGroupAdmin(SchoolAdmin):
    resource = "group"
    list_display = ("name",)
    search_fields = ("name",)
    form = GroupForm

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.school = request.user.enterprise
        return form

    def service_save(self, request: HttpRequest, obj: StudentGroup, form: ModelForm, change: bool) -> None:
        if not change:
            obj.enterprise = request.user.enterprise
        services.save_group(group=obj, students=form.cleaned_data["students"], by=request.user)

    def service_delete(self, request: HttpRequest, obj: StudentGroup) -> None:
        services.delete_group(group=obj, by=request.user)
