"""What the search finds of people and schools: people, groups, and pages that the menu does not name."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import StudentGroup, User
from accounts.models.roles import Role
from accounts.people.queries import search_groups, search_people
from console.policy import may, scoped
from console.ui.search_sources import (
    MAX_RESULTS,
    SearchablePage,
    SearchResult,
    register_search_source,
    register_searchable_pages,
)


def find_people(reader: User, words: Sequence[str]) -> list[SearchResult]:
    """Return active people by name, pinyin, user ID and group; by phone for readers who may see numbers."""
    if not may(reader, "list", "person"):
        return []
    active = User.objects.filter(is_active=True).exclude(role=Role.VISITOR)
    people = search_people(
        scoped(active, reader, "person", "list"),
        " ".join(words),
        phones=may(reader, "reveal", "person"),
        school=reader.enterprise_id,
    )
    return [
        SearchResult(
            str(person), person.get_absolute_url(), f"{person.get_role_display()} · {person.user_id}"
        )
        for person in people[:MAX_RESULTS]
    ]


def find_groups(reader: User, words: Sequence[str]) -> list[SearchResult]:
    """Return groups as the list of groups finds them. They lead to their students."""
    groups = scoped(StudentGroup.objects.filter(archived_at=None), reader, "group", "list")
    groups = search_groups(groups, " ".join(words))
    people_url = reverse("accounts:people")
    return [SearchResult(group.name, f"{people_url}?group={group.pk}") for group in groups[:MAX_RESULTS]]


register_search_source(
    "person", find_people, order=1, label=_("People"), icon="users", list_url="accounts:people"
)
register_search_source(
    "group", find_groups, order=2, label=_("Groups"), icon="users-group", list_url="accounts:groups"
)
register_searchable_pages(
    SearchablePage(
        _("Add person"),
        "accounts:person_add",
        "add",
        "person",
        words=pgettext_lazy("search", "new person, add student, add teacher"),
    ),
    SearchablePage(
        _("Import people"),
        "accounts:import_add",
        "add",
        "import",
        words=pgettext_lazy("search", "import students, import teachers"),
    ),
    SearchablePage(_("Import OneRoster"), "accounts:roster_import_add", "add", "import"),
    SearchablePage(_("Export people"), "accounts:people_export", "export", "person"),
    SearchablePage(_("Add group"), "accounts:group_add", "add", "group"),
    SearchablePage(_("Export groups"), "accounts:groups_export", "export", "group"),
    SearchablePage(_("Add grade"), "accounts:grade_add", "add", "grade"),
    *(
        SearchablePage(label, "accounts:school", "view", "school", _("School settings"), anchor)
        for label, anchor in (
            (_("Ready for lessons?"), "ready"),
            (_("General"), "general"),
            (_("New lessons"), "lessons"),
            (_("Licence"), "licence"),
            (_("Keys"), "keys"),
            (_("Incoming events"), "callback"),
            (_("AI features"), "ai"),
            (_("Courseware"), "courseware"),
            (_("Supported fields"), "service"),
            (_("Logo"), "logo"),
            (_("Sign-in page"), "sign-in"),
            (_("Sessions"), "sessions"),
            (_("Attendance rules"), "rules"),
            (_("Engagement samples"), "samples"),
            (_("Data retention"), "retention"),
            (_("Information from iclass"), "told"),
        )
    ),
    SearchablePage(_("New group bot"), "accounts:bot_add", "add", "channel"),
    SearchablePage(_("New webhook"), "webhooks:add", "add", "webhook"),
    SearchablePage(_("Enter a school"), "accounts:schools", "enter", "visit"),
    SearchablePage(_("Add school"), "accounts:school_add", "add", "school"),
    SearchablePage(_("Mail server"), "accounts:mail_server", "view", "mail_server"),
    SearchablePage(
        _("Sign-in and security"),
        "accounts:my_sign_in",
        words=pgettext_lazy("search", "change password, second factor, passkey"),
    ),
    SearchablePage(_("My REST tokens"), "accounts:my_tokens", "list", "token"),
)
