"""Columns of the lists of people and groups.

A new column of the list of people is a line here, a `<td>` in `templates/accounts/people/_people_rows.jinja`,
and the Chinese of its label. To sort by it, name its `order` and add an index that begins with the school.
"""

from django.utils.translation import gettext_lazy as _

from accounts.people.queries import BY_NAME, GROUPS_BY_NAME
from console.lists.tables import Column, ListTable

# Phone and e-mail have no order: they are masked, and sorting would tell what the mask hides.
PEOPLE_TABLE = ListTable(
    "people",
    columns=(
        Column("name", _("Name"), order=BY_NAME, is_fixed=True),
        Column("user_id", _("User ID"), order=("user_id", "id"), is_default=False),
        Column("role", _("Role"), order=("role", "id")),
        Column("gender", _("Gender"), is_default=False),
        Column("groups", _("Groups")),
        Column("phone", _("Phone")),
        Column("email", _("E-mail")),
        # By key, which has an index: people are numbered as they are added.
        Column("added", _("Added"), order=("id",), is_default=False),
        Column("sync", _("At iclass"), order=("sync_state", "id")),
    ),
    filters=("q", "role", "grade", "group", "sync", "age", "consent", "link", "active", "source"),
    default_sort="name",
)

GROUP_TABLE = ListTable(
    "groups",
    columns=(
        Column("name", _("Group"), order=GROUPS_BY_NAME, is_fixed=True),
        Column("grade", _("Grade"), order=("grade_place", *GROUPS_BY_NAME)),
        Column("teacher", _("Teacher in charge")),
        Column("students", _("Students"), css="number"),
    ),
    filters=("q", "grade", "show"),
    default_sort="name",
)
