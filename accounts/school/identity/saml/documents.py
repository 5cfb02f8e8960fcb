"""Read XML that strangers send: UTF-8 only, no document type, no entities, a limited size.

A signature covers the canonical form of XML, which leaves out comments and processing instructions. Messages
must not have any: two readers could take a text with a comment in it for two different names.
"""

import base64
import binascii
import re
from typing import Any

from console.lazy_import import LazyModule

etree = LazyModule("lxml.etree")

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
#: A response with a certificate and 150 groups has about 25 KB. Metadata of one provider have about 10 KB.
MAX_MESSAGE_BYTES, MAX_METADATA_BYTES = 64 * 1024, 512 * 1024
DECLARATION = re.compile(
    rb"\A<\?xml version=[\"']1\.0[\"'](?: encoding=[\"']utf-8[\"'])?[^<>]*\?>", re.IGNORECASE
)
WHITESPACE = re.compile(r"\s+")


class DocumentRefused(Exception):
    """The text is not read. The argument says why, for tests and logs."""


def decode_message(text: str) -> bytes:
    """Return the XML of a message in base64. DocumentRefused if it is anything else."""
    if len(text) > 2 * MAX_MESSAGE_BYTES:
        raise DocumentRefused("size")
    try:
        return base64.b64decode(WHITESPACE.sub("", text), validate=True)
    except (binascii.Error, ValueError):
        raise DocumentRefused("base64") from None


def parse_message(raw: bytes) -> Any:
    """Return the root element of a message."""
    if len(raw) > MAX_MESSAGE_BYTES:
        raise DocumentRefused("size")
    declaration = DECLARATION.match(raw)
    body = raw[declaration.end() :] if declaration else raw
    # Also CDATA sections, which no provider writes: all that begins so is a way to hide something.
    if b"<!" in body or b"<?" in body:
        raise DocumentRefused("declaration")
    return _parse(raw)


def parse_metadata(raw: bytes) -> Any:
    """Return the root element of metadata, which may have comments."""
    if len(raw) > MAX_METADATA_BYTES:
        raise DocumentRefused("size")
    return _parse(raw.removeprefix(b"\xef\xbb\xbf").strip())


def _parse(raw: bytes) -> Any:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        raise DocumentRefused("encoding") from None
    if b"<!doctype" in raw.lower() or b"<!entity" in raw.lower():
        raise DocumentRefused("document type")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise DocumentRefused("syntax") from None
    if root.getroottree().docinfo.doctype:
        raise DocumentRefused("document type")
    return root


def only_child(element: Any, tag: str) -> Any:
    """Return the one child of an element with this tag. DocumentRefused if there is none, or several."""
    found = element.findall(tag)
    if len(found) != 1:
        raise DocumentRefused(f"{len(found)} of {tag.rpartition('}')[2]}")
    return found[0]


def plain_text(element: Any) -> str:
    """Return the text of an element, which must have no children."""
    if len(element):
        raise DocumentRefused("children")
    return (element.text or "").strip()
