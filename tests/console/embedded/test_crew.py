"""Programs that run together."""

import sys
import time
from collections.abc import Iterator

import pytest

from console.embedded import EmbeddedError
from console.embedded.process_group import ProcessGroup

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_DFL); print('up'); time.sleep(600)"


@pytest.fixture
def crew() -> Iterator[ProcessGroup]:
    crew = ProcessGroup()
    yield crew
    crew.end()


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_lines_are_shown_after_the_name_of_their_program(
    crew: ProcessGroup, capsys: pytest.CaptureFixture
) -> None:
    crew.start("web", _python("print('课堂'); print('no end', end='')"))
    crew.finish("web")

    assert capsys.readouterr().out == "web     | 课堂\nweb     | no end\n"


def test_a_program_that_ends_well_hands_over_what_it_said(
    crew: ProcessGroup, capsys: pytest.CaptureFixture
) -> None:
    crew.start("demo", _python("print('login')"), keep=True)

    assert crew.finish("demo") == "login\n"
    assert capsys.readouterr().out == ""


def test_one_that_fails_is_named_and_its_words_are_shown(
    crew: ProcessGroup, capsys: pytest.CaptureFixture
) -> None:
    crew.start("demo", _python("import sys; sys.exit('no such table')"), keep=True)

    with pytest.raises(EmbeddedError, match="demo ended with code 1"):
        crew.finish("demo")
    assert "no such table" in capsys.readouterr().out


def test_when_one_ends_the_watch_ends(crew: ProcessGroup) -> None:
    crew.start("web", _python(STUBBORN))
    crew.start("worker", _python("import sys; sys.exit(3)"))

    with pytest.raises(EmbeddedError, match="worker ended with code 3"):
        crew.watch(lambda: False, seconds=30)


def test_when_a_dispensable_one_ends_the_watch_goes_on(
    crew: ProcessGroup, capsys: pytest.CaptureFixture
) -> None:
    crew.start("students", _python("import sys; sys.exit(3)"), may_exit=True)
    ended = time.monotonic() + 1

    crew.watch(lambda: time.monotonic() > ended)

    assert "students ended with code 3; the others go on." in capsys.readouterr().out


def test_one_that_is_started_again_goes_on_after_its_end(
    capsys: pytest.CaptureFixture,
) -> None:
    crew = ProcessGroup(min_uptime_s=0)
    crew.start("sandbox", _python("print('up', flush=True); import sys; sys.exit(3)"), restart=True)
    said: list[str] = []

    def twice() -> bool:
        said.append(capsys.readouterr().out)
        return "".join(said).count("sandbox | up") >= 2

    crew.watch(twice, seconds=30)
    crew.end()

    assert "sandbox ended with code 3 and is started again." in "".join(said)


def test_one_that_ends_at_once_is_not_started_again(crew: ProcessGroup) -> None:
    crew.start("sandbox", _python("import sys; sys.exit('the port is in use')"), restart=True)

    with pytest.raises(EmbeddedError, match="sandbox ended with code 1"):
        crew.watch(lambda: False, seconds=30)


def test_the_end_does_not_wait_for_what_ends_at_once(crew: ProcessGroup) -> None:
    crew.start("web", _python(STUBBORN))
    began = time.monotonic()

    crew.end()

    assert time.monotonic() - began < 3
