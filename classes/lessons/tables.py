"""Columns of the lists of lessons, courses and recordings."""

from django.utils.translation import gettext_lazy as _

from console.lists.tables import Column, ListTable

LESSON_TABLE = ListTable(
    "lessons",
    columns=(
        Column("topic", _("Lesson"), order=("topic", "id"), is_fixed=True),
        Column("starts", _("When"), order=("starts_at", "id")),
        Column("teacher", _("Teacher")),
        Column("students", _("Students"), css="number"),
        Column("status", _("Status")),
        Column("sync", _("At iclass")),
    ),
    filters=("q", "since", "until", "status", "teacher", "sync", "need"),
    default_sort="-starts",
)

COURSE_TABLE = ListTable(
    "courses",
    columns=(
        Column("title", _("Course"), order=("title", "id"), is_fixed=True),
        Column("subject", _("Subject")),
        Column("teacher", _("Teacher")),
        Column("lessons", _("Lessons"), css="number"),
        Column("first", _("First")),
        Column("last", _("Last")),
    ),
    filters=("q", "subject"),
    default_sort="title",
)

RECORDING_TABLE = ListTable(
    "recordings",
    columns=(
        # Sorted by the topic of the lesson would mislead where the recording has a title of its own.
        Column("title", _("Lesson"), is_fixed=True),
        Column("starts", _("When"), order=("starts_at", "id")),
        Column("teacher", _("Teacher")),
        Column("state", _("State")),
        Column("tracks", _("Tracks")),
    ),
    filters=("q", "teacher", "person", "since", "until", "track", "state"),
    default_sort="-starts",
)
