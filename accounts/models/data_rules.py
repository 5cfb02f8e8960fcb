"""What the audit trail records and seals of schools, people and groups, and who may see their rows."""

from console.audit.change_triggers import register_watched_columns
from console.audit.labels import register_searchable_type
from console.audit.personal_data import register_personal_fields
from console.policy.row_security.row_policies import register_table
from console.policy.switches import SWITCH_COLUMNS

PERSONAL_FIELDS = ("nickname", "gender", "avatar", "phone_no", "e_mail")

register_watched_columns(
    "accounts.Enterprise",
    (
        *("name", "sdkappid", "tic_key", "contact_user", "phone_no", "e_mail", "call_back_url", "zone"),
        "sign_in_name",
        *("late_after_s", "early_leave_s", "present_share", "leave_minutes", "leave_request_days"),
        *("included_minutes", "minutes_since"),
        *("session_idle_minutes", "session_hours"),
        *SWITCH_COLUMNS,
    ),
)
register_watched_columns(
    "accounts.User",
    ("user_id", "login", "role", *PERSONAL_FIELDS, "password", "is_active", "is_superuser"),
    # No automatic process creates users that can sign in.
    recorded_inserts="NEW.is_superuser OR left(NEW.password, 1) NOT IN ('', '!')",
)
register_watched_columns("accounts.Grade", ("name", "position"))
register_watched_columns("accounts.StudentGroup", ("name", "grade", "archived_at"))
register_watched_columns(
    "accounts.TeacherInCharge", ("group", "grade", "teacher", "kind", "starts_on", "ends_on")
)

register_personal_fields("accounts.User", (*PERSONAL_FIELDS, "age_group", "date_of_birth", "consent"))

register_searchable_type("accounts.User", order=1)
register_searchable_type("accounts.Enterprise", order=2)
register_searchable_type("accounts.StudentGroup", order=3)
register_searchable_type("accounts.Grade", order=4)
register_searchable_type("accounts.Visit", order=10)

register_table("accounts.SignInThrottle", is_shared=True)
# What was recorded about consent stays.
register_table("accounts.Consent", rights="SELECT, INSERT")

# An operator outside of every school sees the schools. Everybody sees themselves.
register_table("accounts.Enterprise", rights="SELECT, INSERT, UPDATE", extra_rows="console_operator()")
register_table(
    "accounts.User",
    rights="SELECT, INSERT, UPDATE",
    extra_rows="{t}.id = console_user()",
    # Operators are named in the audit trail of the schools where they acted.
    extra_readable="{t}.enterprise_id IS NULL AND console_acted_here({t}.id)",
)
register_table("accounts.Visit", extra_rows="{t}.operator_id = console_user()")
