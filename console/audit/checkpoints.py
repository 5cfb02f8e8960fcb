"""Checkpoints: how long each chain was and how it ended, kept outside of the database and signed.

A file a chain under AUDIT_CHECKPOINT_DIR, a line of JSON a checkpoint, each covering the line before it. They
are signed with Ed25519 by a key derived from FIELD_KEYS. Who may write the whole database can make a chain
anew, but not these lines, and not those that left with the log.
"""

import base64
import binascii
import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import timezone

from console.audit import chain as chains
from console.vault.ring import derived

log = logging.getLogger(__name__)


class Checkpoint(NamedTuple):
    """A line as it stands in the file; `trouble` is a sentence where it is not what was written."""

    chain: int
    length: int
    head: str
    at: datetime
    trouble: str = ""


def folder() -> Path:
    return Path(settings.AUDIT_CHECKPOINT_DIR)


def path_of(chain: int) -> Path:
    return folder() / (f"school-{chain}.jsonl" if chain else "no-school.jsonl")


def write_all() -> int:
    """A checkpoint of each chain that grew since its last one; how many. OSError where none is written."""
    return sum(write(chain) for chain in chains.chains())


def write(chain: int) -> bool:
    """Append a checkpoint, on the disk before this returns; False where the chain did not grow."""
    length, head = chains.head(chain)
    if not length:
        return False
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with path_of(chain).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        lines = file.read().splitlines()
        if lines and _length(lines[-1]) >= length:
            return False
        line = signed(chain, length, head, lines[-1] if lines else b"")
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    _sync_folder()
    log.info("audit checkpoint %s", line.decode())
    return True


def signed(chain: int, length: int, head: str, before: bytes) -> bytes:
    """A line of the file, signed by the newest key."""
    key_id, key = next(iter(keys().items()))
    told = {
        "chain": chain,
        "length": length,
        "head": head,
        "at": timezone.now().isoformat(),
        "before": hashlib.sha256(before).hexdigest() if before else "",
        "key": key_id,
    }
    return _canonical({**told, "signature": base64.b64encode(key.sign(_canonical(told))).decode()})


def keys() -> dict[str, Ed25519PrivateKey]:
    """The signing keys by the id of the key in FIELD_KEYS that each comes from, newest first."""
    return {
        name: Ed25519PrivateKey.from_private_bytes(raw) for name, raw in derived("audit checkpoint").items()
    }


def public_keys() -> dict[str, str]:
    """What an auditor needs to check signatures: Ed25519 public keys in base64, by id."""
    return {
        name: base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
        for name, key in keys().items()
    }


def read(chain: int) -> list[Checkpoint]:
    """All checkpoints of a chain, oldest first, each with what is wrong with its line.

    A line signed by a key that has left FIELD_KEYS is good where a later good one covers it.
    """
    path = path_of(chain)
    lines = path.read_bytes().splitlines() if path.exists() else []
    found: list[Checkpoint] = []
    following: bytes | None = None
    for line in reversed(lines):
        found.append(_checked(line, chain, following))
        following = line
    found.reverse()
    return found


def _checked(line: bytes, chain: int, following: bytes | None) -> Checkpoint:
    told = _parsed(line)
    if told is None:
        return Checkpoint(chain, 0, "", timezone.now(), "a line of the checkpoint file cannot be read")
    trouble = ""
    if told["chain"] != chain:
        trouble = "a checkpoint of another chain"
    elif following is not None and not _covers(following, line):
        trouble = "the next checkpoint does not follow from it: a line was changed or taken out"
    elif told["key"] not in keys():
        trouble = "" if following is not None else f"signed with the key {told['key']}, not in FIELD_KEYS"
    elif not _is_signed(told):
        trouble = "its signature is wrong"
    return Checkpoint(told["chain"], told["length"], told["head"], told["at"], trouble)


def _covers(following: bytes, line: bytes) -> bool:
    told = _parsed(following)
    return told is not None and told["before"] == hashlib.sha256(line).hexdigest()


def _is_signed(told: dict[str, Any]) -> bool:
    content = {**told, "at": told["at"].isoformat()}
    try:
        signature = base64.b64decode(content.pop("signature"))
        keys()[told["key"]].public_key().verify(signature, _canonical(content))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _parsed(line: bytes) -> dict[str, Any] | None:
    kinds = {"chain": int, "length": int, "head": str, "at": str, "before": str, "key": str, "signature": str}
    try:
        told = json.loads(line)
        if {name: type(told[name]) for name in kinds} != kinds or len(told) != len(kinds):
            return None
        return {**told, "at": datetime.fromisoformat(told["at"])}
    except (ValueError, KeyError, TypeError):
        return None


def _length(line: bytes) -> int:
    told = _parsed(line)
    return told["length"] if told else 0


def _canonical(told: dict[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def _sync_folder() -> None:
    place = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def lines_of(chain: int) -> Iterator[str]:
    """The file as it stands, for the evidence pack."""
    path = path_of(chain)
    if path.exists():
        yield from path.read_text().splitlines(keepends=True)
