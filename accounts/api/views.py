"""REST API of people and groups."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import path, re_path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter

from accounts.api.charges import ChargeViewSet, GradeKeyField
from accounts.api.grades import GradeViewSet
from accounts.api.rights import RightsViewSet
from accounts.imports.api import ImportRequestSerializer, ImportResultSerializer, import_people
from accounts.models import StudentGroup, User
from accounts.models.consent import AgeGroup, ConsentState
from accounts.models.phone_number import validate_phone_number
from accounts.models.roles import GIVEN, Role
from accounts.people import group_services, services
from accounts.people.charges import with_present_charges
from accounts.people.group_change_conflicts import GroupChangeRefused
from accounts.people.serializer_fields import UserIdField, UserIdsField
from accounts.school.channels.api import AppViewSet, BotViewSet, MessageViewSet
from console.concurrency import value_digests
from console.imports import uploads
from console.outbox.api import SyncField
from console.policy.api import EditableViewSet, ETagMixin, SchoolSerializer, SchoolViewSet
from console.policy.bulk_writes import BULK_METHODS, BulkWriteMixin
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

    def validate_phone_no(self, value: str) -> str:
        """Reject another number that cannot be one."""
        if value and value != getattr(self.instance, "phone_no", ""):
            validate_phone_number(value)
        return value


class AgeSerializer(SchoolSerializer):
    """Age group and consent of a person, changed on the page only; null for readers who may not see them."""

    age_group = serializers.ChoiceField(AgeGroup.choices, allow_blank=True, read_only=True)
    consent = serializers.ChoiceField(ConsentState.choices, allow_blank=True, read_only=True)

    class Meta:
        model = User
        fields = ("user_id", "age_group", "consent")
        read_only_fields = fields


class UserViewSet(
    BulkWriteMixin,
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
    policy_actions = {"token": "new_token", "import_people": "import", "age": "view"}

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

    @extend_schema(responses=AgeSerializer)
    @action(detail=True, methods=["get"])
    def age(self, request: Request, user_id: str) -> Response:
        """The age group, and whether a guardian's consent is recorded."""
        return Response(AgeSerializer(self.get_object(), context=self.get_serializer_context()).data)

    @extend_schema(request=None, responses={202: None})
    @action(detail=True, methods=["post"])
    def token(self, request: Request, user_id: str) -> Response:
        """Renew the entry token; the old one becomes invalid. The token is not part of the response.

        `Location` is the address of the operation, whose `state` says when it is done.
        """
        operation = services.renew_entry_token(person=self.get_object(), by=self.by)
        place = reverse("operation-detail", args=[operation.pk], request=request)
        return Response(status=202, headers={"Location": place})

    @extend_schema(
        request={"multipart/form-data": ImportRequestSerializer},
        responses={200: ImportResultSerializer},
        parameters=[OpenApiParameter("dry_run", bool, description="Compare only; nothing is changed.")],
    )
    def import_people(self, request: Request) -> Response:
        """Add and change people from a file, all or nothing. An empty cell keeps the stored value.

        `Location` is the address of the `job` that pushes them to iclass, where there is one.
        """
        body = dict(request.data.items()) if isinstance(request.data, Mapping) else {}
        serializer = ImportRequestSerializer(data=body | request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        result = import_people(serializer.validated_data, self.by)
        job = result["job"] and reverse("job-detail", args=[result["job"]], request=request)
        headers = {"Location": job} if job else None
        return Response(ImportResultSerializer(result).data, headers=headers)


class GroupSerializer(SchoolSerializer):
    """A group of students (班级), given by user ID. `conflict_reason` allows schedule conflicts."""

    students = UserIdsField(roles=(Role.STUDENT,), required=False)
    teacher = UserIdField(required=False, allow_null=True)
    grade = GradeKeyField(required=False, allow_null=True)
    archived = serializers.BooleanField(source="is_archived", read_only=True)
    conflict_reason = serializers.CharField(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=300,
    )

    class Meta:
        model = StudentGroup
        fields = ("id", "name", "grade", "teacher", "students", "archived", "conflict_reason")


class GroupViewSet(BulkWriteMixin, GroupConflictMixin, EditableViewSet):
    """Groups of students. They exist only in the console."""

    resource = "group"
    serializer_class = GroupSerializer
    queryset = StudentGroup.objects.prefetch_related("students")
    filterset_fields = {"grade": ["exact"]}
    policy_actions = {"archive": "change", "restore": "change"}

    def get_queryset(self) -> QuerySet[StudentGroup]:
        school: Any = self.by.enterprise
        return with_present_charges(super().get_queryset(), school) if school else super().get_queryset()

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
        serializer.instance = self.get_queryset().get(pk=saved.pk)

    def seen_of(self, row: StudentGroup) -> dict[str, str]:
        return group_services.loaded_group_digests(row)

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
router.register("grades", GradeViewSet)
router.register("charges", ChargeViewSet)
router.register("channels/apps", AppViewSet)
router.register("channels/bots", BotViewSet)
router.register("messages", MessageViewSet)
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
    path("bulk/users/", UserViewSet.as_view(BULK_METHODS, detail=True), name="bulk-users"),
    path("bulk/groups/", GroupViewSet.as_view(BULK_METHODS, detail=True), name="bulk-groups"),
    path("bulk/grades/", GradeViewSet.as_view(BULK_METHODS, detail=True), name="bulk-grades"),
    path("bulk/charges/", ChargeViewSet.as_view(BULK_METHODS, detail=True), name="bulk-charges"),
    path("bulk/channels/apps/", AppViewSet.as_view(BULK_METHODS, detail=True), name="bulk-apps"),
    path("bulk/channels/bots/", BotViewSet.as_view(BULK_METHODS, detail=True), name="bulk-bots"),
    path(
        "rights/",
        RightsViewSet.as_view({"get": "retrieve", "patch": "partial_update"}, detail=True),
        name="rights",
    ),
]
