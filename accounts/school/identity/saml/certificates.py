"""Certificates with which a provider signs: read from PEM or base64, and their dates."""

import base64
import binascii
import re
from datetime import datetime
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

PEM = re.compile(r"-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----")
MAX_CERTIFICATES, MIN_RSA_BITS = 5, 2048


class CertificateRefused(ValueError):
    """A text is no certificate that may sign. The argument is the reason: form, key or many."""


class CertificateFacts(NamedTuple):
    """What a page shows of a certificate."""

    subject: str
    fingerprint: str
    begins_at: datetime
    ends_at: datetime


def read_certificates(text: str) -> list[str]:
    """Return the certificates of a text as PEM, without repetitions: blocks of PEM, or one in base64."""
    blocks = PEM.findall(text) or ([text] if text.strip() else [])
    found = list(dict.fromkeys(_as_pem(block) for block in blocks))
    if len(found) > MAX_CERTIFICATES:
        raise CertificateRefused("many")
    return found


def facts_of_certificate(pem: str) -> CertificateFacts:
    """Return subject, fingerprint and dates of a certificate."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    return CertificateFacts(
        certificate.subject.rfc4514_string(),
        certificate.fingerprint(hashes.SHA256()).hex(":").upper(),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    )


def _as_pem(text: str) -> str:
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode("".join(text.split()), validate=True))
        key = certificate.public_key()
    except (binascii.Error, ValueError, TypeError):
        raise CertificateRefused("form") from None
    strong = isinstance(key, rsa.RSAPublicKey) and key.key_size >= MIN_RSA_BITS
    if not strong and not isinstance(key, ec.EllipticCurvePublicKey):
        raise CertificateRefused("key")
    return certificate.public_bytes(Encoding.PEM).decode()
