"""Options of a OneRoster import, chosen after the upload and remembered for the next one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from accounts.imports.one_roster.user_ids import SOURCES
from accounts.models import ROSTER, PeopleImport


@dataclass(frozen=True)
class RosterOptions:
    """`user_id_from` is the column that gives new people their user ID.

    `administrators` is a superadmin's decision that new people with a role of administrators get that role.
    """

    user_id_from: str = "username"
    administrators: bool = False

    @classmethod
    def from_mapping(cls, stored: Mapping[str, Any]) -> "RosterOptions":
        """Load stored options; what is unknown or missing gets its default."""
        chosen = stored.get("user_id_from")
        return cls(
            user_id_from=chosen if chosen in SOURCES else cls.user_id_from,
            administrators=stored.get("administrators") is True,
        )

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def last_options(school: int) -> RosterOptions | None:
    """Return the options of the school's newest import that was applied; None if there is none."""
    applied = PeopleImport.objects.filter(enterprise=school, kind=ROSTER, applied_at__isnull=False)
    source = applied.order_by("-id").first()
    return RosterOptions.from_mapping(source.options) if source else None
