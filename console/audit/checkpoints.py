"""Checkpoints: signed records, outside the database, of the length and last digest of each chain.

AUDIT_CHECKPOINT_DIR has one file per chain with one JSON line per checkpoint, each covering the line before
it. Lines are signed with Ed25519 by a key derived from FIELD_KEYS. A person who can write the whole database
can rebuild a chain, but not these lines, nor the copies that were sent to the log.
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
from console.vault.keyring import derive_keys

log = logging.getLogger(__name__)


class Checkpoint(NamedTuple):
    """A line of the file; `problem` is a sentence if the line is not valid."""

    chain: int
    length: int
    head: str
    at: datetime
    problem: str = ""


def checkpoint_dir() -> Path:
    return Path(settings.AUDIT_CHECKPOINT_DIR)


def checkpoint_path(chain: int) -> Path:
    return checkpoint_dir() / (f"school-{chain}.jsonl" if chain else "no-school.jsonl")


def write_checkpoints() -> int:
    """Write a checkpoint of each chain that grew since its last one; return how many.

    Raise OSError if a file cannot be written.
    """
    return sum(write_checkpoint(chain) for chain in chains.chain_ids())


def write_checkpoint(chain: int) -> bool:
    """Append a checkpoint and sync it to disk. Return False if the chain did not grow."""
    length, head = chains.head(chain)
    if not length:
        return False
    checkpoint_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
    with checkpoint_path(chain).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        lines = file.read().splitlines()
        if lines and _length_in_line(lines[-1]) >= length:
            return False
        line = sign_line(chain, length, head, lines[-1] if lines else b"")
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    _sync_folder()
    log.info("audit checkpoint %s", line.decode())
    return True


def sign_line(chain: int, length: int, head: str, before: bytes) -> bytes:
    """Return a line of the file, signed with the newest key."""
    key_id, key = next(iter(signing_keys().items()))
    content = {
        "chain": chain,
        "length": length,
        "head": head,
        "at": timezone.now().isoformat(),
        "before": hashlib.sha256(before).hexdigest() if before else "",
        "key": key_id,
    }
    return _canonical({**content, "signature": base64.b64encode(key.sign(_canonical(content))).decode()})


def signing_keys() -> dict[str, Ed25519PrivateKey]:
    """Return the signing keys by the ID of the key in FIELD_KEYS from which each is derived, newest first."""
    return {
        name: Ed25519PrivateKey.from_private_bytes(raw)
        for name, raw in derive_keys("audit checkpoint").items()
    }


def public_keys() -> dict[str, str]:
    """Return the Ed25519 public keys for checking signatures, in base64, by ID."""
    return {
        name: base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
        for name, key in signing_keys().items()
    }


def read_checkpoints(chain: int) -> list[Checkpoint]:
    """Return all checkpoints of a chain, oldest first, each with the problem of its line.

    A line signed with a key that is no longer in FIELD_KEYS is valid if a later valid line covers it.
    """
    path = checkpoint_path(chain)
    lines = path.read_bytes().splitlines() if path.exists() else []
    found: list[Checkpoint] = []
    following: bytes | None = None
    for line in reversed(lines):
        found.append(_check_line(line, chain, following))
        following = line
    found.reverse()
    return found


def _check_line(line: bytes, chain: int, following: bytes | None) -> Checkpoint:
    content = _parse_line(line)
    if content is None:
        return Checkpoint(chain, 0, "", timezone.now(), "a line of the checkpoint file cannot be read")
    problem = ""
    if content["chain"] != chain:
        problem = "a checkpoint of another chain"
    elif following is not None and not _covers(following, line):
        problem = "the next checkpoint does not follow from it: a line was changed or deleted"
    elif content["key"] not in signing_keys():
        problem = "" if following is not None else f"signed with the key {content['key']}, not in FIELD_KEYS"
    elif not _has_valid_signature(content):
        problem = "its signature is wrong"
    return Checkpoint(content["chain"], content["length"], content["head"], content["at"], problem)


def _covers(following: bytes, line: bytes) -> bool:
    content = _parse_line(following)
    return content is not None and content["before"] == hashlib.sha256(line).hexdigest()


def _has_valid_signature(content: dict[str, Any]) -> bool:
    signed = {**content, "at": content["at"].isoformat()}
    try:
        signature = base64.b64decode(signed.pop("signature"))
        signing_keys()[content["key"]].public_key().verify(signature, _canonical(signed))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _parse_line(line: bytes) -> dict[str, Any] | None:
    kinds = {"chain": int, "length": int, "head": str, "at": str, "before": str, "key": str, "signature": str}
    try:
        content = json.loads(line)
        if {name: type(content[name]) for name in kinds} != kinds or len(content) != len(kinds):
            return None
        return {**content, "at": datetime.fromisoformat(content["at"])}
    except (ValueError, KeyError, TypeError):
        return None


def _length_in_line(line: bytes) -> int:
    content = _parse_line(line)
    return content["length"] if content else 0


def _canonical(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _sync_folder() -> None:
    folder = os.open(checkpoint_dir(), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def checkpoint_lines(chain: int) -> Iterator[str]:
    """Yield the lines of the file, for the evidence pack."""
    path = checkpoint_path(chain)
    if path.exists():
        yield from path.read_text().splitlines(keepends=True)
