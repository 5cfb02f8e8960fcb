"""What people are told of lessons."""

from django.utils.translation import gettext_lazy as _

from console.notices.kinds import NoticeKind, register

for _name, _title in (
    ("lesson.not_ready_day", _("“%(topic)s” at %(at)s is not ready yet")),
    ("lesson.not_ready_soon", _("“%(topic)s” begins at %(at)s and is not ready")),
):
    register(
        NoticeKind(
            _name,
            _title,
            _("Its page names each point that is missing, and what to do about it."),
            tone="bad",
            icon="alert-triangle",
            mail=True,
        )
    )
register(
    NoticeKind(
        "lesson.many_not_ready",
        _("%(n)d lessons of %(at)s are not ready"),
        _("The list shows them all; each page names the points that are missing."),
        tone="bad",
        icon="alert-triangle",
        mail=True,
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
        "lesson.called_off",
        _("Cancelled: “%(topic)s” on %(at)s"),
        _("“%(topic)s” on %(at)s (%(zone)s) does not take place."),
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
    register(NoticeKind(_name, _title, _text, tone=_tone, icon=_icon, mail=True))
