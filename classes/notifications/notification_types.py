"""Notification types and topics about lessons."""

from django.utils.translation import gettext_lazy as _

from accounts.models.roles import Role
from classes.models import Alarm
from classes.notifications.calendar_parts import cancellation_parts, invitation_parts, removal_parts
from console.notifications.topics import EmailFrequency, Topic, register_topic
from console.notifications.types import NotificationType, register_type

#: A student whom a notification of an earlier version does not name.
UNNAMED = {"name": _("A student")}
_OFFICE, _TEACHING = (Role.SUPERADMIN, Role.ADMIN), (Role.TEACHER, Role.ASSISTANT)
_STAFF = (*_OFFICE, *_TEACHING)
_EXPECTED = (*_STAFF, Role.SUPERVISOR, Role.STUDENT)
for _topic in (
    Topic(
        "lessons", _("New, changed and cancelled lessons, for your calendar"), _EXPECTED, EmailFrequency.NOW
    ),
    Topic(
        "reminders",
        _("Lesson reminders: a day and an hour before"),
        _EXPECTED,
        EmailFrequency.NOW,
        {Role.SUPERVISOR: EmailFrequency.NEVER},
    ),
    Topic("readiness", _("Lessons that are not ready"), _OFFICE, EmailFrequency.NOW, to_groups=True),
    Topic("trouble", _("Alarms in running lessons"), _STAFF, EmailFrequency.NOW, to_groups=True),
    Topic("less_trouble", _("Lessons that run over, absent students"), _STAFF, to_groups=True),
    Topic(
        "registers",
        _("Registers that are final"),
        _STAFF,
        by_role={Role.TEACHER: EmailFrequency.DAILY},
        to_groups=True,
    ),
    Topic("appeals", _("Appeals against marks"), _STAFF, EmailFrequency.NOW),
    Topic(
        "leave",
        _("Leave: requests and answers"),
        [*_STAFF, Role.STUDENT],
        EmailFrequency.NOW,
        dict.fromkeys(_OFFICE, EmailFrequency.DAILY),
    ),
    Topic("marks", _("Your marks and answers to your appeals"), [Role.STUDENT], EmailFrequency.DAILY),
    Topic(
        "keeping",
        _("Recordings that expire soon"),
        _STAFF,
        by_role=dict.fromkeys(_OFFICE, EmailFrequency.DAILY),
    ),
):
    register_topic(_topic)

for _name, _title in (
    ("lesson.not_ready_day", _("“%(topic)s” on %(at)s is not ready yet")),
    ("lesson.not_ready_soon", _("“%(topic)s” starts on %(at)s and is not ready")),
):
    register_type(
        NotificationType(
            _name,
            _title,
            _("The lesson's page lists what is missing and what to do."),
            "readiness",
            tone="bad",
            icon="alert-triangle",
        )
    )
register_type(
    NotificationType(
        "lesson.many_not_ready",
        _("%(n)d lessons of %(at)s are not ready"),
        _("The list shows all of them. Each lesson's page lists what is missing."),
        "readiness",
        tone="bad",
        icon="alert-triangle",
    )
)

for _name, _title, _text, _tone, _icon in (
    (
        "lesson.invited",
        _("New lesson: “%(topic)s”, %(at)s"),
        _("“%(topic)s” takes place on %(at)s (%(zone)s). You are expected to attend."),
        "idle",
        "calendar-plus",
    ),
    (
        "lesson.invited_to_many",
        _("%(n)d new lessons, the first on %(at)s"),
        _("The first is “%(topic)s” on %(at)s (%(zone)s). Your timetable shows all of them."),
        "idle",
        "calendar-plus",
    ),
    (
        "lesson.moved",
        _("Moved: “%(topic)s” is now on %(at)s"),
        _("“%(topic)s” has a new time: %(at)s (%(zone)s), instead of %(was)s."),
        "warn",
        "calendar-time",
    ),
    (
        "lesson.changed",
        _("Changed: “%(topic)s”, %(at)s"),
        _("“%(topic)s” takes place from %(at)s to %(until)s (%(zone)s). Teacher: %(teacher)s."),
        "warn",
        "calendar-cog",
    ),
    (
        "lesson.taken_off",
        _("You are no longer expected: “%(topic)s”, %(at)s"),
        _("“%(topic)s” on %(at)s (%(zone)s) takes place without you."),
        "warn",
        "calendar-off",
    ),
    (
        "lesson.taken_off_many",
        _("You are no longer expected in %(n)d lessons, the first on %(at)s"),
        _(
            "“%(topic)s” on %(at)s (%(zone)s) and %(more)d more take place without you. See "
            "your timetable for the rest."
        ),
        "warn",
        "calendar-off",
    ),
    (
        "lesson.called_off",
        _("Cancelled: “%(topic)s” on %(at)s"),
        _("“%(topic)s” on %(at)s (%(zone)s) does not take place."),
        "warn",
        "calendar-off",
    ),
    (
        "lesson.called_off_saying",
        _("Cancelled: “%(topic)s” on %(at)s"),
        _("“%(topic)s” on %(at)s (%(zone)s) does not take place. Your school says: %(words)s"),
        "warn",
        "calendar-off",
    ),
    (
        "lesson.called_off_many",
        _("Cancelled: %(n)d lessons, the first on %(at)s"),
        _("“%(topic)s” on %(at)s (%(zone)s) and %(more)d more do not take place. See your timetable."),
        "warn",
        "calendar-off",
    ),
    (
        "lesson.called_off_many_saying",
        _("Cancelled: %(n)d lessons, the first on %(at)s"),
        _(
            "“%(topic)s” on %(at)s (%(zone)s) and %(more)d more do not take place. See your timetable. "
            "Your school says: %(words)s"
        ),
        "warn",
        "calendar-off",
    ),
    (
        "lesson.tomorrow",
        _("Tomorrow: “%(topic)s”, %(at)s"),
        _("“%(topic)s” starts on %(at)s (%(zone)s)."),
        "idle",
        "calendar-event",
    ),
    (
        "lesson.in_an_hour",
        _("Starting soon: “%(topic)s”, %(at)s"),
        _("“%(topic)s” starts on %(at)s (%(zone)s). Enter the classroom from the lesson's page."),
        "idle",
        "clock-play",
    ),
):
    _reminds = _name in ("lesson.tomorrow", "lesson.in_an_hour")
    _ends = (
        removal_parts
        if "taken_off" in _name
        else cancellation_parts
        if "called_off" in _name
        else invitation_parts
    )
    register_type(
        NotificationType(
            _name,
            _title,
            _text,
            "reminders" if _reminds else "lessons",
            tone=_tone,
            icon=_icon,
            attach=None if _reminds else _ends,
            defaults={"was": _("the former time")} if _name == "lesson.moved" else {},
        )
    )

