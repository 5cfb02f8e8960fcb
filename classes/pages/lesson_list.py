"""List of lessons."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from classes.lessons.forms.filters import LessonFilter
from classes.lessons.queries import lessons_for, with_counts
from classes.lessons.status import phase_of
from classes.lessons.tables import LESSON_TABLE
from classes.timetable.bulk.selection import filter_lessons, parse_filter
from console.lists.views import TableView
from console.policy.views import paginate_by_key

#: Filters whose rows lead to the register, where the need is settled, and not to the lesson.
REGISTER_NEEDS = ("provisional", "contradicted")


class LessonList(TableView, TemplateView):
    """Lessons from a day on, in order; without a first day the newest first. Opens with today."""

    resource, action = "lesson", "list"
    table = LESSON_TABLE
    template_name = "classes/pages/lesson_list.html"

    @cached_property
    def filter(self) -> LessonFilter:
        return parse_filter(self.request)

    def default_sort(self) -> str:
        return "starts" if self.filter.cleaned_data.get("since") else "-starts"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        chosen = self.filter
        lessons = filter_lessons(with_counts(lessons_for(self.request.user)), chosen)
        order = self.table_state.order or self.table.order_of(self.default_sort())
        page = paginate_by_key(lessons, self.request, order)
        return super().get_context_data(
            title=_("Lessons"),
            search_label=_("Topic"),
            filter_form=chosen,
            keyset=page,
            rows=[(lesson, phase_of(lesson)) for lesson in page.rows],
            may_add=self.may("add"),
            many=self._many(),
            to_register=chosen.cleaned_data.get("need") in REGISTER_NEEDS,
            opened=not self.request.GET,
            yesterday=timezone.localdate() - timedelta(days=1),
            **more,
        )

    def _many(self) -> list[dict[str, str]]:
        """Return the bulk actions for selected lessons; their URLs keep the filter."""
        if not self.may("plan"):
            return []
        params = self.request.GET.urlencode()
        query = f"{'?' if params else ''}{params}"
        return [
            {
                "url": f"{reverse('classes:lessons_many')}{query}",
                "label": _("Edit selected"),
                "icon_name": "edit",
            },
            {
                "url": f"{reverse('classes:lessons_many_cancel')}{query}",
                "label": _("Cancel selected"),
                "icon_name": "calendar-off",
            },
        ]
