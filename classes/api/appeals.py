"""Appeals and matches of guests in REST: list, file and answer an appeal, add and undo a match."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from classes.api.attendance import require_register_permission
from classes.api.fields import validated, validated_data
from classes.api.filters import AppealFilter, CreditFilter
from classes.attendance import appeals
from classes.models import Appeal, Attendance, GuestCredit, Mark
from console.inputs.api import ApiIdField
from console.policy import may, scoped
from console.policy.api import SchoolSerializer, SchoolViewSet
from console.policy.bulk_writes import BulkWriteMixin
from console.policy.lazy_schema import extend_schema


class AppealSerializer(SchoolSerializer):
    """An appeal of a student against a mark; `mark` is the one at that time."""

    user_id = serializers.CharField(source="person.user_id")
    answered_by = serializers.CharField(source="answered_by.user_id", allow_null=True)

    class Meta:
        model = Appeal
        fields = (
            *("id", "lesson", "user_id", "mark", "text", "created_at"),
            *("state", "answer", "answered_by", "answered_at"),
        )


class AppealAddSerializer(serializers.Serializer[Any]):
    """`attendance` is the ID of one's own mark, as `attendance/` lists it."""

    attendance = ApiIdField()
    text = serializers.CharField(max_length=1000)


class AppealAnswerSerializer(serializers.Serializer[Any]):
    """The answer to the student. `mark` is the correct mark, required when the appeal is granted."""

    granted = serializers.BooleanField()
    text = serializers.CharField(max_length=1000)
    mark = serializers.ChoiceField(Mark.choices, required=False, default="", allow_blank=True)


class CreditSerializer(SchoolSerializer):
    """A guest whose stays count for a member; `undone_at` is null while they do."""

    user_id = serializers.CharField(source="person.user_id")
    by = serializers.CharField(source="by.user_id", allow_null=True)

    reason = serializers.CharField(allow_null=True)

    class Meta:
        model = GuestCredit
        fields = ("id", "lesson", "guest_id", "user_id", "reason", "by", "created_at", "undone_at")

    def to_representation(self, instance: GuestCredit) -> Any:
        """The reason is written for those who may match guests, not for the student."""
        data = super().to_representation(instance)
        return data if may(self.context["request"].user, "credit", "attendance") else {**data, "reason": None}


class CreditAddSerializer(serializers.Serializer[Any]):
    """`attendance` is the ID of the guest's row, as `attendance/` lists it; `user_id` is a member's."""

    attendance = ApiIdField()
    user_id = serializers.CharField(max_length=64)
    reason = serializers.CharField(max_length=500)


class AppealViewSet(BulkWriteMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Appeals: students see their own, teachers those of their lessons."""

    resource = "appeal"
    queryset = Appeal.objects.select_related("lesson", "person", "answered_by")
    serializer_class = AppealSerializer
    add_serializer_class = AppealAddSerializer
    filterset_class = AppealFilter

    @extend_schema(request=AppealAddSerializer, responses={201: AppealSerializer})
    def create(self, request: Request) -> Response:
        """Appeal against one's own final mark, until the deadline."""
        row = self.create_one(request.data)
        return Response(self.get_serializer(row).data, status=201)

    def create_one(self, data: Any) -> Appeal:
        data = validated_data(AppealAddSerializer, data, self.request)
        marks = scoped(Attendance.objects.all(), self.by, "attendance", "list")
        mark = marks.filter(pk=data["attendance"]).first()
        if mark is None:
            raise Http404
        return self.queryset.get(pk=appeals.file_appeal(mark_of=mark, text=data["text"], by=self.by).pk)


class AppealAnswer(SchoolViewSet):
    """Answer an appeal, for those who may correct marks of the lesson."""

    resource = "attendance"
    queryset = Appeal.objects.select_related("lesson", "person", "answered_by")
    serializer_class = AppealSerializer

    @extend_schema(operation_id="appeals_answer", request=AppealAnswerSerializer, responses=AppealSerializer)
    def answer(self, request: Request, pk: int) -> Response:
        """Grant an open appeal, which corrects the mark, or reject it. 409 if it was answered already."""
        appeal = self.get_object()
        require_register_permission(self.by, "answer", appeal.lesson)
        appeals.answer_appeal(appeal=appeal, by=self.by, **validated(AppealAnswerSerializer, request))
        return Response(self.get_serializer(self.queryset.get(pk=appeal.pk)).data)


class CreditViewSet(BulkWriteMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, SchoolViewSet):
    """Matches of guests with members of a lesson, also those that were undone."""

    resource = "attendance"
    queryset = GuestCredit.objects.select_related("lesson", "person", "by")
    serializer_class = CreditSerializer
    filterset_class = CreditFilter
    add_serializer_class = CreditAddSerializer
    policy_actions = {"create": "credit", "bulk_create": "credit", "undo": "credit"}

    @extend_schema(request=CreditAddSerializer, responses={201: CreditSerializer})
    def create(self, request: Request) -> Response:
        """Credit the stays of a guest to a member of the lesson. 400 if the guest is matched already."""
        row = self.create_one(request.data)
        return Response(self.get_serializer(row).data, status=201)

    def create_one(self, data: Any) -> GuestCredit:
        data = validated_data(CreditAddSerializer, data, self.request)
        rows = scoped(
            Attendance.objects.select_related("lesson__enterprise"), self.by, "attendance", "credit"
        )
        guest = rows.filter(pk=data["attendance"]).first()
        if guest is None:
            raise Http404
        require_register_permission(self.by, "credit", guest.lesson)
        person = User.objects.filter(memberships__lesson=guest.lesson, user_id=data["user_id"]).first()
        if person is None:
            raise serializers.ValidationError(
                {"user_id": [_("Choose someone who is on the list of the lesson.")]}
            )
        credit = appeals.add_credit(guest=guest, person=person, reason=data["reason"], by=self.by)
        return self.queryset.get(pk=credit.pk)

    @extend_schema(request=None, responses=CreditSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Undo the match: the stays of the guest count for nobody."""
        credit = self.get_object()
        require_register_permission(self.by, "credit", credit.lesson)
        appeals.undo_credit(credit=credit, by=self.by)
        return Response(self.get_serializer(self.queryset.get(pk=credit.pk)).data)
