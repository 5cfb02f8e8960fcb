"""Check of a OneRoster import against the school, in batches of people."""

from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Count, F

from accounts.imports.comparison import count_outcomes, find_duplicates, finish_comparison, next_rows
from accounts.imports.one_roster.links import linked_groups, linked_people, links_digest
from accounts.imports.one_roster.options import RosterOptions
from accounts.imports.one_roster.people import LEAVER_ROWS, add_leavers, compare_people
from accounts.imports.one_roster.plan import plan_rows
from accounts.models import PeopleImport, PeopleImportRow, RosterRow

Kind = RosterRow.Kind


@transaction.atomic
def check_next_rows(source: PeopleImport, after: int) -> int:
    """Compare a batch of people after row number `after`, groups and terms before the first.

    Return the last number; 0 once the import is `checked`.
    """
    if not after:
        source.lines.filter(number__gte=LEAVER_ROWS).delete()
        plan_rows(source)
    rows = next_rows(source, after, number__lt=LEAVER_ROWS)
    if rows:
        compare_people(source, rows)
        return rows[-1].number
    find_duplicates(source)
    add_leavers(source)
    finish_comparison(source)
    source.counts = count_roster(source)
    source.options = {**source.options, "links": links_digest(source.enterprise_id)}
    source.save(update_fields=["counts", "options"])
    return 0


def count_roster(source: PeopleImport) -> dict[str, Any]:
    """Return the counts of people, and of groups and terms by outcome.

    `lines` is the number of refused lines of other files, `mapped` that of new people whose user ID was
    shortened, `linked` and `linked_groups` those of the active people and of the groups that OneRoster knows
    before the import.
    """
    rows = source.roster_rows.order_by().values_list("kind", "outcome").annotate(n=Count("pk"))
    by_kind: dict[str, Counter[str]] = {kind: Counter() for kind in Kind.values}
    for kind, outcome, count in rows:
        by_kind[kind][outcome] += count
    return {
        **count_outcomes(source),
        "groups": dict(by_kind[Kind.CLASS]),
        "terms": dict(by_kind[Kind.SESSION]),
        "lines": by_kind[Kind.LINE].total(),
        "mapped": mapped_rows(source).count(),
        "linked": linked_people(source.enterprise_id),
        "linked_groups": linked_groups(source.enterprise_id),
    }


def mapped_rows(source: PeopleImport) -> Any:
    """Return the rows of new people whose ID in the school's system cannot be their user ID."""
    column = RosterOptions.from_mapping(source.options).user_id_from
    place = source.columns.index(column)
    added = source.lines.filter(outcome=PeopleImportRow.Outcome.ADDED)
    return added.exclude(user_id=F(f"cells__{place}"))
