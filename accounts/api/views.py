"""REST API of people and groups."""

from collections.abc import Mapping
from typing import Any

from django.urls import re_path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounts.imports.api import ImportRequestSerializer, ImportResultSerializer, import_people
from accounts.models import StudentGroup, User
from accounts.models.roles import GIVEN, Role
from accounts.people import group_services, services
from accounts.people.group_change_conflicts import GroupChangeRefused
from accounts.people.group_services import GROUP_FIELDS
from accounts.people.serializer_fields import UserIdField, UserIdsField
from console.concurrency import value_digest, value_digests
from console.imports import uploads
from console.outbox.api import SyncField
from console.policy.api import ETagMixin, SchoolSerializer, SchoolViewSet
from console.policy.lazy_schema import extend_schema


class RoleField(serializers.ChoiceField):
    """A role that a school can assign. Other roles are only shown."""

    #: Read by `console.policy.schema`.
    response_choices = Role.choices

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(GIVEN, **kwargs)


class GroupConflictMixin:
    """Answer conflicts of a group change with 409, unless a reason was given."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, GroupChangeRefused):
            conflicts = [conflict.data for conflict in exc.objections]
            body = {"detail": " ".join(exc.messages), "conflicts": conflicts}
            return Response(body, status=status.HTTP_409_CONFLICT)
        view: Any = super()
        response: Response = view.handle_exception(exc)
        return response


class UserSerializer(SchoolSerializer):
    """A person. `user_id` cannot be changed; `sync` is the state of synchronisation with iclass."""

    sync = SyncField()
    role = RoleField()

    class Meta:
        model = User
        fields = ("user_id", "role", "nickname", "gender", "avatar", "phone_no", "e_mail", "sync")

    def validate_user_id(self, value: str) -> str:
        """Reject a changed user ID, and one that is taken."""
        if self.instance is not None:
            if value != self.instance.user_id:
                raise serializers.ValidationError(_("A user ID cannot be changed later."))
            return value
        enterprise = self.context["request"].user.enterprise_id
        if User.objects.filter(enterprise=enterprise, user_id=value).exists():
            raise serializers.ValidationError(
                _("This user ID is already used in your school. Choose another one, or edit that person.")
            )
        return value


class UserViewSet(
    GroupConflictMixin,
    ETagMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    SchoolViewSet,
):
    """People of the school. They cannot be deleted: iclass keeps everyone who was ever registered."""

    resource = "person"
    queryset = User.objects.exclude(role=Role.VISITOR)
    serializer_class = UserSerializer
    lookup_field = "user_id"
    lookup_value_regex = "[^/]{1,500}"
    filterset_fields = ("role", "is_active", "sync_state")
    http_method_names = ("get", "post", "patch", "head", "options")
    policy_actions = {"token": "new_token", "import_people": "import"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Reject a file that is too large before it is read."""
        if self.action == "import_people":
            uploads.check_length(int(request.META.get("CONTENT_LENGTH") or 0))
        super().initial(request, *args, **kwargs)

    def perform_create(self, serializer: Any) -> None:
        person = services.register_person(
            enterprise=self.by.enterprise, by=self.by, **serializer.validated_data
        )
        person.refresh_from_db()  # the service writes the sync state in the database
        serializer.instance = person

    def perform_update(self, serializer: Any) -> None:
        fields = {name: value for name, value in serializer.validated_data.items() if name != "user_id"}
        person = services.edit_person(person=serializer.instance, by=self.by, **fields)
        person.refresh_from_db()
        serializer.instance = person

    def seen_of(self, row: User) -> dict[str, str]:
        return value_digests(row, services.PERSON_FIELDS)

    @extend_schema(request=None, responses={202: None})
    @action(detail=True, methods=["post"])
    def token(self, request: Request, user_id: str) -> Response:
        """Renew the entry token; the old one becomes invalid. The token is not part of the response."""
        services.renew_entry_token(person=self.get_object(), by=self.by)
        return Response(status=202)

    @extend_schema(
        request={"multipart/form-data": ImportRequestSerializer},
        responses={200: ImportResultSerializer},
        parameters=[OpenApiParameter("dry_run", bool, description="Compare only; nothing is changed.")],
    )
    def import_people(self, request: Request) -> Response:
        """Add and change people from a file, all or nothing. An empty cell keeps the stored value."""
        body = dict(request.data.items()) if isinstance(request.data, Mapping) else {}
        serializer = ImportRequestSerializer(data=body | request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        return Response(ImportResultSerializer(import_people(serializer.validated_data, self.by)).data)


class GroupSerializer(SchoolSerializer):
    """A group of students (班级), given by user ID. `conflict_reason` allows schedule conflicts."""

    students = UserIdsField(roles=(Role.STUDENT,), required=False)
    teacher = UserIdField(required=False, allow_null=True)
    archived = serializers.BooleanField(source="is_archived", read_only=True)
    conflict_reason = serializers.CharField(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=300,
    )

    class Meta:
        model = StudentGroup
        fields = ("id", "name", "teacher", "students", "archived", "conflict_reason")


class GroupViewSet(
    GroupConflictMixin,
    ETagMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    SchoolViewSet,
):
    """Groups of students. They exist only in the console."""

    resource = "group"
    serializer_class = GroupSerializer
    queryset = StudentGroup.objects.select_related("teacher").prefetch_related("students")
    policy_actions = {"archive": "change", "restore": "change"}
    http_method_names = ("get", "post", "patch", "delete", "head", "options")

    def perform_create(self, serializer: Any) -> None:
        self._save(serializer, StudentGroup(enterprise=self.by.enterprise))

    def perform_update(self, serializer: Any) -> None:
        self._save(serializer, serializer.instance)

    def perform_destroy(self, group: StudentGroup) -> None:
        group_services.delete_group(group=group, by=self.by)

    def _save(self, serializer: Any, group: StudentGroup) -> None:
        fields = dict(serializer.validated_data)
        reason, students = fields.pop("conflict_reason", ""), fields.pop("students", None)
        saved = group_services.save_group(
            group=group,
            students=students,
            by=self.by,
            seen=self.seen_of(group) if group.pk else None,
            conflict_reason=reason,
            **fields,
        )
        serializer.instance = self.queryset.get(pk=saved.pk)

    def seen_of(self, row: StudentGroup) -> dict[str, str]:
        students = {student.pk for student in row.students.all()}  # prefetched by the queryset
        return {**value_digests(row, GROUP_FIELDS), "students": value_digest(students)}

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        """Archive the group; its students and lessons stay."""
        group = group_services.archive_group(group=self.get_object(), by=self.by)
        return self.with_etag(Response(self.get_serializer(group).data), group)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Restore an archived group."""
        group = group_services.restore_group(group=self.get_object(), by=self.by)
        return self.with_etag(Response(self.get_serializer(group).data), group)


router = SimpleRouter()
router.register("users", UserViewSet)
router.register("groups", GroupViewSet)
urlpatterns = [
    # This URL is pinned without a trailing slash, unlike the router's.
    re_path(
        r"^users/import/?$",
        UserViewSet.as_view(
            {"post": "import_people"}, detail=False, parser_classes=[MultiPartParser], basename="user"
        ),
        name="user-import-people",
    ),
    *router.urls,
]
