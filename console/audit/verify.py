"""Verifying a chain: which entry was altered, taken away, put in or elsewhere, and whether it was cut."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from console.audit import chain as chains
from console.audit import checkpoints
from console.audit.chain import START, digest
from console.audit.models import AuditEntry, Link, Seen, Waiting
from console.audit.trail import people_digest

BATCH = 2000
#: So many doubtful links are tried against each other's places.
TRIED = 20
LATE = timedelta(minutes=15)


class Finding(NamedTuple):
    """`kind` is altered, missing, inserted, reordered, moved, cut, rewritten, checkpoint or waiting.

    `number` is the place in the chain, 0 where there is none; `entry` the id of the entry, 0 where unknown.
    """

    kind: str
    number: int
    entry: int
    words: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"


class Verdict(NamedTuple):
    """What was found in one chain of `length` links, against so many checkpoints."""

    chain: int
    length: int
    head: str
    checkpoints: int
    findings: list[Finding]

    @property
    def holds(self) -> bool:
        return not self.findings


class Doubt(NamedTuple):
    """A link whose digest is not that of its entry in this place."""

    link: Link
    entry: AuditEntry
    previous: str


def verify(chain: int) -> Verdict:
    """Walk a whole chain in batches, then hold it against its checkpoints and what waits.

    Run by the owner of the tables, for the web sees one school and not what waits.
    """
    findings: list[Finding] = []
    doubts: list[Doubt] = []
    known = checkpoints.read(chain)
    wanted = {one.length: one for one in known if not one.trouble}
    heads: dict[int, str] = {}
    number, previous = 0, START
    for link, entry in _walk(chain):
        if link.number > number + 1:
            findings.append(_gap(number + 1, link.number - 1))
        if entry is None:
            findings.append(_missing(link))
        elif chains.chain_of(entry) != chain:
            findings.append(_moved(link, entry))
        elif digest(entry, chain, link.number, previous) != link.digest:
            doubts.append(Doubt(link, entry, previous))
        if entry is not None:
            findings += _people(link, entry)
        number, previous = link.number, link.digest
        if number in wanted:
            heads[number] = previous
    findings += _doubtful(chain, doubts)
    findings += _against(known, heads, number)
    findings += _outside(chain)
    return Verdict(chain, number, previous, len(known), findings)


def _walk(chain: int) -> Iterator[tuple[Link, AuditEntry | None]]:
    """Links by number, each with its entry; None where that is gone."""
    last = 0
    while links := list(Link.objects.filter(chain=chain, number__gt=last).order_by("number")[:BATCH]):
        entries = AuditEntry.objects.in_bulk([link.entry_id for link in links])
        for link in links:
            yield link, entries.get(link.entry_id)
        last = links[-1].number


def _gap(first: int, last: int) -> Finding:
    places = f"number {first}" if first == last else f"numbers {first} to {last}"
    return Finding("missing", first, 0, f"{places} of the chain was taken out, with its entry or without")


def _missing(link: Link) -> Finding:
    words = f"entry {link.entry_id}, number {link.number} of the chain, was deleted"
    return Finding("missing", link.number, link.entry_id, words)


def _moved(link: Link, entry: AuditEntry) -> Finding:
    words = f"entry {entry.pk}, number {link.number}, now says school {entry.enterprise_id or 'none'}"
    return Finding("moved", link.number, entry.pk, words)


def _doubtful(chain: int, doubts: list[Doubt]) -> list[Finding]:
    """Each doubtful link: put in another's place, or altered itself, or made anew from here on."""
    return [_judged(chain, one, doubts[:TRIED]) for one in doubts]


def _judged(chain: int, doubt: Doubt, others: list[Doubt]) -> Finding:
    link, entry = doubt.link, doubt.entry
    for other in others:
        if other is doubt:
            continue
        swapped = digest(other.entry, chain, link.number, doubt.previous) == link.digest
        befores = {third.previous for third in others} | {third.link.digest for third in others}
        stood = any(digest(entry, chain, other.link.number, one) == link.digest for one in befores)
        if swapped or stood:
            words = f"entry {entry.pk} stands at number {link.number}, but was linked elsewhere"
            return Finding("reordered", link.number, entry.pk, words)
    words = (
        f"entry {entry.pk}, number {link.number} of the chain, is not as it was linked: it was changed,"
        " or the link before it was made anew"
    )
    return Finding("altered", link.number, entry.pk, words)


def _people(link: Link, entry: AuditEntry) -> list[Finding]:
    """Who was seen stands in rows of its own, of which the entry holds a digest."""
    told = entry.after.get("people_digest") if isinstance(entry.after, dict) else None
    if told is None:
        return []
    ids = Seen.objects.filter(entry_id=entry.pk).order_by("person_id").values_list("person_id", flat=True)
    if people_digest(ids.iterator()) == told:
        return []
    words = f"the list of people whose data entry {entry.pk} showed is not as it was written"
    return [Finding("altered", link.number, entry.pk, words)]


def _against(known: list[checkpoints.Checkpoint], heads: dict[int, str], length: int) -> list[Finding]:
    findings = []
    for one in known:
        if one.trouble:
            words = f"the checkpoint of {one.at:%Y-%m-%d %H:%M} (length {one.length}): {one.trouble}"
            findings.append(Finding("checkpoint", one.length, 0, words))
        elif one.length > length:
            words = f"the chain has {length} links, but had {one.length} at {one.at:%Y-%m-%d %H:%M}"
            findings.append(Finding("cut", length, 0, words))
        elif heads.get(one.length) != one.head:
            words = f"number {one.length} or one before it was made anew after {one.at:%Y-%m-%d %H:%M}"
            findings.append(Finding("rewritten", one.length, 0, words))
    return findings


def _outside(chain: int) -> list[Finding]:
    """Entries in no chain that do not wait either; entries that waited and are gone; what waits too long."""
    school = {"enterprise_id": chain} if chain else {"enterprise_id__isnull": True}
    waiting = set(Waiting.objects.filter(chain=chain).values_list("entry_id", flat=True))
    loose = AuditEntry.objects.filter(**school, link__isnull=True).order_by().values_list("pk", "at")
    there = dict(loose.iterator())
    # Acts go on meanwhile: what looks strange is looked at once more.
    odd = there.keys() - waiting
    odd -= set(Waiting.objects.filter(entry_id__in=odd).values_list("entry_id", flat=True))
    odd -= set(Link.objects.filter(entry_id__in=odd).values_list("entry_id", flat=True))
    gone = waiting - there.keys()
    gone -= set(AuditEntry.objects.filter(pk__in=gone, **school).values_list("pk", flat=True))
    findings = [
        Finding("inserted", 0, pk, f"entry {pk} is in no chain and did not come by the road of the trail")
        for pk in sorted(odd)
    ]
    findings += [
        Finding("missing", 0, pk, f"entry {pk} waited for its link and is gone, or was moved")
        for pk in sorted(gone)
    ]
    late = [pk for pk, at in there.items() if pk in waiting and at < timezone.now() - LATE]
    if late:
        words = f"{len(late)} entries have waited for their link for over 15 minutes: does the schedule run?"
        findings.append(Finding("waiting", 0, min(late), words))
    return findings
