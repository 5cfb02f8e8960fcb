"""Addresses of the tests of the bases: real models behind the smallest page, resource and sign-in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import DetailView, ListView, TemplateView
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from accounts.models import User
from console.policy.api import SchoolSerializer, SchoolViewSet
from console.policy.views import SchoolView, SignedInView, paginate_by_key


class Start(SignedInView, TemplateView):
    template_name = "generic/detail.html"


class People(SchoolView, ListView):
    model = User
    resource = "person"
    action = "list"
    ordering = "user_id"

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        return HttpResponse(" ".join(person.user_id for person in context["page_obj"]))


class Person(SchoolView, DetailView):
    model = User
    resource = "person"

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        return HttpResponse(self.object.user_id)


class EditPerson(Person):
    action = "change"


class Renew(SchoolView):
    resource = "person"
    action = "new_token"

    def post(self, request: HttpRequest, user_id: str) -> HttpResponse:
        return HttpResponse(self.get_row(User.objects.all(), user_id=user_id).user_id)


class Keyset(SignedInView):
    def get(self, request: HttpRequest) -> HttpResponse:
        page = paginate_by_key(User.objects.all(), request, by=("role", "id"), size=3)
        return HttpResponse(f"{' '.join(person.user_id for person in page.rows)}|{page.next}")


class PersonSerializer(SchoolSerializer):
    class Meta:
        model = User
        fields = ("id", "user_id", "nickname", "phone_no", "e_mail")


class PersonViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    SchoolViewSet,
):
    resource = "person"
    queryset = User.objects.all()
    serializer_class = PersonSerializer
    policy_actions = {"renew": "new_token"}

    def perform_update(self, serializer: Any) -> None:
        for name, value in serializer.validated_data.items():
            setattr(serializer.instance, name, value)
        serializer.instance.full_clean(exclude=["password", "login"])

    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: str) -> Response:
        return Response({"renewed": self.get_object().user_id})


router = SimpleRouter()
router.register("people", PersonViewSet)

urlpatterns = [
    path("start/", Start.as_view()),
    path("people/", People.as_view()),
    path("people/<int:pk>/", Person.as_view()),
    path("people/<int:pk>/edit/", EditPerson.as_view()),
    path("people/<str:user_id>/renew/", Renew.as_view()),
    path("keyset/", Keyset.as_view()),
    path("api/", include(router.urls)),
    path("", include("console.urls")),
]
