"""What the audit trail records of courses, lessons, subjects and terms, and which rows are read-only."""

from console.audit.change_triggers import register_watched_columns
from console.audit.labels import register_searchable_type
from console.policy.row_security.row_policies import register_table

register_watched_columns(
    "classes.Course",
    (
        *("title", "teacher", "class_type", "term", "starts_local", "duration_minutes", "rrule", "skip"),
        *("make_up_skipped", "subject"),
    ),
)
register_watched_columns(
    "classes.Lesson",
    (
        "topic",
        "teacher",
        "starts_at",
        "ends_at",
        "class_type",
        "record_types",
        "cancelled_at",
        "conflict_allowed",
    ),
)
register_watched_columns("classes.Term", ("name", "starts_on", "ends_on"))
register_watched_columns("classes.Subject", ("name", "colour"))
register_watched_columns("classes.Holiday", ("name", "term", "starts_on", "ends_on"))
register_watched_columns("classes.TeacherAbsence", ("teacher", "begins_at", "ends_at", "withdrawn_at"))
register_watched_columns("classes.Cover", ("lesson", "absent", "covering", "undone_at"))

register_searchable_type("classes.Lesson", order=4)
register_searchable_type("classes.Course", order=5)
register_searchable_type("classes.Entry", order=9)

# The worker writes observations, engagement samples, stays and counts. Corrections, follow-ups and
# fixed grades are never changed, and registers are never deleted.
for _label in (
    "classes.Observation",
    "classes.EngagementSample",
    "classes.MembershipNotice",
    "classes.AbsenceStreak",
    "classes.MarkCount",
):
    register_table(_label, rights="SELECT")

register_table("classes.Correction", rights="SELECT, INSERT")
register_table("classes.WarningFollowUp", rights="SELECT, INSERT")
register_table("classes.GradeRevision", rights="SELECT, INSERT")
register_table("classes.Register", rights="SELECT, INSERT, UPDATE")
