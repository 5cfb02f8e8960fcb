"""What people do to a lesson by a button: the words of each act, and the service behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classes import services
from classes.models import Lesson
from classes.phases import Phase, phase_of
from console.policy import may

BEFORE = ("planned", "soon", "overdue", "not_held")


@dataclass(frozen=True)
class Act:
    """`name` is the action of the policy table; `asks` says how: not at all, a question, or a page.

    `phases` are those in which the act makes sense (empty: in all).
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


ACTS = {
    act.name: act
    for act in (
        Act(
            "start",
            _("Start the lesson"),
            "player-play",
            _("Start this lesson now?"),
            _("The classroom opens for everybody who is in it or comes in."),
            _("The start is on its way to iclass. This page shows it as soon as the lesson runs."),
            services.start_lesson,
            phases=("planned", "soon", "overdue"),
        ),
        Act(
            "stop",
            _("End the lesson"),
            "player-stop",
            _("End this lesson for everybody?"),
            _("Everybody leaves the classroom. A lesson that has ended cannot be opened again."),
            _("The end is on its way to iclass. Attendance is reckoned afterwards."),
            services.stop_lesson,
            phases=("running",),
            asks="question",
            tone="danger",
        ),
        Act(
            "cancel",
            _("Cancel the lesson"),
            "calendar-off",
            _("Cancel this lesson?"),
            _("It is taken out of iclass and nobody can enter it. Here it stays, marked as cancelled."),
            _("The lesson is cancelled. iclass is told within seconds."),
            services.cancel_lesson,
            phases=BEFORE,
            asks="page",
            tone="danger",
        ),
        Act(
            "pull",
            _("Look at iclass now"),
            "cloud-download",
            _("Look at iclass now?"),
            _("The console asks iclass what it has of this lesson. Nothing is changed there."),
            _("iclass is being asked. What it says appears here within seconds."),
            services.pull_lesson,
        ),
        Act(
            "push",
            _("Send again"),
            "cloud-upload",
            _("Send this lesson again?"),
            _("iclass gets the lesson as it stands here."),
            _("The lesson is on its way to iclass again."),
            services.push_lesson,
            phases=BEFORE,
        ),
    )
}


def acts_for(reader: Any, lesson: Lesson) -> dict[str, Act]:
    """The acts that this reader may do to the lesson now, by name."""
    phase: Phase = phase_of(lesson)
    return {
        name: act
        for name, act in ACTS.items()
        if (not act.phases or phase.name in act.phases)
        and (name != "pull" or lesson.remote_id)
        and may(reader, name, "lesson", lesson)
    }
