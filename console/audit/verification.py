"""Verify a chain: detect entries that were altered, deleted, inserted or moved, and a chain that was cut."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from console.audit import chain as chains
from console.audit import checkpoints
from console.audit.chain import GENESIS_DIGEST, digest
from console.audit.models import AuditEntry, ChainLink, PersonalDataAccess, UnlinkedEntry
from console.audit.trail import people_digest

BATCH_SIZE = 2000
#: The most mismatched links that are compared with each other's positions.
MAX_COMPARED_LINKS = 20
MAX_LINK_DELAY = timedelta(minutes=15)


class Finding(NamedTuple):
    """`kind` is altered, missing, inserted, reordered, moved, cut, rewritten, checkpoint or waiting.

    `number` is the position in the chain, 0 if there is none; `entry` is the ID of the entry, 0 if unknown.
    """

    kind: str
    number: int
    entry: int
    words: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"


class ChainVerification(NamedTuple):
    """The findings of one chain of `length` links, compared with `checkpoints` checkpoints."""

    chain: int
    length: int
    head: str
    checkpoints: int
    findings: list[Finding]

    @property
    def holds(self) -> bool:
        return not self.findings


class MismatchedLink(NamedTuple):
    """A link whose digest does not match its entry at this position."""

    link: ChainLink
    entry: AuditEntry
    previous: str


def verify_chain(chain: int) -> ChainVerification:
    """Verify a whole chain in batches, then compare it with its checkpoints and waiting entries.

    Run it as the owner of the tables: the web role sees one school and no waiting entries.
    """
    findings: list[Finding] = []
    mismatches: list[MismatchedLink] = []
    known_checkpoints = checkpoints.read_checkpoints(chain)
    checkpoint_lengths = {one.length: one for one in known_checkpoints if not one.problem}
    heads: dict[int, str] = {}
    number, previous = 0, GENESIS_DIGEST
    for link, entry in _iter_links(chain):
        if link.number > number + 1:
            findings.append(_gap_finding(number + 1, link.number - 1))
        if entry is None:
            findings.append(_missing_finding(link))
        elif chains.chain_of(entry) != chain:
            findings.append(_moved_finding(link, entry))
        elif digest(entry, chain, link.number, previous) != link.digest:
            mismatches.append(MismatchedLink(link, entry, previous))
        if entry is not None:
            findings += _check_people_digest(link, entry)
        number, previous = link.number, link.digest
        if number in checkpoint_lengths:
            heads[number] = previous
    findings += _explain_mismatches(chain, mismatches)
    findings += _check_checkpoints(known_checkpoints, heads, number)
    findings += _check_unlinked_entries(chain)
    return ChainVerification(chain, number, previous, len(known_checkpoints), findings)


def _iter_links(chain: int) -> Iterator[tuple[ChainLink, AuditEntry | None]]:
    """Yield links by number, each with its entry, or None if the entry is missing."""
    last = 0
    while links := list(
        ChainLink.objects.filter(chain=chain, number__gt=last).order_by("number")[:BATCH_SIZE]
    ):
        entries = AuditEntry.objects.in_bulk([link.entry_id for link in links])
        for link in links:
            yield link, entries.get(link.entry_id)
        last = links[-1].number


def _gap_finding(first: int, last: int) -> Finding:
    places = f"number {first}" if first == last else f"numbers {first} to {last}"
    return Finding(
        "missing", first, 0, f"{places} of the chain: the link was deleted, with or without its entry"
    )


def _missing_finding(link: ChainLink) -> Finding:
    words = f"entry {link.entry_id}, number {link.number} of the chain, was deleted"
    return Finding("missing", link.number, link.entry_id, words)


def _moved_finding(link: ChainLink, entry: AuditEntry) -> Finding:
    words = f"entry {entry.pk}, number {link.number}, now belongs to school {entry.enterprise_id or 'none'}"
    return Finding("moved", link.number, entry.pk, words)


def _explain_mismatches(chain: int, mismatches: list[MismatchedLink]) -> list[Finding]:
    """Explain each mismatched link: its entry was moved or altered, or the chain was rebuilt from there."""
    return [_explain_mismatch(chain, one, mismatches[:MAX_COMPARED_LINKS]) for one in mismatches]


def _explain_mismatch(chain: int, mismatch: MismatchedLink, others: list[MismatchedLink]) -> Finding:
    link, entry = mismatch.link, mismatch.entry
    for other in others:
        if other is mismatch:
            continue
        fits_here = digest(other.entry, chain, link.number, mismatch.previous) == link.digest
        previous_digests = {third.previous for third in others} | {third.link.digest for third in others}
        fits_there = any(
            digest(entry, chain, other.link.number, one) == link.digest for one in previous_digests
        )
        if fits_here or fits_there:
            words = f"entry {entry.pk} is at number {link.number}, but was linked at another one"
            return Finding("reordered", link.number, entry.pk, words)
    words = (
        f"entry {entry.pk}, number {link.number} of the chain, is not as it was linked: it was changed,"
        " or the link before it was rebuilt"
    )
    return Finding("altered", link.number, entry.pk, words)


def _check_people_digest(link: ChainLink, entry: AuditEntry) -> list[Finding]:
    """Compare the rows of people whose data was shown with the digest in the entry."""
    recorded_digest = entry.after.get("people_digest") if isinstance(entry.after, dict) else None
    if recorded_digest is None:
        return []
    ids = (
        PersonalDataAccess.objects.filter(entry_id=entry.pk)
        .order_by("person_id")
        .values_list("person_id", flat=True)
    )
    if people_digest(ids.iterator()) == recorded_digest:
        return []
    words = f"the list of people whose data entry {entry.pk} showed was changed"
    return [Finding("altered", link.number, entry.pk, words)]


def _check_checkpoints(
    known_checkpoints: list[checkpoints.Checkpoint], heads: dict[int, str], length: int
) -> list[Finding]:
    findings = []
    for checkpoint in known_checkpoints:
        at = f"{checkpoint.at:%Y-%m-%d %H:%M}"
        if checkpoint.problem:
            words = f"the checkpoint of {at} (length {checkpoint.length}): {checkpoint.problem}"
            findings.append(Finding("checkpoint", checkpoint.length, 0, words))
        elif checkpoint.length > length:
            words = f"the chain has {length} links, but had {checkpoint.length} at {at}"
            findings.append(Finding("cut", length, 0, words))
        elif heads.get(checkpoint.length) != checkpoint.head:
            words = f"number {checkpoint.length} or an earlier one was rebuilt after {at}"
            findings.append(Finding("rewritten", checkpoint.length, 0, words))
    return findings


def _check_unlinked_entries(chain: int) -> list[Finding]:
    """Find entries neither linked nor waiting, waiting entries that are gone, and those waiting too long."""
    school = {"enterprise_id": chain} if chain else {"enterprise_id__isnull": True}
    waiting = set(UnlinkedEntry.objects.filter(chain=chain).values_list("entry_id", flat=True))
    unlinked_rows = AuditEntry.objects.filter(**school, link__isnull=True).order_by().values_list("pk", "at")
    unlinked = dict(unlinked_rows.iterator())
    # New entries are written during the check, so check suspicious ones again.
    unexpected = unlinked.keys() - waiting
    unexpected -= set(
        UnlinkedEntry.objects.filter(entry_id__in=unexpected).values_list("entry_id", flat=True)
    )
    unexpected -= set(ChainLink.objects.filter(entry_id__in=unexpected).values_list("entry_id", flat=True))
    gone = waiting - unlinked.keys()
    gone -= set(AuditEntry.objects.filter(pk__in=gone, **school).values_list("pk", flat=True))
    findings = [
        Finding("inserted", 0, pk, f"entry {pk} is in no chain and was not written by the audit trail")
        for pk in sorted(unexpected)
    ]
    findings += [
        Finding("missing", 0, pk, f"entry {pk} waited to be linked and was deleted or moved")
        for pk in sorted(gone)
    ]
    late = [pk for pk, at in unlinked.items() if pk in waiting and at < timezone.now() - MAX_LINK_DELAY]
    if late:
        words = f"{len(late)} entries have waited to be linked for over 15 minutes: is the scheduler running?"
        findings.append(Finding("waiting", 0, min(late), words))
    return findings
