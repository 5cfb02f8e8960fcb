"""Page of one person: attendance, lessons, contacts, courseware, and state at the service."""

from typing import Any

from csp.decorators import csp_update
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.generic import DetailView

from accounts.mirror.differences import PERSON_LABELS
from accounts.mirror.upsert import REDACTED
from accounts.models import ErasureRequest, PasswordLink, Role, User
from accounts.models.consent import AgeGroup
from accounts.models.roles import STAFF
from accounts.people import avatars, entry_cards
from accounts.people.actions import actions_for
from accounts.people.age_and_consent import current_age_group, sees_age
from accounts.people.charges import grades_of_teacher, groups_of_teacher, students_in_charge
from accounts.people.note_services import notes_about
from accounts.sign_in.password_links import unused_links
from classes.attendance.leave_queries import ON_LEAVE_BADGES
from classes.attendance.mark_badges import mark_badge
from classes.attendance.thresholds.sentences import cause_sentence
from classes.choices import Status
from classes.lessons.queries import PROBLEM_STATES, lessons_for, lessons_of_person
from classes.lessons.validation import TEACHING_ROLES
from classes.models import Appeal, Attendance, AttendanceWarning, Leave
from classes.pages.student_summary import attendance_summary
from console.lists.first_rows import FirstRows, first_rows
from console.outbox.models import Operation
from console.policy import Scope, may, scope_of, scoped
from console.policy.views import SchoolView, paginate_by_key
from documents.queries import documents_for

MAX_ROWS = 30
MAX_MARKS = 10
MAX_OPERATIONS = 8


class PersonPage(SchoolView, DetailView):
    """A person and their data; contacts are masked according to the policy table."""

    resource = "person"
    queryset = User.objects.select_related("enterprise").prefetch_related("student_groups")
    template_name = "classes/pages/person.html"
    context_object_name = "person"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Allow the origin of an external picture, on this page only."""
        response = super().get(request, *args, **kwargs)
        page: Any = response
        origin: str = page.context_data["picture"].origin
        if not origin:
            return response
        with_origin = csp_update({"img-src": [origin]})(lambda _request: response)(request)
        assert isinstance(with_origin, HttpResponse)  # the same response
        return with_origin

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        person, reader = self.object, self.request.user
        coming, past = lessons_of_person(reader, person)
        page = self.request.GET.get("page")
        acts = actions_for(reader, person)
        sees_sync = may(reader, "list", "operation")
        keyset = paginate_by_key(past, self.request, ("-starts_at", "-id"), MAX_ROWS)
        return super().get_context_data(
            title=person.nickname or person.user_id,
            picture=avatars.get_displayed_avatar(person),
            coming=first_rows(coming, MAX_ROWS),
            timetable_url=_timetable_url(person),
            past=keyset.rows,
            keyset=keyset,
            in_charge=groups_of_teacher(person) if person.role in STAFF else (),
            headed=grades_of_teacher(person) if person.role in STAFF else (),
            **(_attendance_context(reader, person, page) if person.role == Role.STUDENT else {}),
            documents=Paginator(documents_for(reader).filter(owner=person), MAX_ROWS).get_page(page),
            may_edit=self.may("change", person) and not person.erased_at,
            acts_on_account=any(not one.is_about_sync and one.prompt != "place" for one in acts),
            contacts=next((one for one in acts if one.name == "contacts"), None),
            sees_people=may(reader, "list", "person"),
            sees_sync=sees_sync,
            sees_drift=may(reader, "view", "drift"),
            sees_trail=may(reader, "list", "audit"),
            sees_card=may(reader, "new_token", "person", person) and _has_card(person),
            password_link=_password_link(reader, person),
            sees_guardians=_has_guardians(person) and may(reader, "list", "guardian"),
            **_age_context(reader, person),
            erasure=_erasure_request(reader, person),
            card_renewing=entry_cards.is_token_pending(person),
            has_sync_problem=person.sync_state in PROBLEM_STATES,
            operations=_recent_operations(person) if sees_sync else [],
            drift_key=f"user-{person.pk}",
            kept_there=_remaining_remote_data(person),
            **more,
        )


def _timetable_url(person: User) -> str:
    """Return the timetable with the lessons of a teacher, or of a student's groups."""
    groups = [one.pk for one in person.student_groups.all() if not one.archived_at]
    layers = {"teacher": person.user_id} if person.role in TEACHING_ROLES else {"group": groups}
    return f"{reverse('classes:timetable')}?{urlencode(layers, doseq=True)}"


def _has_guardians(person: User) -> bool:
    """Return whether this is a person who may have guardians."""
    return person.role == Role.STUDENT and not person.erased_at


