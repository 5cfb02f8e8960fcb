"""REST of people and groups."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounts import services
from accounts.models import StudentGroup, User
from accounts.roles import REGISTRABLE, Role
from console.outbox.rest import SyncField
from console.policy.rest import SchoolSerializer, SchoolViewSet


class UserSerializer(SchoolSerializer):
    """A person. `user_id` is chosen once; `sync` tells how the person stands at the service."""

    sync = SyncField()
    role = serializers.ChoiceField([(role.value, role.label) for role in REGISTRABLE])

    class Meta:
        model = User
        fields = ("user_id", "role", "nickname", "gender", "avatar", "phone_no", "e_mail", "sync")

    def to_representation(self, instance: User) -> dict[str, Any]:
        # A superadmin or a visitor is shown with a role that nobody can be given here.
        return {**super().to_representation(instance), "role": instance.role}

    def validate_user_id(self, value: str) -> str:
        if self.instance is not None and value != self.instance.user_id:
            raise serializers.ValidationError(self.fields["user_id"].error_messages["invalid"])
        return value


class UserViewSet(
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
    policy_actions = {"token": "new_token"}

    def perform_create(self, serializer: Any) -> None:
        by = self.request.user
        serializer.instance = services.register_person(
            enterprise=by.enterprise, by=by, **serializer.validated_data
        )

    def perform_update(self, serializer: Any) -> None:
        fields = {name: value for name, value in serializer.validated_data.items() if name != "user_id"}
        serializer.instance = services.edit_person(person=serializer.instance, by=self.request.user, **fields)

    @extend_schema(request=None, responses={202: None})
    @action(detail=True, methods=["post"])
    def token(self, request: Request, user_id: str) -> Response:
        """Ask for a new entry token; the old one ends with it. The token itself is never answered here."""
        services.new_token(person=self.get_object(), by=request.user)
        return Response(status=202)


class GroupSerializer(SchoolSerializer):
    students = serializers.SlugRelatedField("user_id", many=True, read_only=True)

    class Meta:
        model = StudentGroup
        fields = ("id", "name", "students")


class GroupViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Groups of students (班级)."""

    resource = "group"
    serializer_class = GroupSerializer
    queryset = StudentGroup.objects.prefetch_related("students")


router = SimpleRouter()
router.register("users", UserViewSet)
router.register("groups", GroupViewSet)
urlpatterns = router.urls
