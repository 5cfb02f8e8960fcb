"""Whether an import may be applied without a person: when little enough would change."""

from typing import Any

from accounts.models import PeopleImport

CHANGING = ("added", "changed", "left")


def change_share(source: PeopleImport) -> float:
    """Return how many per cent of the linked people, or of the linked groups, a checked import changes.

    The larger one counts; where nobody is linked yet, it is 100.
    """
    counts = source.counts
    groups = _share(counts.get("groups", {}), counts.get("linked_groups", 0))
    return max(_share(counts, counts.get("linked", 0)), groups)


def may_apply_alone(source: PeopleImport, limit: int | None) -> bool:
    """Return whether less than `limit` per cent would change; None means never."""
    return limit is not None and change_share(source) < limit


def _share(counts: dict[str, Any], known: int) -> float:
    changing = sum(counts.get(outcome, 0) for outcome in CHANGING)
    if not changing:
        return 0.0
    return 100.0 * changing / known if known else 100.0
