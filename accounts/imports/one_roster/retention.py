"""Deletion of personal data of OneRoster when a person is erased.

Old imports lose their rows with those of other imports (accounts.imports.retention).
"""

from typing import Any

from accounts.models import RosterRow, SourcedId
from console.audit.personal_data import register_scrubber


@register_scrubber("roster")
def scrub_roster(person: Any) -> int:
    """Delete the sourcedId of a person and clear the refused lines about them; return how many rows."""
    links = SourcedId.objects.filter(
        enterprise=person.enterprise_id, kind=SourcedId.Kind.USER, target=person.pk
    )
    ids = list(links.values_list("sourced_id", flat=True))
    lines = RosterRow.objects.filter(enterprise=person.enterprise_id, about__in=ids)
    cleared = lines.update(sourced_id="", name="", value="", named="", about="")
    return cleared + links.delete()[0]
