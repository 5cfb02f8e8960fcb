"""A OneRoster import of the sample school that waits for its options, and a service that cannot be called."""

from typing import Any

from accounts.imports.one_roster.translation import FIELDS
from accounts.models import ROSTER, Enterprise, PeopleImport, RosterConnection, RosterRow, SourcedId, User


def create_roster(school: Enterprise, by: User, person: User) -> dict[str, Any]:
    """Create both; return them by subject."""
    source = PeopleImport.objects.create(
        enterprise=school,
        by=by,
        filename="roster.zip",
        digest=str(school.pk),
        kind=ROSTER,
        headings=list(FIELDS),
        columns=list(FIELDS),
        options={"modes": {"users.csv": "delta"}, "version": "1.2"},
    )
    RosterRow.objects.create(
        enterprise=school,
        source=source,
        kind="line",
        file="users.csv",
        line=2,
        about="u-1",
        reason="roster_id",
    )
    SourcedId.objects.create(enterprise=school, kind="user", sourced_id="u-1", target=person.pk)
    service = RosterConnection.objects.create(
        enterprise=school,
        url="https://127.0.0.1:1/v1p2",
        token_url="https://127.0.0.1:1/oauth/token",
        client_id="console",
        client_secret="very secret",
        by=by,
    )
    return {"roster import": source, "roster service": service}
