"""Leave of absence in REST: list, request or enter, approve, return, withdraw."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Role, User
from classes.api.fields import validated, validated_data
from classes.api.filters import LeaveFilter
from classes.attendance import leave as services
from classes.attendance.leave_files import attach_file, check_file
from classes.attendance.views.leave_files import download
from classes.models import Leave, LeaveFile
from console.inputs.api import ApiDateTimeField
from console.policy import in_school, may
from console.policy.api import SchoolSerializer, SchoolViewSet
from console.policy.bulk_writes import BulkWriteMixin
from console.policy.lazy_schema import extend_schema
from console.policy.rules import scope_of
from console.policy.table import Scope


class LeaveFileSerializer(serializers.ModelSerializer[LeaveFile]):
    """An attachment; its content is at `leave/{id}/files/{file}/`."""

    class Meta:
        model = LeaveFile
        fields = ("id", "name", "ext", "bytes", "created_at")


class LeaveFileAddSerializer(serializers.Serializer[Any]):
    """One pdf, jpg or png of at most 5 MB."""

    file = serializers.FileField()


class LeaveSerializer(SchoolSerializer):
    """Leave of one student between two moments; only `approved` leave excuses absences.

    `guardian_relation` is "mother", "father", "grandparent" or "other" where a guardian asked for it; `by` is
    null then.
    """

    user_id = serializers.CharField(source="person.user_id")
    by = serializers.CharField(source="by.user_id", allow_null=True)
    answered_by = serializers.CharField(source="answered_by.user_id", allow_null=True)

    files = LeaveFileSerializer(many=True, read_only=True)

    class Meta:
        model = Leave
        fields = (
            *("id", "user_id", "begins_at", "ends_at", "kind", "reason", "state", "by", "created_at"),
            *("answer", "answered_by", "answered_at", "withdrawn_at", "files"),
            "guardian_relation",
        )

    def to_representation(self, instance: Leave) -> Any:
        """The name of an attachment may say as much as its content."""
        data = super().to_representation(instance)
        return data if may(self.context["request"].user, "file", "leave") else {**data, "files": []}


class LeaveAddSerializer(serializers.Serializer[Any]):
    """Leave to enter for the student `user_id`; a student omits it and requests leave for themselves."""

    user_id = serializers.CharField(max_length=64, required=False)
    begins_at = ApiDateTimeField()
    ends_at = ApiDateTimeField()
    kind = serializers.ChoiceField(Leave.Kind.choices, default=Leave.Kind.OTHER)
    reason = serializers.CharField(max_length=500)


class LeaveAnswerSerializer(serializers.Serializer[Any]):
    """A sentence to the student."""

    text = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class LeaveReturnSerializer(serializers.Serializer[Any]):
    """The sentence to the student why the request is returned."""

    text = serializers.CharField(max_length=500)


class LeaveViewSet(BulkWriteMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Leave of absence: students see their own, teachers that of the groups of which they are in charge."""

    resource = "leave"
    queryset = Leave.objects.select_related("person", "by", "answered_by").prefetch_related("files")
    serializer_class = LeaveSerializer
    filterset_class = LeaveFilter
    policy_actions = {"approve": "answer", "send_back": "answer", "attach": "add"}
    add_serializer_class = LeaveAddSerializer
    action_serializers = {"attach": LeaveFileSerializer}

    @extend_schema(request=LeaveAddSerializer, responses={201: LeaveSerializer})
    def create(self, request: Request) -> Response:
        """Enter approved leave for a student; as a student, request it.

        A request that overlaps with open ones of the student replaces them and covers all of their time.
        """
        row = self.create_one(request.data)
        return Response(self.get_serializer(row).data, status=201)

    def create_one(self, data: Any) -> Leave:
        data = validated_data(LeaveAddSerializer, data, self.request)
        user_id = data.pop("user_id", None)
        if scope_of(self.by, "add", "leave") == Scope.OWN:
            if user_id not in (None, self.by.user_id):
                raise serializers.ValidationError(
                    {"user_id": [_("You can request leave only for yourself.")]}
                )
            period = data.pop("begins_at"), data.pop("ends_at")
            leave = services.request_leave(person=self.by, periods=[period], by=self.by, **data)[0]
        else:
            leave = services.grant_leave(person=self._student(user_id), by=self.by, **data)
        return self.queryset.get(pk=leave.pk)

    @extend_schema(request=LeaveAnswerSerializer, responses=LeaveSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """Approve an open request. 409 if it was answered or withdrawn in the meantime."""
        return self._answer(True, LeaveAnswerSerializer)

    @extend_schema(request=LeaveReturnSerializer, responses=LeaveSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, pk: str) -> Response:
        """Return an open request with a sentence. 409 if it was answered or withdrawn in the meantime."""
        return self._answer(False, LeaveReturnSerializer)

    @extend_schema(request=None, responses=LeaveSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Withdraw one's own open request, or revoke approved leave. 409 if it is neither."""
        leave = self.get_object()
        services.withdraw_leave(leave=leave, by=self.by)
        return self._respond(leave)

    @extend_schema(
        request={"multipart/form-data": LeaveFileAddSerializer}, responses={201: LeaveFileSerializer}
    )
    @action(detail=True, methods=["post"], url_path="files", parser_classes=[MultiPartParser])
    def attach(self, request: Request, pk: str) -> Response:
        """Attach a file to leave that was requested or approved. 409 if it was returned or withdrawn."""
        leave = self.get_object()
        upload = validated(LeaveFileAddSerializer, request)["file"]
        try:
            checked = check_file(upload)
        except ValidationError as error:
            raise ValidationError({"file": error}) from None
        made = attach_file(leave=leave, file=checked, by=self.by)
        return Response(LeaveFileSerializer(made).data, status=201)

    @extend_schema(
        responses={(200, "application/octet-stream"): {"type": "string", "format": "binary"}},
        parameters=[OpenApiParameter("file", int, OpenApiParameter.PATH)],
    )
    @action(detail=True, methods=["get"], url_path="files/(?P<file>[0-9]{1,18})")
    def file(self, request: Request, pk: str, file: str) -> HttpResponseBase:
        """Download an attachment; each download is recorded."""
        return download(self.get_object(), int(file), by=self.by)

    def _answer(self, approved: bool, serializer: type[serializers.Serializer[Any]]) -> Response:
        """Answer the request. Input is validated after the permission: refused readers learn nothing."""
        leave = self.get_object()
        data = validated(serializer, self.request)
        services.answer_leave(leave=leave, approved=approved, by=self.by, **data)
        return self._respond(leave)

    def _respond(self, leave: Leave) -> Response:
        return Response(self.get_serializer(self.queryset.get(pk=leave.pk)).data)

    def _student(self, user_id: str | None) -> User:
        people = in_school(User.objects.filter(role=Role.STUDENT, is_active=True), self.by, "person")
        found = people.filter(user_id=user_id).first() if user_id else None
        if found is None:
            text = _("There is no suitable person in your school with the user ID “%(value)s”.")
            raise serializers.ValidationError({"user_id": [text % {"value": user_id or ""}]})
        return found
