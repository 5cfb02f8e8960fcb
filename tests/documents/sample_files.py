"""Files as people have them, made small: honest ones of every kind, and the parts to spoil them with."""

import io
import struct
import zipfile

TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/{part}" '
    'ContentType="application/vnd.openxmlformats-officedocument.{main}.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    "{more}</Relationships>"
)
MAIN = {
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
}


NONE = 0xFFFFFFFF


def ooxml(kind, more=None, relations="", method=zipfile.ZIP_DEFLATED, types=None, leave=()):
    """A package of this kind with further parts {name: bytes}."""
    part, main = MAIN[kind]
    parts = {
        "[Content_Types].xml": (types or TYPES).format(part=part, main=main),
        "_rels/.rels": RELATIONS.format(more=relations),
        part: "<p:presentation xmlns:p='p'/>",
        **(more or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, content in parts.items():
            if name not in leave:
                package.writestr(name, content)
    return out.getvalue()


def pdf(body=b"", version=b"1.7", end=b"startxref\n0\n%%EOF\n"):
    return b"%PDF-" + version + b"\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\n" + body + end


def compound(*names, body=b"", start=1):
    """A file system with these streams and folders in its directory, which lies in the second sector."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head = head.ljust(44, b"\0") + struct.pack("<II", 1, start) + b"\0" * 4 + struct.pack("<I", 4096)
    head += struct.pack("<IIII", 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0) + b"\xff" * 432
    table = [0xFFFFFFFD]
    last = len(names)
    entries = [_entry("Root Entry", 5, child=1 if names else NONE)]
    entries += [
        _entry(name, 2, right=number + 1 if number < last else NONE) for number, name in enumerate(names, 1)
    ]
    while len(entries) % 4:
        entries.append(b"\0" * 128)
    sectors = len(entries) // 4
    table += [2 + number for number in range(sectors - 1)] + [0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))
    return (
        head
        + struct.pack("<128I", *table)
        + b"".join(entries)
        + body.ljust(-(-len(body) // 512) * 512, b"\0")
    )


def _entry(name, kind, right=NONE, child=NONE, start=0, length=0):
    raw = name.encode("utf-16-le") + b"\0\0"
    head = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, NONE, right, child)
    return head.ljust(116, b"\0") + struct.pack("<IQ", start, length)


def ppt(*more, **other):
    return compound("PowerPoint Document", "Current User", *more, **other)


def doc(*more, **other):
    return compound("WordDocument", "1Table", *more, **other)


def ole_link(flags):
    """A paper with an embedded object, which says with flag 1 that it lies elsewhere."""
    content = bytearray(doc("\x01Ole"))
    place = content.index("\x01Ole".encode("utf-16-le"))
    stream = len(content)
    sector = stream // 512 - 1
    struct.pack_into("<IQ", content, place + 116, 1, 20)  # the second small piece
    root = content.index("Root Entry".encode("utf-16-le"))
    struct.pack_into("<IQ", content, root + 116, sector, 512)
    struct.pack_into("<I", content, 512 + 4 * sector, 0xFFFFFFFE)
    return bytes(content) + b"".ljust(64, b"\0") + struct.pack("<II", 0x02000001, flags).ljust(448, b"\0")
