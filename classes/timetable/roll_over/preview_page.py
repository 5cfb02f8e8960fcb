"""The page of a roll-over: the preview of a draft in steps, and later its result."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from classes.models import RollOver
from classes.timetable.roll_over import services, undo
from classes.timetable.roll_over.courses import CourseRow
from classes.timetable.roll_over.edits import EditsConflict, RowEdit, keep_entered
from classes.timetable.roll_over.forms import read_courses, read_groups, read_leavers
from classes.timetable.roll_over.groups import GroupRow
from classes.timetable.roll_over.plan import Plan, build_plan, build_preview
from classes.timetable.roll_over.result import describe_kept, failure_text, leaver_names, waiting_lessons
from classes.timetable.roll_over.states import has_failed, is_draft, is_job_open, shown_state
from classes.timetable.roll_over.views import ROLL_OVERS
from console.jobs.views import JobProgress
from console.policy.views import SchoolView

State = RollOver.State
STEPS = ("groups", "students", "courses", "confirm")
GROUPS_PER_PAGE, COURSES_PER_PAGE, REFRESH_S = 50, 30, 2


class RollOverPage(SchoolView, TemplateView):
    """The preview of a draft, step by step; POST keeps its choices. Later, the result."""

    resource = "roll_over"

    @cached_property
    def roll_over(self) -> RollOver:
        return self.get_row(ROLL_OVERS, pk=self.kwargs["pk"])

    @property
    def is_draft(self) -> bool:
        return is_draft(self.roll_over)

    @property
    def shows_result(self) -> bool:
        """Whether the page is the one that was followed while the job went on."""
        return not self.is_draft or (has_failed(self.roll_over) and "step" not in self.request.GET)

    @property
    def step(self) -> str:
        step = self.request.GET.get("step", "")
        return step if step in STEPS else STEPS[0]

    @cached_property
    def plan(self) -> Plan | None:
        needs_conflicts = self.step in ("courses", "confirm")
        return (build_preview if needs_conflicts else build_plan)(self.roll_over)

    def get_template_names(self) -> list[str]:
        page = "result" if self.shows_result else self.step
        return [f"classes/timetable/roll_over/{page}.html"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_draft and "step" in request.GET:  # its page keeps itself up to date
            return redirect("classes:roll_over", self.roll_over.pk)
        if not self.shows_result and self.plan is None:
            return self._ask_for_terms()
        return super().get(request, *args, **kwargs)

    def _ask_for_terms(self) -> HttpResponse:
        self.warning(_("A term of this roll-over was deleted. Choose another one; your choices are kept."))
        return redirect("classes:roll_over_terms", self.roll_over.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.action = "change"
        self.require()
        if not self.is_draft:
            self.warning(_("This roll-over was confirmed already. See its page."))
            return redirect("classes:roll_over", self.roll_over.pk)
        posted = self._posted_choices()
        try:
            plan = services.save_choices(roll_over=self.roll_over, **posted)
        except EditsConflict as conflict:
            messages.error(request, " ".join(conflict.messages))
            return self._show_again(posted.get(self.step, {}), conflict)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(request.get_full_path())
        return redirect(self._next_address(plan)) if plan else self._ask_for_terms()

    def _show_again(self, edits: Mapping[int, RowEdit], conflict: EditsConflict) -> HttpResponse:
        """Show what was typed beside what somebody else chose."""
        del self.roll_over  # their choices were saved after it was read
        if not self.is_draft or self.plan is None:
            return redirect("classes:roll_over", self.kwargs["pk"])
        keep_entered(self._rows(self.plan), edits, conflict.clashes)
        return self.render_to_response(self.get_context_data())

    def _posted_choices(self) -> dict[str, Any]:
        """Return what this page posts, as `save_choices` takes it."""
        posted = self.request.POST
        if self.step == "groups":
            return {"groups": read_groups(posted)}
        if self.step == "courses":
            return {"courses": read_courses(posted)}
        return {"deactivates": read_leavers(posted)}

    def _next_address(self, plan: Plan) -> str:
        """Return the same page, its next one, or the next step."""
        if "next" not in self.request.POST:
            return self.request.get_full_path()
        page, step = self._page(plan), self.step
        if page is not None and page.has_next():
            return f"{self.request.path}?step={step}&page={page.next_page_number()}"
        return f"{self.request.path}?step={STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]}"

    def _rows(self, plan: Plan) -> Sequence[GroupRow] | Sequence[CourseRow]:
        """Return the rows that this step edits."""
        if self.step == "groups":
            return plan.groups
        return plan.courses if self.step == "courses" else ()

    def _page(self, plan: Plan) -> Any:
        if self.step not in ("groups", "courses"):
            return None
        size = GROUPS_PER_PAGE if self.step == "groups" else COURSES_PER_PAGE
        return Paginator(self._rows(plan), size).get_page(self.request.GET.get("page"))

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context = self._result_context() if self.shows_result else self._draft_context()
        return super().get_context_data(
            title=_("End-of-year roll-over"), roll_over=self.roll_over, **context, **more
        )

    def _draft_context(self) -> dict[str, Any]:
        plan, step = self.plan, self.step
        assert plan is not None  # `get` and `post` ask for other terms first
        page = self._page(plan)
        return {
            "plan": plan,
            "counts": plan.counts,
            "step": step,
            "steps": _steps(plan),
            "page_obj": page,
            "changed_since": bool(self.roll_over.seen)
            and self.roll_over.seen != plan.digest_without_conflicts,
            "failure": failure_text(self.roll_over),
            "group_error_url": _first_error_url("groups", plan.groups, GROUPS_PER_PAGE),
            "course_error_url": _first_error_url("courses", plan.courses, COURSES_PER_PAGE),
            "teachers": plan.teachers,
            "leavers": leaver_names(plan.leavers) if step == "students" else (),
            "may_change": self.may("change", self.roll_over),
        }

    def _result_context(self) -> dict[str, Any]:
        one = self.roll_over
        job = JobProgress(one.job) if one.job else None
        is_open = is_job_open(one)
        waiting = waiting_lessons(one) if one.state == State.APPLIED else 0
        refused = undo.refusal(one) if one.state in (State.APPLIED, State.UNDOING) else ""
        return {
            "counts": one.numbers,
            "job": job,
            "failure": failure_text(one),
            "state": shown_state(one),
            "draft_url": f"?step={STEPS[0]}" if self.is_draft else "",
            "may_discard": self.is_draft and self.may("change", one),
            "live_every": REFRESH_S if is_open or waiting else 0,
            "waiting": waiting,
            "undo_refused": refused if not is_open else "",
            "undo_until": undo.undo_until(one),
            "may_undo": one.state in (State.APPLIED, State.UNDOING)
            and not is_open
            and not refused
            and self.may("undo", one),
            "kept": describe_kept(one),
        }


def _first_error_url(step: str, rows: Sequence[Any], size: int) -> str:
    """Return the address of the first faulty row of a step; empty if there is none."""
    for place, row in enumerate(rows):
        if row.error:
            anchor = f"group-{row.group.pk}" if step == "groups" else f"course-{row.course.pk}"
            return f"?step={step}&page={place // size + 1}#{anchor}"
    return ""


def _steps(plan: Plan) -> list[tuple[str, str, int]]:
    """Return the steps, each with its label and the number of its errors."""
    return [
        ("groups", _("Groups"), len(plan.group_errors)),
        ("students", _("Leavers"), 0),
        ("courses", _("Courses"), len(plan.course_errors)),
        ("confirm", _("Confirm"), 0),
    ]
