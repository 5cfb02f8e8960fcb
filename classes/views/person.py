"""One person: who they are, their lessons and attendance, courseware, and how they stand at the service."""

from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.views.generic import DetailView

from accounts import avatars, cards
from accounts.drift import LABELS_OF_PERSON
from accounts.mirror import KEPT_THERE
from accounts.models import Role, User
from accounts.roles import STAFF
from classes.marks import sign_of
from classes.models import Attendance
from classes.queries import lessons_of_person
from console.outbox.models import Operation
from console.policy import may, scoped
from console.policy.pages import SchoolPage
from documents.queries import documents_for

NEWEST = 30
NEWEST_SENT = 8


class PersonPage(SchoolPage, DetailView):
    """A person with what is theirs; contacts are masked as the policy table says."""

    resource = "person"
    queryset = User.objects.select_related("enterprise").prefetch_related("student_groups")
    template_name = "classes/person.html"
    context_object_name = "person"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A picture that lies elsewhere is fetched by the browser, and only on this page."""
        response = super().get(request, *args, **kwargs)
        origin: str = response.context_data["picture"].origin
        if not origin:
            return response
        allowed: HttpResponse = csp_update({"img-src": [origin]})(lambda asked: response)(request)
        return allowed

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        person, reader = self.object, self.request.user
        coming, past = lessons_of_person(reader, person)
        sees_sync = may(reader, "list", "operation")
        return super().get_context_data(
            title=person.nickname or person.user_id,
            picture=avatars.shown(person),
            coming=coming[:NEWEST],
            past=past[:NEWEST],
            in_charge=person.groups_in_charge.order_by("name") if person.role in STAFF else (),
            marks=_marks(reader, person) if person.role == Role.STUDENT else None,
            documents=documents_for(reader).filter(owner=person)[:NEWEST],
            may_edit=self.may("change", person) and not person.erased_at,
            sees_people=may(reader, "list", "person"),
            sees_sync=sees_sync,
            sees_drift=may(reader, "view", "drift"),
            sees_trail=may(reader, "list", "audit"),
            sees_card=may(reader, "new_token", "person", person) and _has_card(person),
            card_renewing=cards.is_renewing(person),
            operations=_sent(person) if sees_sync else [],
            drift_key=f"user-{person.pk}",
            kept_there=_kept_there(person),
            **more,
        )


def _marks(reader: Any, person: User) -> list[dict[str, Any]]:
    """The newest marks of a student that the reader may see."""
    mine = Attendance.objects.filter(person=person, expected=True).exclude(mark="")
    rows = scoped(mine, reader, "attendance", "list").select_related("lesson").order_by("-lesson__starts_at")
    return [{"mark": one, "sign": sign_of(one.mark)} for one in rows[:NEWEST]]


def _has_card(person: User) -> bool:
    return bool(person.user_token) and person.is_active


def _sent(person: User) -> list[Operation]:
    """The newest operations about a person, each with its tries."""
    about = Operation.objects.filter(subject_type=User._meta.label_lower, subject_id=person.pk)
    return list(about.select_related("created_by").prefetch_related("tries")[:NEWEST_SENT])


def _kept_there(person: User) -> list[Any]:
    """What the service still has of somebody whose data were erased, in words."""
    if not person.erased_at:
        return []
    return [LABELS_OF_PERSON[name] for name, value in person.observed.items() if value == KEPT_THERE]
