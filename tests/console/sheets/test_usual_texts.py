"""Two readers of the same shared texts, the quick and the exact one: what they hold they read alike."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.sheets.shape import Limits
from console.sheets.usual import LONGEST, SHARED, UsualTexts
from console.sheets.xlsxparsers import TextParser
from tests.console.sheets.feeding import given_by, in_pieces

pytestmark = pytest.mark.usefixtures("english")

LIMITS = Limits(cell=12)
PLAIN = "<si><t>账号</t></si>"
SPACED = '<si><t xml:space="preserve"> 王小明 </t></si>'
CHINESE = '<si><t>王小明</t><phoneticPr fontId="1" type="noConversion"/></si>'
NAMED = "<si><t>&lt;R&amp;D&gt;</t></si>"
USUAL = [
    PLAIN,
    SPACED,
    CHINESE,
    NAMED,
    "<si><t>a_x0041_b</t></si>",
    "<si><t>two\nlines</t></si>",
    "<si><t></t></si>",
]
ODD = [
    "<si><t/></si>",
    "<si/>",
    "<si></si>",
    "<si><r><rPr><b/></rPr><t>王</t></r><r><t>小</t></r></si>",
    '<si><t>王</t><rPh sb="0" eb="1"><t>wang</t></rPh><phoneticPr fontId="1"/></si>',
    "<si><t>a</t><t>b</t></si>",
    "<si><t>&#65;</t></si>",
    "<si><t><![CDATA[</t></si>]]></t></si>",
    "<si><!-- </si> --><t>a</t></si>",
    "<!-- <si><t>a</t></si> -->",
    "<?skip <si><t>a</t></si>?>",
    "<x:si><x:t>a</x:t></x:si>",
    "\n  <si>\n<t>a</t>\n</si>",
    "<si ><t >a</t ></si >",
    "<si><t>a\r\nb\rc\td</t></si>",
    "<si><t>much longer than a cell may be</t></si>",
    "<si><t>eleven and &amp;&amp;</t></si>",
    "<si><si><t>a</t></si></si>",
    "<other><si><t>a</t></si></other>",
    "<t>a</t>",
]
WRONG = [
    '<si><t xml:space="preserve" xml:space="preserve">a</t></si>',
    '<si><t>a</t><phoneticPr fontId="1" fontId="1"/></si>',
    "<si><t>a]]>b</t></si>",
    "<si><t>a\x01</t></si>",
    "<si><t>a\uffff</t></si>",
    "<si><t>&nothing;</t></si>",
    "<si><t>a & b</t></si>",
    "<si><t>a</si></t>",
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    "</si>",
    "<si>",
]
BEFORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="9" uniqueCount="9">'
)
AFTER = "</sst>"


def exact() -> TextParser:
    return TextParser(LIMITS)


@pytest.mark.parametrize("text", USUAL)
def test_texts_as_programs_write_them_pass_the_parser_by(text: str) -> None:
    quick = UsualTexts(exact())
    quick.feed((BEFORE + text + PLAIN).encode())
    assert quick.usual
    assert quick.taken() == given_by(exact(), [(BEFORE + text + PLAIN + AFTER).encode()])


def test_what_texts_hold_is_read_in_its_order() -> None:
    assert given_by(UsualTexts(exact()), [(BEFORE + "".join(USUAL) + AFTER).encode()]) == [
        "账号", " 王小明 ", "王小明", "<R&D>", "aAb", "two\nlines", "",
    ]  # fmt: skip


@pytest.mark.parametrize("odd", [*ODD, *WRONG])
def test_what_is_not_usual_is_read_as_the_parser_reads_it(odd: str) -> None:
    content = (BEFORE + PLAIN + odd + SPACED + odd + CHINESE + AFTER).encode()
    assert given_by(UsualTexts(exact()), [content]) == given_by(exact(), [content])


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_refused_after_usual_texts(wrong: str) -> None:
    assert isinstance(given_by(UsualTexts(exact()), [(BEFORE + PLAIN + wrong + AFTER).encode()]), str)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from([*USUAL * 4, *ODD, *WRONG]), max_size=8),
    st.lists(st.integers(0, 5_000), max_size=6),
)
def test_any_texts_in_any_pieces_are_read_alike(texts: list[str], cuts: list[int]) -> None:
    content = (BEFORE + "".join(texts) + AFTER).encode()
    assert given_by(UsualTexts(exact()), in_pieces(content, cuts)) == given_by(exact(), [content])


@settings(max_examples=1_000, deadline=None)
@given(
    st.integers(0, 5_000),
    st.integers(0, 12),
    st.binary(max_size=3)
    | st.sampled_from([b"<", b">", b"&", b'"', b"/", b"=", b":", b"]]>", b"--", b"9", b"&lt;"]),
)
def test_texts_with_any_bytes_put_into_them_are_read_alike(at: int, out: int, put: bytes) -> None:
    content = (BEFORE + "".join(USUAL) + AFTER).encode()
    at %= len(content)
    content = content[:at] + put + content[at + out :]
    assert given_by(UsualTexts(exact()), [content]) == given_by(exact(), [content])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=15))
def test_any_text_is_read_alike(text: str) -> None:
    content = (BEFORE + f"<si><t>{text}</t></si>" + AFTER).encode(errors="surrogatepass")
    assert given_by(UsualTexts(exact()), [content]) == given_by(exact(), [content])


@pytest.mark.parametrize(
    "before",
    [
        BEFORE.replace("UTF-8", "ISO-8859-1"),
        BEFORE.replace("<sst", "<!-- <sst> --><sst"),
        BEFORE.replace("<sst", "<sst><sst"),
        BEFORE.replace("<sst", '<!DOCTYPE a [<!ENTITY b "c">]><sst'),
        BEFORE.replace('count="9"', 'count="9" count="9"'),
        "<sst xmlns:x='y'>",
        "<other><sst>",
        "<sst",
        "",
    ],
)
def test_a_table_that_begins_in_any_way_is_read_alike(before: str) -> None:
    content = (before + PLAIN + SPACED + AFTER).encode()
    assert given_by(UsualTexts(exact()), [content]) == given_by(exact(), [content])


def test_a_text_without_end_is_not_kept_for_long() -> None:
    quick = UsualTexts(exact())
    quick.feed((BEFORE + "<si><t>").encode())
    for _ in range(100):
        quick.feed(b"7" * 4_000)
        assert len(quick.pending) < LONGEST
    quick.feed(b"</t></si>" + AFTER.encode(), True)
    assert quick.taken() == ["7" * LIMITS.cell]


@pytest.mark.parametrize("many", ["1", "&lt;", "<si><t>", "<phoneticPr", ' a="1"', "&"])
@pytest.mark.parametrize("start", ["", "<si>", "<si><t>", "<si><t>a</t><phoneticPr"])
def test_no_text_takes_the_expression_long(start: str, many: str) -> None:
    """With one that looks at letters again and again the longest text takes minutes."""
    text = start + many * (LONGEST // len(many))
    began = time.process_time()
    SHARED.fullmatch(text)
    assert time.process_time() - began < 1
