"""The address under which iclass fetches a file of ours: it works for whoever has it, and not for long."""

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from documents.models import Document


def _signer() -> TimestampSigner:
    """Made where it is needed: what only reads the models, such as the check of types, has no key."""
    return TimestampSigner(salt="documents.shared")


def address_of(document: Document) -> str:
    """The address to tell the service, made anew for each telling; empty where there is no file.

    A file in a bucket is fetched from there: who fetches need not follow us elsewhere.
    """
    if document.source_url or not document.file:
        return document.source_url
    files, life = document.file.storage, settings.COURSEWARE_ADDRESS_S
    if address := files.address(document.file.name, shown=str(document), life=life):
        return str(address)
    path = reverse("documents:shared", args=[_signer().sign(str(document.pk)), f"file.{document.ext}"])
    return f"{settings.PUBLIC_URL}{path}"


def document_at(token: str) -> Document | None:
    """The document of a token that still holds; None for every other."""
    try:
        pk = _signer().unsign(token, max_age=settings.COURSEWARE_ADDRESS_S)
    except BadSignature:
        return None
    return Document.objects.filter(pk=pk, deleted_at=None).exclude(file="").first()
