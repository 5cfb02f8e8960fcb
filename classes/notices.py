"""What people are told of lessons."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from classes.telling.invitation import called_off, invitation, taken_off
from console.notices.kinds import NoticeKind, register
from console.notices.topics import Mail, Topic, register_topic

_OFFICE, _TEACHING = (Role.SUPERADMIN, Role.ADMIN), (Role.TEACHER, Role.ASSISTANT)
_STAFF = (*_OFFICE, *_TEACHING)
_EXPECTED = (*_STAFF, Role.SUPERVISOR, Role.STUDENT)
for _topic in (
    Topic("lessons", _("Lessons: new, changed and cancelled, for your calendar"), _EXPECTED, Mail.NOW),
    Topic(
        "reminders",
        _("Reminders, a day and an hour before a lesson"),
        _EXPECTED,
        Mail.NOW,
        {Role.SUPERVISOR: Mail.NEVER},
    ),
    Topic("readiness", _("Lessons that are not ready"), _OFFICE, Mail.NOW),
    Topic("trouble", _("Trouble in a running lesson"), _STAFF, Mail.NOW),
    Topic("less_trouble", _("Lessons that run on, students who are absent"), _STAFF, Mail.NEVER),
    Topic("registers", _("Registers that are final"), _STAFF, by_role={Role.TEACHER: Mail.DAILY}),
    Topic("appeals", _("Appeals against marks"), _STAFF, Mail.NOW),
    Topic("marks", _("Your marks of attendance, and answers to appeals"), [Role.STUDENT], Mail.DAILY),
    Topic(
        "keeping",
        _("Recordings that are kept no longer soon"),
        _STAFF,
        by_role=dict.fromkeys(_OFFICE, Mail.DAILY),
    ),
):
    register_topic(_topic)

for _name, _title in (
    ("lesson.not_ready_day", _("“%(topic)s” at %(at)s is not ready yet")),
    ("lesson.not_ready_soon", _("“%(topic)s” begins at %(at)s and is not ready")),
):
    register(
        NoticeKind(
            _name,
            _title,
            _("Its page names each point that is missing, and what to do about it."),
            "readiness",
            tone="bad",
            icon="alert-triangle",
        )
    )
register(
    NoticeKind(
        "lesson.many_not_ready",
        _("%(n)d lessons of %(at)s are not ready"),
        _("The list shows them all; each page names the points that are missing."),
        "readiness",
        tone="bad",
        icon="alert-triangle",
    )
)

for _name, _title, _text, _tone, _icon in (
    (
        "lesson.invited",
        _("New lesson: “%(topic)s”, %(at)s"),
        _("“%(topic)s” takes place on %(at)s (%(zone)s). You are expected."),
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
        _("“%(topic)s” takes place at another time: %(at)s (%(zone)s)."),
        "warn",
        "calendar-time",
    ),
    (
        "lesson.changed",
        _("Changed: “%(topic)s”, %(at)s"),
        _("“%(topic)s” is from %(at)s to %(until)s (%(zone)s). Teacher: %(teacher)s."),
        "warn",
        "calendar-cog",
    ),
    (
        "lesson.taken_off",
        _("You are not expected any more: “%(topic)s”, %(at)s"),
        _("“%(topic)s” on %(at)s (%(zone)s) takes place without you."),
        "warn",
        "calendar-off",
    ),
    (
        "lesson.taken_off_many",
        _("You are not expected any more in %(n)d lessons, the first on %(at)s"),
        _(
            "“%(topic)s” on %(at)s (%(zone)s) and %(more)d more take place without you. "
            "Your timetable shows what is left."
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
        _("Within a day: “%(topic)s”, %(at)s"),
        _("“%(topic)s” begins on %(at)s (%(zone)s)."),
        "idle",
        "calendar-event",
    ),
    (
        "lesson.in_an_hour",
        _("Within an hour: “%(topic)s”, %(at)s"),
        _("“%(topic)s” begins on %(at)s (%(zone)s). Its page has the way into the classroom."),
        "idle",
        "clock-play",
    ),
):
    _reminds = _name in ("lesson.tomorrow", "lesson.in_an_hour")
    _ends = taken_off if "taken_off" in _name else called_off if "called_off" in _name else invitation
    register(
        NoticeKind(
            _name,
            _title,
            _text,
            "reminders" if _reminds else "lessons",
            tone=_tone,
            icon=_icon,
            attach=None if _reminds else _ends,
        )
    )

_LESSON = _("Look at the lesson: it says who is in it, and what you can do.")
for _kind, _title, _text, _tone, _icon, _topic in (
    ("teacher_out", _("“%(lesson)s”: the teacher is not in"), _LESSON, "bad", "user-off", "trouble"),
    (
        "mass_drop",
        _("“%(lesson)s”: %(number)d left within a minute"),
        _LESSON,
        "bad",
        "users-minus",
        "trouble",
    ),
    ("nobody_in", _("“%(lesson)s”: no student is in"), _LESSON, "bad", "users", "trouble"),
    ("ghost", _("“%(lesson)s” runs and nobody is in it"), _LESSON, "bad", "ghost", "trouble"),
    ("recording_missing", _("“%(lesson)s” is not being recorded"), _LESSON, "bad", "video-off", "trouble"),
    ("overrun", _("“%(lesson)s” runs longer than planned"), _LESSON, "warn", "clock-x", "less_trouble"),
    ("absent", _("“%(lesson)s”: %(number)d students are absent"), _LESSON, "warn", "user-x", "less_trouble"),
    (
        "poll_outage",
        _("No news from iclass of running lessons: %(number)d"),
        _("Who is in them cannot be seen now. What happens meanwhile is marked as unknown, not as absent."),
        "bad",
        "cloud-x",
        "trouble",
    ),
    (
        "callback_silence",
        _("iclass calls nothing back of running lessons: %(number)d"),
        _("Look at what came from iclass, and whether the callback address is right."),
        "warn",
        "antenna-bars-off",
        "trouble",
    ),
):
    register(NoticeKind(f"alarm.{_kind}", _title, _text, _topic, tone=_tone, icon=_icon))

register(
    NoticeKind(
        "recording.expires",
        _("A recording is kept no longer soon"),
        _("“%(name)s” goes into the bin after %(day)s. Choose a later day to keep it."),
        "keeping",
        tone="warn",
        icon="video",
    )
)

register(
    NoticeKind(
        "recording.expire_many",
        _("Recordings are kept no longer soon: %(number)d"),
        _("They go into the bin after %(day)s. Give one a later day, or keep it for good, on its page."),
        "keeping",
        tone="warn",
        icon="video",
    )
)

register(
    NoticeKind(
        "register.final",
        _("“%(lesson)s”: the register is final"),
        _(
            "Absent: %(absent)d, late or left early: %(late)d, without data: %(unknown)d. "
            "It can be closed now."
        ),
        "registers",
        tone="ok",
        icon="list-check",
    )
)
register(
    NoticeKind(
        "attendance.absent",
        _("“%(lesson)s”: you are marked absent"),
        _("Look at the reason. If it is wrong, you can appeal until %(until)s."),
        "marks",
        tone="warn",
        icon="circle-x",
    )
)
register(
    NoticeKind(
        "attendance.appeal",
        _("“%(lesson)s”: a student appeals against a mark"),
        _("What they say and the evidence of that day stand side by side. Answer it there."),
        "appeals",
        tone="warn",
        icon="message-report",
    )
)
register(
    NoticeKind(
        "attendance.answer",
        _("“%(lesson)s”: your appeal is answered"),
        _("Read the answer and how the mark stands now."),
        "marks",
        icon="message-check",
    )
)
