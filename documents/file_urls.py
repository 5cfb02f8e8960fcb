"""Signed URLs from which iclass fetches our files. Anyone who has one can use it until it expires."""

from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from console.inputs.addresses import is_web_address
from documents.models import Document


def _signer() -> TimestampSigner:
    """Create the signer on demand: mypy imports this module without a secret key."""
    return TimestampSigner(salt="documents.shared")


def build_file_url(document: Document) -> str:
    """Return a new URL of the file for the API, or an empty string if there is no file.

    A file in a bucket gets a URL of the bucket, because the API may not follow redirects.
    """
    if document.source_url or not document.file:
        return document.source_url
    files: Any = document.file.storage
    life = settings.COURSEWARE_URL_S
    if address := files.signed_url(document.file.name, filename=str(document), lifetime_s=life):
        return str(address)
    path = reverse("documents:shared", args=[_signer().sign(str(document.pk)), f"file.{document.ext}"])
    return f"{settings.PUBLIC_URL}{path}"


def file_link(document: Document) -> str:
    """Return the link of a file that the console does not hold; an empty string if it has no web address."""
    address = document.source_url or str(document.observed.get("url", ""))
    return address if is_web_address(address) else ""


def document_from_token(token: str) -> Document | None:
    """Return the document of a valid token; None if the token is invalid or expired."""
    try:
        pk = _signer().unsign(token, max_age=settings.COURSEWARE_URL_S)
    except BadSignature:
        return None
    return Document.objects.filter(pk=pk, deleted_at=None).exclude(file="").first()
