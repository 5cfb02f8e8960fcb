"""One person: who they are, and their lessons and attendance."""

from typing import Any

from django.views.generic import DetailView

from accounts.models import Role, User
from classes.marks import sign_of
from classes.models import Attendance
from classes.queries import lessons_of_person
from console.policy import may, scoped
from console.policy.pages import SchoolPage

NEWEST = 30


class PersonPage(SchoolPage, DetailView):
    """A person with what is theirs; contacts are masked as the policy table says."""

    resource = "person"
    queryset = User.objects.select_related("enterprise").prefetch_related("student_groups")
    template_name = "classes/person.html"
    context_object_name = "person"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        person, reader = self.object, self.request.user
        coming, past = lessons_of_person(reader, person)
        return super().get_context_data(
            title=person.nickname or person.user_id,
            coming=coming[:NEWEST],
            past=past[:NEWEST],
            marks=_marks(reader, person) if person.role == Role.STUDENT else None,
            may_edit=self.may("change", person),
            sees_people=may(reader, "list", "person"),
            sees_sync=may(reader, "list", "operation"),
            **more,
        )


def _marks(reader: Any, person: User) -> list[dict[str, Any]]:
    """The newest marks of a student that the reader may see."""
    mine = Attendance.objects.filter(person=person, expected=True).exclude(mark="")
    rows = scoped(mine, reader, "attendance", "list").select_related("lesson").order_by("-lesson__starts_at")
    return [{"mark": one, "sign": sign_of(one.mark)} for one in rows[:NEWEST]]
