"""Starting, ending, and what stays."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.sandbox import ROOT, start_sandbox

APP, KEY = 1400000001, "k" * 32


def refused(*options: str) -> str:
    """What the command says when it does not start."""
    command = [sys.executable, "-m", "console.sandbox", *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    return ended.stderr.strip()


def test_state_survives_an_end_by_sigterm_and_by_kill(tmp_path: Path) -> None:
    sandbox = start_sandbox(tmp_path, [(APP, KEY, None)])
    sandbox.call("user/register", {"list": [{"user_id": "a", "role": "student"}]})
    sandbox.control("knobs", {"paging": "page"})
    sandbox.control("clock", {"move": 1000})
    began = time.monotonic()
    assert sandbox.stop() == 0
    assert time.monotonic() - began < 5
    sandbox.restart()
    assert sandbox.call("user/info", {"user_id": "a"})["error_code"] == 0
    assert sandbox.control("knobs")["values"]["paging"] == "page"
    assert 990 < sandbox.control("clock")["offset"] < 1010
    sandbox.call("user/register", {"list": [{"user_id": "b", "role": "student"}]})
    sandbox.kill()
    sandbox.restart()
    assert sandbox.call("user/info", {"user_id": "b"})["error_code"] == 0
    assert [line["object"] for line in sandbox.effects() if line["object"].startswith("user:")] == [
        "user:a",
        "user:b",
    ]
    sandbox.stop()


def test_an_enterprise_given_anew_takes_the_new_key_and_keeps_its_address(tmp_path: Path) -> None:
    address = "http://127.0.0.1:1/callbacks/x:y?a=b:c"
    first = start_sandbox(tmp_path, [(APP, KEY, address)])
    assert first.call("business/info")["call_back_url"] == address
    first.stop()
    second = start_sandbox(tmp_path, [(APP, "n" * 32, None)])
    told = second.call("business/info")
    assert (told["tic_key"], told["call_back_url"]) == ("n" * 32, address)
    second.stop()


@pytest.mark.parametrize("bind", ["0.0.0.0:0", "192.0.2.1:0", "[::]:0", "example.com:0"])
def test_it_refuses_to_listen_beyond_loopback_unless_told_so_in_so_many_words(
    tmp_path: Path, bind: str
) -> None:
    assert "--allow-beyond-loopback" in refused("--bind", bind, "--data", str(tmp_path))


def test_it_listens_beyond_loopback_when_told_and_links_name_the_public_url(tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "console.sandbox", "--bind", "0.0.0.0:0", "--data", str(tmp_path),
        "--allow-beyond-loopback", "--public-url", "http://class.example/", "--enterprise", f"{APP}:{KEY}",
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "ready on http://0.0.0.0:" in process.stdout.readline()
        process.terminate()
        assert process.wait(10) == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--enterprise", "abc:key"), "SDKAPPID:TIC_KEY"),
        (("--enterprise", "14:"), "SDKAPPID:TIC_KEY"),
        (("--enterprise", "14:key:ftp://x"), "http://"),
        (("--bind", "nonsense"), "HOST:PORT"),
        (("--bind", "127.0.0.1:70000"), "HOST:PORT"),
    ],
)
def test_a_wrong_option_gets_one_clear_sentence(tmp_path: Path, given: tuple[str, ...], words: str) -> None:
    said = refused("--data", str(tmp_path), "--bind", "127.0.0.1:0", *given)
    assert words in said
    assert said.count("\n") == 0


def test_a_port_or_a_folder_in_use_gets_one_clear_sentence(tmp_path: Path) -> None:
    sandbox = start_sandbox(tmp_path / "one", [(APP, KEY, None)])
    try:
        bind = sandbox.url.removeprefix("http://")
        assert "cannot listen on" in refused("--bind", bind, "--data", str(tmp_path / "two"))
        assert "another sandbox is using" in refused("--bind", "127.0.0.1:0", "--data", str(tmp_path / "one"))
    finally:
        sandbox.stop()


def test_the_console_and_the_sandbox_share_no_code() -> None:
    """The sandbox runs where importing any part of the console fails."""
    script = (
        "import sys, pkgutil, importlib, os\n"
        "os.environ.update(SANDBOX_DATA='.', DJANGO_SETTINGS_MODULE='console.sandbox.settings')\n"
        "import django; django.setup()\n"
        "import console.sandbox as top\n"
        "for m in pkgutil.walk_packages(top.__path__, 'console.sandbox.'):\n"
        "    if not m.name.endswith('__main__'): importlib.import_module(m.name)\n"
        "ours = ('console.', 'accounts', 'documents', 'classes')\n"
        "print([m for m in sys.modules if m.startswith(ours) and not m.startswith('console.sandbox')])\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.strip() == "[]"
