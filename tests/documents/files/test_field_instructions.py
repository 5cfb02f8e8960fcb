"""Fields of Word that load from elsewhere are refused in every spelling of their instruction."""

import time

import pytest

from documents.files.fields import MAX_DEPTH
from tests.documents.files.test_external_references import code
from tests.documents.sample_files import ooxml

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
ADDRESS = '"http://evil.example/a.png"'


def paper(body: str, prefix: str = "w", namespace: str = WORD) -> str:
    """The text of a paper; `w:` in the body becomes the prefix."""
    written = body.replace("w:", f"{prefix}:" if prefix else "")
    name, declaration = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    return (
        f'<?xml version="1.0"?><{name}document {declaration}="{namespace}"><{name}body>{written}'
        f"</{name}body></{name}document>"
    )


def run(text: str, element: str = "instrText") -> str:
    return f'<w:r><w:{element} xml:space="preserve">{text}</w:{element}></w:r>'


def char(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def field(*runs: str, result: str = "1") -> str:
    """A field whose instruction is in these runs."""
    return f"{char('begin')}{''.join(runs)}{char('separate')}{run(result, 't')}{char('end')}"


def simple(instruction: str) -> str:
    written = instruction.replace('"', "&quot;")
    return f'<w:fldSimple w:instr="{written}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def judge(body: str, name: str = "word/footnotes.xml") -> str:
    return code(ooxml("docx", {name: paper(f"<w:p>{body}</w:p>")}), "docx")


INSTRUCTION = f" INCLUDEPICTURE {ADDRESS} \\d \\* MERGEFORMAT "
SPELLINGS = {
    "one run": field(run(INSTRUCTION)),
    "a run for each letter": field(*map(run, INSTRUCTION)),
    "a word in two runs": field(run(" INCLUDE"), run("PICTURE "), run(ADDRESS)),
    "two texts of one run": field("<w:r><w:instrText>INCLUDE</w:instrText><w:instrText>PICTURE "
                                  f"{ADDRESS}</w:instrText></w:r>"),
    "runs on lines of their own": field(run("INCLUDE"), "\n  ", run(f"PICTURE {ADDRESS}")),
    "an attribute": simple(INSTRUCTION),
    "an attribute in small letters": simple(INSTRUCTION.lower()),
    "mixed letters": field(run(f"IncludePicture {ADDRESS}")),
    "character references": field(run("&#73;NCLUDE&#x50;ICTURE " + ADDRESS)),
    "a section of characters": field(run(f"INCLUDE<![CDATA[PICTURE {ADDRESS}]]>")),
    "a comment in the name": field(run(f"INCLUDE<!-- -->PICTURE {ADDRESS}")),
    "an element in the name": field(run(f"INCLUDE<w:x/>PICTURE {ADDRESS}")),
    "no space": field(run(f"INCLUDEPICTURE{ADDRESS}")),
    "no quotes": field(run("INCLUDEPICTURE http://evil.example/a.png")),
    "one quote": field(run('INCLUDEPICTURE "http://evil.example/a.png')),
    "curly quotes": field(run("INCLUDEPICTURE “http://evil.example/a.png”")),
    "switches before the address": field(run(f"INCLUDEPICTURE \\d \\* MERGEFORMATINET {ADDRESS}")),
    "a filter before the address": field(run(f'INCLUDEPICTURE \\c "png" {ADDRESS}')),
    "a tab and a line break": field(run("INCLUDEPICTURE"), "<w:r><w:tab/><w:br/></w:r>", run(ADDRESS)),
    "ordinary text for an instruction": field(run(INSTRUCTION, "t")),
    "over two paragraphs": field(run("INCLUDEPICTURE"), "</w:p><w:p>", run(ADDRESS)),
    "deleted and to be brought back": field(run(INSTRUCTION, "delInstrText")),
    "a deleted half": field(run("INCLUDE", "delInstrText"), run(f"PICTURE {ADDRESS}")),
    "a deleted word before it": field(run("PAGE", "delInstrText"), run(INSTRUCTION)),
    "without a result": f"{char('begin')}{run(INSTRUCTION)}{char('end')}",
    "without an end": f"{char('begin')}{run(INSTRUCTION)}",
    "without a beginning": run("INCLUDE") + run(f"PICTURE {ADDRESS}"),
    "in the result of a field": field(run("PAGE"), result="</w:t></w:r>"
                                      + field(run(INSTRUCTION)) + "<w:r><w:t>"),
    "inside of a condition": field(run("IF 1 = 1 "), field(run(INSTRUCTION)), run(" 2")),
    "with an address from a field": field(run("INCLUDEPICTURE "), field(run("DOCPROPERTY a"))),
    "with an address that is half a field's": field(run('INCLUDEPICTURE "'), simple("REF a"), run('.png"')),
    "with a name from a field": field(field(run("QUOTE INCLUDE")), run(f"PICTURE {ADDRESS}")),
    "with half a name from a field": field(run("INCLUDE"), field(run("QUOTE PICTURE")), run(f" {ADDRESS}")),
    "with a name of two alternatives": field(
        "<mc:AlternateContent xmlns:mc='mc'><mc:Choice>" + run("X") + "</mc:Choice></mc:AlternateContent>",
        run(INSTRUCTION),
    ),
    "an end of another namespace in the name": field(
        run("INCLUDE"), "<x:fldChar xmlns:x='x' x:fldCharType='end'/>", run(f"PICTURE {ADDRESS}")
    ),
    "an end of a namespace by the same prefix": field(
        run("INCLUDE"), "<w:r xmlns:w='x'><w:fldChar w:fldCharType='end'/></w:r>", run(f"PICTURE {ADDRESS}")
    ),
    "an attribute of another namespace": '<w:fldSimple w:instr="DDE a b" xmlns:x="x" x:instr="PAGE"/>',
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_picture_from_elsewhere_is_refused_in_every_spelling(spelling: str) -> None:
    assert judge(SPELLINGS[spelling]) == "outside"


@pytest.mark.parametrize("prefix", ["w", "x", ""])
@pytest.mark.parametrize("namespace", [WORD, STRICT])
def test_it_is_refused_under_any_prefix(prefix: str, namespace: str) -> None:
    content = paper(field(run(INSTRUCTION)), prefix, namespace)
    assert code(ooxml("docx", {"word/footnotes.xml": content}), "docx") == "outside"


@pytest.mark.parametrize(
    "name", ["word/document.xml", "word/header1.xml", "word/glossary/document.xml", "word/x.bin"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_it_is_refused_in_every_part_and_encoding(name: str, encoding: str) -> None:
    content = paper(field(run(INSTRUCTION))).encode(encoding)
    assert code(ooxml("docx", {name: content}), "docx") == "outside"


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/a.png",
        "HTTPS://evil.example/a.png",
        "ftp://evil.example/a.png",
        "file://server/share/a.png",
        "file:///C:/a.png",
        "mhtml:a.png",
        "//server/share/a.png",
        "\\\\server\\share\\a.png",
        "\\\\\\\\server\\\\share\\\\a.png",
        " http://evil.example/a.png",
    ],
)
@pytest.mark.parametrize("quote", ['"', ""])
def test_every_address_and_share_lies_elsewhere(target: str, quote: str) -> None:
    assert judge(field(run(f"INCLUDEPICTURE {quote}{target}{quote}"))) == "outside"


@pytest.mark.parametrize(
    "instruction",
    [
        "INCLUDETEXT http://evil.example/a.docx",
        'INCLUDETEXT "C:\\\\Users\\\\secret.docx"',
        'includetext "notes.docx" bookmark \\!',
        'INCLUDE "http://evil.example/a.docx"',
        'IMPORT "http://evil.example/a.gif"',
        'LINK Excel.Sheet.12 "\\\\server\\share\\a.xlsx" "Sheet1!R1C1" \\a \\p',
        'DDE excel "a.xls" R1C1',
        'DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe"',
        "ddeauto\tc:\\\\a.exe",
        'DATABASE \\d "http://evil.example/a.mdb" \\s "select 1"',
        'RD "http://evil.example/a.docx"',
    ],
)
def test_every_field_that_loads_is_refused(instruction: str) -> None:
    assert judge(field(run(instruction))) == "outside"
    assert judge(simple(instruction)) == "outside"


@pytest.mark.parametrize(
    "instruction",
    [
        "",
        " ",
        " PAGE ",
        "PAGE \\* MERGEFORMAT",
        ' TOC \\o "1-3" \\h \\z \\u ',
        'HYPERLINK "https://school.example/a"',
        'HYPERLINK "https://school.example/link" \\l "import" \\o "DDE: see INCLUDEPICTURE"',
        "PAGEREF _Toc1 \\h",
        "REF Link1 \\h",
        'DATE \\@ "yyyy-MM-dd HH:mm"',
        "SEQ Figure \\* ARABIC",
        "EMBED Equation.3 ",
        '= 2 * 3 \\# "0:0"',
        "MERGEFIELD Name",
        'INCLUDEPICTURE "media/image1.png" \\d',
        "INCLUDEPICTURE image1.png \\* MERGEFORMAT",
        'INCLUDEPICTURE "C:\\\\Users\\\\bob\\\\AppData\\\\a.png" \\* MERGEFORMATINET',
    ],
)
def test_a_harmless_field_comes_in(instruction: str) -> None:
    assert judge(field(run(instruction))) == ""
    assert judge(simple(instruction)) == ""


def test_fields_within_harmless_fields_come_in() -> None:
    inner = field(run(" PAGE "))
    assert judge(field(run(" IF "), inner, run(' = 1 "first" "other" '))) == ""
    assert judge(field(run(" = "), inner, run(" + 1 "))) == ""
    contents = field(run(' TOC \\o "1-3" '), result=f"</w:t></w:r>{inner}<w:r><w:t>")
    assert judge(contents) == ""


def test_a_text_about_fields_is_no_field() -> None:
    assert judge(run(INSTRUCTION, "t")) == ""
    assert judge(field(run("PAGE"), result=INSTRUCTION)) == ""
    slide = f"<p:sld xmlns:p='p' xmlns:a='a'><a:p><a:t>{INSTRUCTION}</a:t></a:p></p:sld>"
    assert code(ooxml("pptx", {"ppt/slides/slide1.xml": slide}), "pptx") == ""


def test_what_no_writer_makes_costs_little() -> None:
    began = time.process_time()
    assert judge(char("begin") * 3_000) == "damaged"
    assert judge((char("begin") + run("IF ")) * (MAX_DEPTH - 1)) == ""
    assert judge(field(run("\n".join(map(str, range(200_000)))))) == "damaged"
    assert judge(run("A" * 500_000) + char("end") * 8_000) == ""
    assert time.process_time() - began < 5