_LESSON = _("Open the lesson to see who is in it and what you can do.")
for _kind, _title, _text, _tone, _icon, _topic_name in (
    ("teacher_out", _("“%(lesson)s”: the teacher is not in the room"), _LESSON, "bad", "user-off", "trouble"),
    (
        "mass_drop",
        _("“%(lesson)s”: %(number)d left within a minute"),
        _LESSON,
        "bad",
        "users-minus",
        "trouble",
    ),
    ("nobody_in", _("“%(lesson)s”: no student is in the room"), _LESSON, "bad", "users", "trouble"),
    ("ghost", _("“%(lesson)s” is running and the room is empty"), _LESSON, "bad", "ghost", "trouble"),
    ("recording_missing", _("“%(lesson)s” is not being recorded"), _LESSON, "bad", "video-off", "trouble"),
    ("overrun", _("“%(lesson)s” is running longer than planned"), _LESSON, "warn", "clock-x", "less_trouble"),
    ("absent", _("“%(lesson)s”: %(number)d students are absent"), _LESSON, "warn", "user-x", "less_trouble"),
    (
        "poll_outage",
        _("No data from iclass about running lessons: %(number)d"),
        _(
            "It is currently not known who is in these lessons. This time is recorded as no "
            "data, not as absence."
        ),
        "bad",
        "cloud-x",
        "trouble",
    ),
    (
        "callback_silence",
        _("No callbacks from iclass for running lessons: %(number)d"),
        _("Check the events from iclass and the callback address."),
        "warn",
        "antenna-bars-off",
        "trouble",
    ),
):
    register_type(
        NotificationType(
            f"alarm.{_kind}",
            _title,
            _text,
            _topic_name,
            tone=_tone,
            icon=_icon,
            label=Alarm.Kind(_kind).label,
        )
    )

register_type(
    NotificationType(
        "recording.expires",
        _("A recording expires soon"),
        _("“%(name)s” moves to the recycle bin after %(day)s. Choose a later day to keep it."),
        "keeping",
        tone="warn",
        icon="video",
    )
)

register_type(
    NotificationType(
        "recording.expire_many",
        _("Recordings that expire soon: %(number)d"),
        _(
            "They move to the recycle bin after %(day)s. To keep one, choose a later day or "
            "keep it indefinitely on its page."
        ),
        "keeping",
        tone="warn",
        icon="video",
    )
)

register_type(
    NotificationType(
        "register.final",
        _("“%(lesson)s”: the register is final"),
        _(
            "Absent: %(absent)d, late or left early: %(late)d, no data: %(unknown)d. The "
            "register can be closed now."
        ),
        "registers",
        tone="ok",
        icon="list-check",
    )
)
register_type(
    NotificationType(
        "attendance.absent",
        _("“%(lesson)s”: you are marked absent"),
        _("See the reason. If it is wrong, you can appeal until %(until)s."),
        "marks",
        tone="warn",
        icon="circle-x",
    )
)
register_type(
    NotificationType(
        "attendance.absent_final",
        _("“%(lesson)s”: you are marked absent"),
        _("See the reason. If it is wrong, talk to your teacher."),
        "marks",
        tone="warn",
        icon="circle-x",
    )
)
register_type(
    NotificationType(
        "attendance.appeal",
        _("“%(lesson)s”: %(name)s appealed against a mark"),
        _("The appeal and the evidence at that time are shown side by side. Answer it there."),
        "appeals",
        tone="warn",
        icon="message-report",
        defaults=UNNAMED,
    )
)
register_type(
    NotificationType(
        "attendance.answer",
        _("“%(lesson)s”: your appeal has been answered"),
        _("See the answer and the current mark."),
        "marks",
        icon="message-check",
    )
)
for _name, _title, _text, _tone, _icon in (
    (
        "leave.requested",
        _("%(name)s asks for leave: %(start)s – %(end)s"),
        _("Approve the request, or return it with a sentence to the student."),
        "warn",
        "calendar-question",
    ),
    (
        "leave.approved",
        _("Leave approved: %(start)s – %(end)s"),
        _("Absences during this time count as excused."),
        "ok",
        "calendar-check",
    ),
    (
        "leave.returned",
        _("Leave request returned: %(start)s – %(end)s"),
        _("Read the answer. You can send a new request."),
        "warn",
        "calendar-off",
    ),
):
    register_type(NotificationType(_name, _title, _text, "leave", tone=_tone, icon=_icon, defaults=UNNAMED))
