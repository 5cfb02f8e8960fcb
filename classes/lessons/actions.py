"""Actions that a user can run on a lesson: texts, icon and service of each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classes.lessons import services
from classes.lessons.status import Phase, phase_of
from classes.lessons.undo import cancel_revocably
from classes.lessons.usual_times import start_consequences, stop_consequences
from classes.models import Lesson
from console.policy import may

#: Actions that let a lesson be held; one that is made up is not.
HOLDING_ACTIONS = ("start", "push")
PHASES_BEFORE_START = ("planned", "soon", "overdue", "not_held")


@dataclass(frozen=True)
class LessonAction:
    """An action button. `name` is the action of the policy table.

    `asks` says how to confirm: "" (not at all), "question" or "page". `phases` limits the lesson phases in
    which the action is available; empty means all. `consequences` returns what happens outside of the usual
    time of the action, which is then confirmed on a page. An action with the name `undo` can be taken back
    (`console.undo`) with what its service returns.
    """

    name: str
    label: str | Promise
    icon: str
    question: str | Promise
    detail: str | Promise
    done: str | Promise
    do: Callable[..., Any]
    phases: tuple[str, ...] = ()
    asks: str = ""
    tone: str = "primary"
    consequences: Callable[[Lesson], list[str]] | None = None
    undo: str = ""

    def for_lesson(self, lesson: Lesson) -> "LessonAction":
        """Return the action as it is confirmed for this lesson now."""
        return replace(self, asks="page") if self.consequences and self.consequences(lesson) else self


LESSON_ACTIONS = {
    action.name: action
    for action in (
        LessonAction(
            "start",
            _("Start the lesson"),
            "player-play",
            _("Start this lesson now?"),
            _("Everyone can then enter the classroom."),
            _("The lesson is starting. This page shows when it is running."),
            services.start_lesson,
            phases=("planned", "soon", "overdue"),
            consequences=start_consequences,
        ),
        LessonAction(
            "stop",
            _("End the lesson"),
            "player-stop",
            _("End this lesson for everyone?"),
            _("Everyone leaves the classroom. A lesson cannot be reopened after it has ended."),
            _("The lesson is ending. Attendance is calculated afterwards."),
            services.stop_lesson,
            phases=("running",),
            asks="question",
            tone="danger",
            consequences=stop_consequences,
        ),
        LessonAction(
            "cancel",
            _("Cancel the lesson"),
            "calendar-off",
            _("Cancel this lesson?"),
            _(
                "The lesson is deleted at iclass and can no longer be entered. It stays in the "
                "console, marked as cancelled."
            ),
            _("The lesson has been cancelled. The change is sent to iclass within seconds."),
            cancel_revocably,
            phases=PHASES_BEFORE_START,
            asks="page",
            tone="danger",
            undo="lesson.cancel",
        ),
        LessonAction(
            "pull",
            _("Check iclass now"),
            "cloud-download",
            _("Check iclass now?"),
            _("The console asks iclass about this lesson. Nothing is changed."),
            _("Checking iclass. The result appears within seconds."),
            services.pull_lesson,
        ),
        LessonAction(
            "push",
            _("Send again"),
            "cloud-upload",
            _("Send this lesson again?"),
            _("The lesson at iclass is updated to match the console."),
            _("The lesson is being sent to iclass again."),
            services.push_lesson,
            phases=PHASES_BEFORE_START,
        ),
    )
}


def available_actions(reader: Any, lesson: Lesson) -> dict[str, LessonAction]:
    """Return the actions that this reader may run on the lesson now, by name."""
    phase: Phase = phase_of(lesson)
    return {
        name: action.for_lesson(lesson)
        for name, action in LESSON_ACTIONS.items()
        if (not action.phases or phase.name in action.phases)
        and (not lesson.made_up or name not in HOLDING_ACTIONS)
        and (name != "pull" or lesson.remote_id)
        and may(reader, name, "lesson", lesson)
    }
