"""The list of lessons."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from classes.queries import counted, lessons_for
from classes.views.choosing import chosen_lessons, filter_of
from console.policy.pages import SchoolPage, keyset

FORWARD = ("starts_at", "id")
BACKWARD = ("-starts_at", "-id")


class LessonList(SchoolPage, TemplateView):
    """Lessons from a day on, forwards; without a first day the newest first. Opens with today."""

    resource, action = "lesson", "list"
    template_name = "classes/lesson_list.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        chosen = filter_of(self.request)
        lessons = chosen_lessons(counted(lessons_for(self.request.user)), chosen)
        forward = bool(chosen.cleaned_data.get("since"))
        return super().get_context_data(
            title=_("Lessons"),
            search_label=_("Topic"),
            filter_form=chosen,
            keyset=keyset(lessons, self.request, FORWARD if forward else BACKWARD),
            may_add=self.may("add"),
            many=self._many(),
            opened=not self.request.GET,
            yesterday=timezone.localdate() - timedelta(days=1),
            **more,
        )

    def _many(self) -> list[dict[str, str]]:
        """What may be done to the ticked lessons; the address keeps the filter."""
        if not self.may("change"):
            return []
        told = self.request.GET.urlencode()
        chosen = f"{'?' if told else ''}{told}"
        return [
            {
                "url": f"{reverse('classes:lessons_many')}{chosen}",
                "label": _("Change those chosen"),
                "icon_name": "edit",
            },
            {
                "url": f"{reverse('classes:lessons_many_cancel')}{chosen}",
                "label": _("Cancel those chosen"),
                "icon_name": "calendar-off",
            },
        ]
