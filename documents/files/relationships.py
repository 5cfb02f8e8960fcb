"""Content types and relationships of the parts of an Office Open XML package."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from console.child_process.refusal import FileRejected
from documents.files import xml_parser

#: Content types of macros and controls.
MACRO_TYPES = ("macroenabled", "vbaproject", "activex")
#: Relationships that may be external, because the user has to follow or play them. Templates, frames,
#: objects, tables, controls and unknown relationships are loaded when the file is opened.
LINK_TYPES = {"hyperlink", "image", "video", "audio", "media"}


class ContentTypes(NamedTuple):
    """Content types of parts, by extension and by name, all in lower case."""

    by_extension: dict[str, str]
    by_name: dict[str, str]

    def type_of(self, name: str) -> str:
        return self.by_name.get(name) or self.by_extension.get(name.rpartition(".")[2], "")

    def check(self, main: str) -> None:
        """Raise FileRejected if no part has the type `main`, or any part holds macros."""
        types = {*self.by_extension.values(), *self.by_name.values()}
        if any(macro in content_type for content_type in types for macro in MACRO_TYPES):
            raise FileRejected("macro")
        if not any(content_type.endswith(f".{main}") for content_type in types):
            raise FileRejected("other")


def parse_content_types(pieces: Iterable[bytes]) -> ContentTypes:
    """Parse [Content_Types].xml."""
    types = ContentTypes({}, {})

    def add_type(tag: str, attributes: dict[str, str]) -> None:
        values = {xml_parser.local_name(name): value for name, value in attributes.items()}
        content_type = values.get("ContentType", "").partition(";")[0].strip().lower()
        name = xml_parser.local_name(tag)
        if name == "Default":
            types.by_extension[values.get("Extension", "").lower()] = content_type
        elif name == "Override":
            types.by_name[normalize_part_name(values.get("PartName", ""))] = content_type

    xml_parser.parse_xml(pieces, add_type)
    return types


def normalize_part_name(name: str) -> str:
    """Return the name of a part unquoted, in lower case, without leading slashes."""
    return unquote(name).lower().lstrip("/")


def check_relationship(tag: str, attributes: dict[str, str]) -> None:
    """Raise FileRejected("outside") if an element of a .rels part loads an external resource."""
    values = {xml_parser.local_name(name).lower(): value for name, value in attributes.items()}
    if "base" in values:  # xml:base changes all relative URLs
        raise FileRejected("outside")
    if xml_parser.local_name(tag).lower() != "relationship":
        return
    target, kind = values.get("target", "").strip(), values.get("type", "").rpartition("/")[2]
    inside = values.get("targetmode", "Internal").strip().lower() == "internal"
    if inside and ":" not in target and not target.startswith(("//", "\\")):
        return
    if kind not in LINK_TYPES:
        raise FileRejected("outside")
