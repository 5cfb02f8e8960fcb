"""REST of people and groups."""

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

from accounts import services
from accounts.imports import files
from accounts.imports.rest import ImportAnswer, ImportAsked, import_people
from accounts.models import StudentGroup, User
from accounts.objections import Objected
from accounts.roles import GIVEN, Role
from accounts.userids import UserIdField, UserIdsField
from console.outbox.rest import SyncField
from console.policy.described import extend_schema
from console.policy.rest import SchoolSerializer, SchoolViewSet


class RoleField(serializers.ChoiceField):
    """A role that can be given here; a superadmin or a visitor is shown with another."""

    def __init__(self, **more: Any) -> None:
        super().__init__(GIVEN, **more)


class AnswersObjections:
    """For view sets whose services ask what there is against a change of groups: 409 without a reason."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Objected):
            told = {"detail": " ".join(exc.messages), "conflicts": [one.data for one in exc.objections]}
            return Response(told, status=status.HTTP_409_CONFLICT)
        answer: Response = super().handle_exception(exc)  # type: ignore[misc]
        return answer


class UserSerializer(SchoolSerializer):
    """A person. `user_id` is chosen once; `sync` tells how the person stands at the service."""

    sync = SyncField()
    role = RoleField()

    class Meta:
        model = User
        fields = ("user_id", "role", "nickname", "gender", "avatar", "phone_no", "e_mail", "sync")

    def validate_user_id(self, value: str) -> str:
        """Chosen once, and not taken."""
        if self.instance is not None:
            if value != self.instance.user_id:
                raise serializers.ValidationError(_("A user id is chosen once and cannot be changed."))
            return value
        enterprise = self.context["request"].user.enterprise_id
        if User.objects.filter(enterprise=enterprise, user_id=value).exists():
            raise serializers.ValidationError(
                _("This user id is taken in your school. Choose another, or change that person.")
            )
        return value


class UserViewSet(
    AnswersObjections,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    SchoolViewSet,
):
    """People of the school. There is no delete: the service keeps everybody who was ever registered."""

    resource = "person"
    queryset = User.objects.exclude(role=Role.VISITOR)
    serializer_class = UserSerializer
    lookup_field = "user_id"
    lookup_value_regex = "[^/]+"
    filterset_fields = ("role", "is_active", "sync_state")
    http_method_names = ("get", "post", "patch", "head", "options")
    policy_actions = {"token": "new_token", "import_people": "import"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A file that is too large is refused before anything of it is read."""
        if self.action == "import_people":
            files.check_length(int(request.META.get("CONTENT_LENGTH") or 0))
        super().initial(request, *args, **kwargs)

    def perform_create(self, serializer: Any) -> None:
        person = services.register_person(
            enterprise=self.by.enterprise, by=self.by, **serializer.validated_data
        )
        person.refresh_from_db()  # its state at the service is written beside it
        serializer.instance = person

    def perform_update(self, serializer: Any) -> None:
        fields = {name: value for name, value in serializer.validated_data.items() if name != "user_id"}
        services.edit_person(person=serializer.instance, by=self.by, **fields)
        serializer.instance.refresh_from_db()

    @extend_schema(request=None, responses={202: None})
    @action(detail=True, methods=["post"])
    def token(self, request: Request, user_id: str) -> Response:
        """Ask for a new entry token; the old one ends with it. The token itself is never answered here."""
        services.new_token(person=self.get_object(), by=self.by)
        return Response(status=202)

    @extend_schema(
        request={"multipart/form-data": ImportAsked},
        responses={200: ImportAnswer},
        parameters=[OpenApiParameter("dry_run", bool, description="Compare only; nothing is changed.")],
    )
    def import_people(self, request: Request) -> Response:
        """Add and change people from a file, all or nothing. An empty cell leaves what is there."""
        given = dict(request.data.items()) if isinstance(request.data, Mapping) else {}
        asked = ImportAsked(data=given | request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return Response(ImportAnswer(import_people(asked.validated_data, self.by)).data)


class GroupSerializer(SchoolSerializer):
    """A group of students (班级), who are named by user id. `conflict_reason` says why a student may be
    planned twice in lessons that follow."""

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
    AnswersObjections,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    SchoolViewSet,
):
    """Groups of students, which only the console knows."""

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
        services.delete_group(group=group, by=self.by)

    def _save(self, serializer: Any, group: StudentGroup) -> None:
        told = serializer.validated_data
        group.name, group.teacher = told.get("name", group.name), told.get("teacher", group.teacher)
        students = told["students"] if "students" in told else list(group.students.all()) if group.pk else []
        reason = told.get("conflict_reason", "")
        services.save_group(group=group, students=students, by=self.by, conflict_reason=reason)
        serializer.instance = self.queryset.get(pk=group.pk)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        """Take the group out of use; its students and lessons stay."""
        group = self.get_object()
        services.archive_group(group=group, by=self.by)
        return Response(self.get_serializer(group).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Take an archived group into use again."""
        group = self.get_object()
        services.restore_group(group=group, by=self.by)
        return Response(self.get_serializer(group).data)


router = SimpleRouter()
router.register("users", UserViewSet)
router.register("groups", GroupViewSet)
urlpatterns = [
    # Pinned without a slash at its end, which the router's addresses have.
    re_path(
        r"^users/import/?$",
        UserViewSet.as_view(
            {"post": "import_people"}, detail=False, parser_classes=[MultiPartParser], basename="user"
        ),
        name="user-import-people",
    ),
    *router.urls,
]