def _age_context(reader: Any, person: User) -> dict[str, Any]:
    """Return age group and consent as the office sees them, and whether it may change them."""
    if person.erased_at or not sees_age(reader):
        return {"sees_age": False}
    return {
        "sees_age": True,
        "age_group": dict(AgeGroup.choices).get(current_age_group(person), ""),
        "may_record_age": may(reader, "change", "person", person),
    }


def _attendance_context(reader: Any, student: User, page: str | None) -> dict[str, Any]:
    """Return the attendance of a student: this term, the last marks, and what is open.

    That is warnings and appeals that are not done with, and leave not yet over.
    """
    warnings = AttendanceWarning.objects.filter(person=student, state__in=AttendanceWarning.UNHANDLED_STATES)
    appeals = Appeal.objects.filter(person=student, state=Appeal.State.OPEN).select_related("lesson")
    leaves = Leave.objects.filter(person=student, state__in=ON_LEAVE_BADGES, ends_at__gt=timezone.now())
    return {
        "attendance": attendance_summary(reader, student),
        "may_ask_leave": reader.pk == student.pk and may(reader, "add", "leave"),
        "marks": _recent_marks(reader, student),
        "warnings": first_rows(scoped(warnings, reader, "warning", "list").order_by("-pk"), MAX_ROWS).map(
            lambda one: (one, cause_sentence(one.facts))
        ),
        "appeals": first_rows(scoped(appeals, reader, "appeal", "list").order_by("created_at"), MAX_ROWS),
        "leaves": first_rows(scoped(leaves, reader, "leave", "list").order_by("begins_at"), MAX_ROWS),
        **_note_context(reader, student, page),
    }


def _note_context(reader: Any, student: User, page: str | None) -> dict[str, Any]:
    """Return the notes about a student, as far as the reader may see them, and what else they may do."""
    if not may(reader, "list", "note"):
        return {}
    notes = Paginator(notes_about(reader, student), MAX_ROWS).get_page(page)
    own = scope_of(reader, "add", "note") == Scope.OWN
    writes = may(reader, "add", "note") and not student.erased_at
    deletes = scope_of(reader, "delete", "note")
    return {
        "notes": [
            (one, deletes == Scope.SCHOOL or (deletes == Scope.OWN and one.by_id == reader.pk))
            for one in notes
        ],
        "note_page": notes,
        "sees_notes": True,
        "may_note": writes and (not own or students_in_charge(reader).filter(student=student.pk).exists()),
    }


def _recent_marks(reader: Any, person: User) -> list[dict[str, Any]]:
    """Return the newest marks of a student that the reader may see.

    A running lesson has none: whoever has not come yet is not absent.
    """
    own_marks = Attendance.objects.filter(person=person, expected=True).exclude(mark="")
    rows = (
        scoped(own_marks, reader, "attendance", "list")
        .exclude(lesson__status=Status.ING)
        .select_related("lesson")
        .order_by("-lesson__starts_at")
    )
    marks = list(rows[:MAX_MARKS])
    # Whoever is in charge of a group sees marks in lessons that they may not open.
    opens = set(
        lessons_for(reader).filter(pk__in=[one.lesson_id for one in marks]).values_list("pk", flat=True)
    )
    return [{"mark": one, "sign": mark_badge(one.mark), "opens": one.lesson_id in opens} for one in marks]


def _password_link(reader: Any, person: User) -> PasswordLink | None:
    """Return the link that waits for the person, also an expired one; None if the reader may not see it."""
    if not may(reader, "password_link", "person", person):
        return None
    return unused_links(person).select_related("created_by").first()


def _has_card(person: User) -> bool:
    return bool(person.user_token) and person.is_active


def _erasure_request(reader: Any, person: User) -> ErasureRequest | None:
    """Return the request to erase the person that waits, for those who may see it."""
    if person.erased_at or not may(reader, "list", "erasure"):
        return None
    waiting = scoped(ErasureRequest.waiting().filter(person=person), reader, "erasure", "list")
    return waiting.select_related("requested_by").first()


def _recent_operations(person: User) -> FirstRows[Operation]:
    """Return the newest operations about a person, each with its attempts."""
    about = Operation.objects.filter(subject_type=User._meta.label_lower, subject_id=person.pk)
    return first_rows(about.select_related("created_by").prefetch_related("tries"), MAX_OPERATIONS)


def _remaining_remote_data(person: User) -> list[Any]:
    """Return the labels of fields that the service still has of an erased person."""
    if not person.erased_at:
        return []
    return [PERSON_LABELS[name] for name, value in person.observed.items() if value == REDACTED]
