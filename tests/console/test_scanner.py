"""What the scanner for viruses says of a file, and what becomes of one that cannot be asked."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError

from console import scanner
from console.scanner import CHUNK_BYTES, check_clean, parse_address
from tests.support.clamd import BAD, MOST_BYTES, NAME

pytestmark = pytest.mark.usefixtures("english")


def refusal(content: bytes) -> ValidationError:
    file = BytesIO(content)
    with pytest.raises(ValidationError) as caught:
        check_clean(file)
    assert file.tell() == 0
    return caught.value


@contextmanager
def one_that(does: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of a scanner that does this with who comes, in place of scanning."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            guest, _ = door.accept()
            with guest:
                does(guest)

        waiter = threading.Thread(target=serve, daemon=True)
        waiter.start()
        yield f"tcp://127.0.0.1:{door.getsockname()[1]}"
        waiter.join(10)


@pytest.mark.usefixtures("scanned")
class TestOfClamd:
    def test_a_clean_file_comes_in_from_its_beginning(self) -> None:
        for content in (b"", b"a cup of tea", b"x" * (2 * CHUNK_BYTES + 1)):
            file = BytesIO(content)
            file.seek(len(content) // 2)
            check_clean(file)
            assert file.read() == content

    @pytest.mark.parametrize("before", [0, 7, CHUNK_BYTES - 3], ids=["first", "within", "over two pieces"])
    def test_what_it_knows_is_found_and_named(self, before: int) -> None:
        found = refusal(b"." * before + BAD + b".")
        assert (found.code, NAME in found.messages[0]) == ("virus", True)

    def test_a_file_that_is_too_large_for_it_is_refused_as_that(self) -> None:
        assert refusal(b"x" * (MOST_BYTES + 3 * CHUNK_BYTES)).code == "unscanned"

    def test_it_is_known_to_be_there(self) -> None:
        assert scanner.is_available()


def test_without_a_scanner_nothing_is_asked(settings) -> None:
    settings.VIRUS_SCANNER = ""
    file = BytesIO(BAD)
    file.seek(3)
    check_clean(file)
    assert file.tell() == 3, "it was read"


def test_where_none_listens_no_file_comes_in(settings, tmp_path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        free = door.getsockname()[1]
    for address in (f"tcp://127.0.0.1:{free}", f"unix:{tmp_path}/none.sock"):
        settings.VIRUS_SCANNER = address
        found = refusal(b"tea")
        assert (found.code, found.messages[0].endswith("Try again in a few minutes.")) == ("scanner", True)
        assert not scanner.is_available()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0",
        b"stream: \0",
        b"UNKNOWN COMMAND\0",
        b"stream: OK",
        b"stream: Can't allocate memory ERROR\0",
        b"x" * 9999,
    ],
)
def test_only_its_own_words_for_clean_let_a_file_in(settings, answer: bytes) -> None:
    def tells(guest: socket.socket) -> None:
        while not guest.recv(1 << 16).endswith(b"\0\0\0\0"):
            pass
        guest.sendall(answer)

    with one_that(tells) as settings.VIRUS_SCANNER:
        assert refusal(b"tea").code == "scanner"


def test_one_that_says_nothing_is_not_waited_for_without_end(settings) -> None:
    settings.VIRUS_SCANNER_TIMEOUT_S = 0.2
    over = threading.Event()
    with one_that(lambda guest: over.wait(10) and None) as settings.VIRUS_SCANNER:
        assert refusal(b"tea").code == "scanner"
        over.set()


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("unix:/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("unix:///run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("tcp://127.0.0.1:3310", ("127.0.0.1", 3310)),
        ("tcp://[::1]:3310", ("::1", 3310)),
        ("unix:clamd.ctl", None),
        ("unix://host/clamd.ctl", None),
        ("tcp://127.0.0.1", None),
        ("tcp://127.0.0.1:many", None),
        ("tcp://127.0.0.1:3310/path", None),
        ("http://127.0.0.1:3310", None),
        ("clamd", None),
    ],
)
def test_where_it_listens_is_a_path_or_a_host_and_a_port(address: str, where: object) -> None:
    assert parse_address(address) == where
