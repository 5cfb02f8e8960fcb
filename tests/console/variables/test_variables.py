"""Every variable of the environment is refused by its number where it contains nonsense."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from console.variables import misspelled_names, validate_variables
from console.variables.kinds import (
    CertificateFile,
    Choice,
    Folder,
    Hosts,
    Kind,
    Number,
    Secret,
    Switch,
    Text,
    Url,
)
from console.variables.table import VARIABLES
from tests.support.environment import ROOT

#: For each kind what no variable of it may contain, with the number.
BAD: dict[type, list[tuple[str, str]]] = {
    Number: [(value, "E034") for value in ("", "many", "60s", "1e3", "nan", "inf", "1,5", "0x10", "٣")],
    Switch: [(value, "E036") for value in ("", "flase", "2", "enabled", "null")],
    Choice: [("loud", "E022 E023"), ("", "E022 E023")],
    Url: [("https://[::1", "E037"), ("http://host:port", "E037"), ("no url", "E037"), ("host", "E037")],
    Hosts: [(value, "E038") for value in ("a b", "a, b", "a;b", "'self'", "https://a/b", '"a"')],
    Text: [("two\nlines", "E039"), (' "quoted" ', "E039"), ("'quoted'", "E039")],
    Secret: [("two\nlines", "E039"), ("ends with a space ", "E039"), ('"quoted"', "E039")],
    Folder: [("/dev/null/below", "E042"), ("/etc/passwd", "E042")],
    CertificateFile: [("/nowhere.pem", "E042"), ("/etc/passwd", "E042"), ("/", "E042")],
}
CASES = [
    pytest.param(name, value, number, id=f"{name}={value!r}")
    for name, kind in VARIABLES.items()
    for value, number in BAD[type(kind)]
    if (value or not kind.may_be_empty) and not (value == "host" and getattr(kind, "scheme", ""))
]


def numbers(variables: dict[str, str]) -> list[str]:
    return [found.number for found in validate_variables(variables)]


def explained() -> dict[str, str]:
    """Each variable of .env.example with the value that stands there."""
    text = (ROOT / ".env.example").read_text()
    return dict(re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", text, re.MULTILINE))


def test_the_table_has_every_variable_that_is_explained() -> None:
    assert set(VARIABLES) == set(explained())


@pytest.mark.parametrize(("name", "value", "number"), CASES)
def test_nonsense_is_refused_in_a_sentence_that_names_the_variable(
    name: str, value: str, number: str
) -> None:
    [found] = [one for one in validate_variables({name: value}) if one.text.startswith(name)]

    assert found.number in number
    assert found.text.endswith(".")
    assert found.hint.endswith(".")
    assert not found.text.count("\n") + found.hint.count("\n")
    if value and isinstance(VARIABLES[name], Secret | Url):
        assert value not in found.text


@pytest.mark.parametrize("name", [name for name, kind in VARIABLES.items() if isinstance(kind, Number)])
def test_a_number_outside_of_its_range_is_refused(name: str) -> None:
    kind: Kind = VARIABLES[name]
    assert isinstance(kind, Number)

    assert numbers({name: f"{kind.at_least - 1:.0f}"}) == ["E035"]
    assert numbers({name: f"{kind.at_most + 1:.0f}"}) == ["E035"]
    assert numbers({name: f"{kind.at_most:.0f}"}) == []


def test_what_stands_in_the_example_is_accepted(tmp_path: Path) -> None:
    """The values of .env.example, which are the defaults, except for files and folders."""
    ca = tmp_path / "ca.pem"
    ca.write_text("-----BEGIN CERTIFICATE-----\n")
    files = {name: str(ca) for name, kind in VARIABLES.items() if isinstance(kind, CertificateFile)}
    folders = {name: str(tmp_path) for name, kind in VARIABLES.items() if isinstance(kind, Folder)}

    assert numbers(explained() | files | folders | {"SECRET_KEY": "x" * 50}) == []


@pytest.mark.parametrize("word", ["true", "TRUE", "on", "yes", "1", "false", "Off", "no", "0"])
def test_a_switch_knows_the_usual_words(word: str) -> None:
    assert numbers({"REQUIRE_TWO_FACTOR": word}) == []


SERVER = {
    "PUBLIC_URL": "https://console.example",
    "DATABASE_URL": "postgresql://console:secret@db.example/console",
    "CELERY_BROKER_URL": "redis://broker.example/0",
    "SECRET_KEY": "x" * 50,
}
TOGETHER = [
    ({}, []),
    ({"DATABASE_URL": ""}, ["E041"]),
    ({"CELERY_BROKER_URL": ""}, ["E041"]),
    ({"DATABASE_URL": "", "PUBLIC_URL": "http://console.example"}, []),
    ({"DATABASE_URL": "", "CELERY_BROKER_URL": "", "PUBLIC_URL": "https://localhost"}, []),
    ({"DATABASE_URL": "", "CELERY_BROKER_URL": "", "PUBLIC_URL": "https://127.0.0.1:8443"}, []),
    ({"SECRET_KEY": ""}, ["E040"]),
    ({"SECRET_KEY": "$NOWHERE"}, ["E043"]),
    ({"SECRET_KEY": "$OTHER", "OTHER": "x" * 50}, []),
    ({"DATABASE_URL": "mysql://console@db.example/console"}, ["E012"]),
    ({"DATABASE_URL": "postgresql://console@db.example/"}, ["E037"]),
    ({"DATABASE_URL": "postgresql://console@db.example/console?sslmod=require"}, ["E037"]),
    ({"DATABASE_URL": "postgresql://console@db.example/console?sslmode=require&prepare_threshold=5"}, []),
    ({"DATABASE_REPLICA_URL": "mysql://console@db2.example/console"}, ["E012"]),
    ({"DATABASE_REPLICA_URL": "postgresql://a,b/console?target_session_attrs=standby"}, []),
    ({"DATABASE_REPLICA_URL": "postgresql://db2.example/"}, ["E037"]),
    ({"HTTPS_PROXY": "proxy.example:3128"}, []),
    ({"HTTPS_PROXY": "proxy.example:port"}, ["E037"]),
    ({"CELERY_BROKER_URL": "amqp://u:p@a:5672;amqp://u:p@b:5672"}, []),
    ({"CELERY_BROKER_URL": "amqp://u:p@a:5672;b"}, ["E037"]),
    ({"DATABASE_URL": "postgresql://console@a:5432,b:5432/console?target_session_attrs=read-write"}, []),
    ({"DATABASE_WEB_ROLE": "console"}, ["E044"]),
    ({"DATABASE_WEB_ROLE": "r" * 64}, ["E044"]),
    ({"DATABASE_WEB_ROLE": "school_web"}, []),
    ({"VIRUS_SCANNER": "unix:/run/clamav/clamd.ctl"}, []),
    ({"EMAIL_URL": "foo://mail.example"}, ["E037"]),
]


@pytest.mark.parametrize(("changed", "refused"), TOGETHER)
def test_what_depends_on_several_variables(changed: dict[str, str], refused: list[str]) -> None:
    assert numbers(SERVER | changed) == refused


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("REQUIRE_TWO_FACTR", "REQUIRE_TWO_FACTOR"),
        ("RECONCILE_EVERY", "RECONCILE_EVERY_S"),
        ("DATABSE_URL", "DATABASE_URL"),
        ("FIELD_KEY", "FIELD_KEYS"),
        ("debug", "DEBUG"),
        ("OIDC_SECRET_OF_US", ""),
        ("ICLASS_URL", ""),
    ],
)
def test_a_misspelled_name_is_reported_with_the_one_that_was_meant(name: str, meant: str) -> None:
    [found] = misspelled_names([name, *VARIABLES])

    assert found.number == "W001"
    assert found.text.startswith(name)
    assert meant in found.hint


def test_names_of_other_programs_are_left_alone() -> None:
    names = ["PATH", "HOME", "HOSTNAME", "SESSION_MANAGER", "LANG", "SHELL", "DISPLAY", "POSTGRES_PASSWORD"]

    assert list(misspelled_names([*names, "VIRTUAL_ENV", "PYTHONPATH", "INVOCATION_ID", *VARIABLES])) == []


STARTS = {
    "web": ["-c", "import console.wsgi"],
    "worker": ["-m", "celery", "-A", "console", "worker"],
    "beat": ["-m", "celery", "-A", "console", "beat"],
    "command": ["manage.py", "migrate"],
    "make run": ["-m", "console.run"],
}


@pytest.mark.parametrize("program", STARTS)
def test_no_program_starts_with_one_or_embeds_a_database_at_a_public_address(
    program: str, tmp_path: Path
) -> None:
    """Production that lost its DATABASE_URL would go on with empty tables."""
    nonsense = {"LEASE_S": "soon", "REQUIRE_TWO_FACTOR": "flase"}
    changed = {"PUBLIC_URL": "https://console.example", "DATABASE_URL": "", "CONSOLE_DATA": str(tmp_path)}

    done = _start(program, os.environ | changed | nonsense)

    assert done.returncode == 1
    said = [line.partition(" is ")[0] for line in done.stderr.splitlines()]
    assert said == ["console.E036: REQUIRE_TWO_FACTOR", "console.E034: LEASE_S", "console.E041: DATABASE_URL"]
    assert list(tmp_path.iterdir()) == []


def test_an_env_file_that_is_no_text_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"DEBUG=\xff\xfe")
    code = (
        "import sys, pathlib, console.variables as v; v.exit_on_invalid_variables(pathlib.Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.stderr.startswith("console.E045: ")
    assert len(done.stderr.strip().splitlines()) == 1


def _start(program: str, variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *STARTS[program]]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60)
