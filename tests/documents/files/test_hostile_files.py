"""Files as attackers make them, and as people do: the first are refused at once, the second come in."""

import gc
import io
import json
import subprocess
import sys
import time
import zipfile

import pytest
from django.core.exceptions import ValidationError

from documents.files.filenames import split_filename
from documents.files.validation import validate_content
from tests.documents.files.hostile_files import EXTERNAL, hostile_files
from tests.documents.sample_files import doc, ooxml, pdf, ppt
from tests.faults.sizes import size
from tests.support.environment import ROOT
from tests.support.image_files import jpg, moving, png, turned_jpg

MOST_CPU_S, MOST_BYTES = 1.0, 64 * 1024 * 1024
LINK = EXTERNAL.format("hyperlink", "https://school.example/")

#: A process of its own for each file, forked after Django is there, in which it is judged: so it tells what
#: this file alone cost, in seconds of CPU and in bytes at its highest. More memory than is allowed is not
#: given (RLIMIT_AS).
MEASURE = """
import json, os, resource, sys, time
sys.path.insert(0, ".")
import django
django.setup()
from django.core.exceptions import ValidationError
from console.child_process.refusal import FileRejected
from documents.files.content_checks import check_content
from documents.files.filenames import split_filename
MOST = int(sys.argv[1])

def kilobytes(what):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(what))

def judged(name, path):
    with open("/proc/self/clear_refs", "w") as peak:
        peak.write("5")  # the highest so far is forgotten
    most = kilobytes("VmSize:") * 1024 + MOST
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    with open(path, "rb") as file:
        before, began, by_the_clock = kilobytes("VmRSS:"), time.process_time(), time.perf_counter()
        try:
            check_content(file, split_filename(name)[1])
            code = ""
        except (FileRejected, ValidationError) as error:
            code = error.code
        spent, passed = time.process_time() - began, time.perf_counter() - by_the_clock
    return [code, spent, (kilobytes("VmHWM:") - before) * 1024, passed]

for line in sys.stdin:
    what, name, path = json.loads(line)
    if not (child := os.fork()):
        print(json.dumps([what, judged(name, path)]), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def judge(name, content):
    """The reason for which a file is refused; empty where it comes in."""
    try:
        kind = split_filename(name)[1]
        validate_content(io.BytesIO(content), kind)
    except ValidationError as error:
        return error.code
    return ""


def test_sixty_hostile_files_are_refused_each_within_a_second_and_64_mb(tmp_path) -> None:
    lines, expected = [], {}
    for what, (name, content, reason) in hostile_files().items():
        path = tmp_path / str(len(lines))
        path.write_bytes(content)
        expected[what] = reason
        lines.append(json.dumps([what, name, str(path)]))
    gc.collect()
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(MOST_BYTES)],
        cwd=ROOT,
        input="\n".join(lines),
        capture_output=True,
        text=True,
    )
    told = dict(json.loads(line) for line in done.stdout.splitlines() if line.startswith("["))
    slowest = max(told, key=lambda what: told[what][1])
    largest = max(told, key=lambda what: told[what][2])
    print(f"{len(told)} hostile files, each in a process of its own;", end=" ")
    print(f"most CPU {told[slowest][1]:.3f} s ({slowest});", end=" ")
    print(f"most time {max(line[3] for line in told.values()):.3f} s by the clock;", end=" ")
    print(f"most memory {told[largest][2] / 2**20:.1f} MB ({largest})")
    assert len(told) >= 60, done.stderr[-2000:]
    assert {what: code for what, (code, *_spent) in told.items()} == expected
    assert told[slowest][1] < MOST_CPU_S
    assert told[largest][2] < MOST_BYTES


def test_the_process_that_judges_refuses_the_same_files() -> None:
    """It starts anew for many of them, so that every run takes each third one."""
    files = dict(list(hostile_files().items())[:: size(full=1, ci=3)])
    expected = {what: reason for what, (_name, _content, reason) in files.items()}
    assert {what: judge(name, content) for what, (name, content, _reason) in files.items()} == expected


def stored(kind, **more):
    return ooxml(kind, method=zipfile.ZIP_STORED, **more)


def noise(size):
    return bytes((n * 7919 + n // 251) % 251 for n in range(size))


def honest():
    table = ooxml("xlsx")
    return {
        "deck.pptx": ooxml("pptx"),
        "Deck.PPTX": stored("pptx"),
        "第一课 分数.pptx": ooxml("pptx", {"ppt/media/image1.png": png()}),
        "with chart.pptx": ooxml("pptx", {"ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": table}),
        "with chart stored.pptx": stored("pptx", more={"ppt/embeddings/Sheet1.xlsx": table}),
        "with link.pptx": ooxml("pptx", relations=LINK),
        "with film.pptx": ooxml("pptx", {"ppt/media/a.mp4": b"\0\0\0 ftypisom" + noise(100_000)}),
        "with sound.pptx": ooxml("pptx", {"ppt/media/a.mp3": b"ID3" + noise(20_000)}),
        "with drawing.pptx": ooxml("pptx", {"ppt/media/a.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}),
        "with font.pptx": ooxml("pptx", {"ppt/fonts/font1.fntdata": noise(5_000)}),
        "with old formula.pptx": ooxml("pptx", {"ppt/embeddings/oleObject1.bin": ppt()}),
        "many slides.pptx": ooxml("pptx", {f"ppt/slides/slide{n}.xml": b"<p:sld/>" for n in range(900)}),
        "long text.pptx": ooxml("pptx", {"ppt/slides/slide1.xml": b"<a>" + b"text " * 100_000 + b"</a>"}),
        "black picture.pptx": ooxml("pptx", {"ppt/media/a.bmp": bytes(900_000)}),
        "folders.pptx": ooxml("pptx", {"ppt/": b"", "ppt/media/": b""}),
        "paper.docx": ooxml("docx"),
        "paper with picture.docx": ooxml("docx", {"word/media/image1.jpeg": jpg()}),
        "paper with table.docx": ooxml("docx", {"word/embeddings/Sheet1.xlsx": table}),
        "卷子.docx": stored("docx"),
        "old.ppt": ppt(),
        "old with much.ppt": ppt("Pictures", "\x05SummaryInformation", body=noise(50_000)),
        "old.doc": doc(),
        "old with much.doc": doc("Data", "\x05SummaryInformation", "ObjectPool", "CompObj"),
        "a.pdf": pdf(),
        "a 1.4.pdf": pdf(version=b"1.4"),
        "a 2.0.pdf": pdf(version=b"2.0"),
        "with stream.pdf": pdf(b"2 0 obj<</Length 9>>stream\n" + noise(300_000) + b"\nendstream endobj\n"),
        "with link.pdf": pdf(b"<</S/URI/URI(https://school.example/)>>"),
        "with odd name.pdf": pdf(b"<</BaseFont/Arial#20Bold>>"),
        "with line end.pdf": pdf(end=b"startxref\r\n0\r\n%%EOF\r\n\r\n"),
        "without line end.pdf": pdf(end=b"startxref\n0\n%%EOF"),
        "a & b (v1.2) – final.pdf": pdf(),
        "Übung 3, “Brüche”.pdf": pdf(),
        "家庭👨\u200d👩\u200d👧.pdf": pdf(),
        "a.b.c.pdf": pdf(),
        "photo.jpg": jpg(),
        "photo.JPEG": jpg(4000, 3000),
        "progressive.jpg": jpg(progressive=True),
        "phone with second picture.jpg": jpg(4000, 3000) + jpg(160, 120),
        "drawn.png": png(),
        "large.png": png(2000, 1500),
        "one point.png": png(1, 1),
        "moving.png": moving("PNG"),
        "turned.jpg": turned_jpg(6),
    }  # fmt: skip


def test_forty_honest_files_come_in() -> None:
    began = time.process_time()
    refused = {name: code for name, content in honest().items() if (code := judge(name, content))}
    print(f"{len(honest())} honest files, {time.process_time() - began:.1f} s")
    assert len(honest()) >= 40
    assert refused == {}


@pytest.mark.parametrize(
    ("told", "name", "kind"),
    [("a.PDF", "a", "pdf"), ("Lesson 1.jpeg", "Lesson 1", "jpg"), (" 第一课 .pptx", "第一课", "pptx")],
)
def test_a_name_is_told_without_its_ending(told, name, kind) -> None:
    assert split_filename(told) == (name, kind)
