"""Each setting that makes no sense is refused at start, by its number."""

import os
import re
import subprocess
import sys

import pytest

from console.checks import validate_settings
from console.storage import BucketConfig
from tests.support.environment import ROOT


def numbers():
    return {message.id for message in validate_settings()}


@pytest.fixture(autouse=True)
def only_this_machine(settings):
    """Without the name by which Django's test client calls a console."""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


def test_the_settings_of_the_tests_make_sense():
    assert numbers() == set()


PUBLIC = {
    "PUBLIC_URL": "https://console.example",
    "SECRET_KEY": "x" * 50,
    "ALLOWED_HOSTS": ["console.example"],
}
BUCKET = BucketConfig("school", "https://cos.example", "ap-guangzhou", "key", "secret", path_style=False)
BAD = [
    ("E001", {"FIELD_KEYS": []}),
    ("E002", {"FIELD_KEYS": ["short"]}),
    ("E003", {"ICLASS_BASE_URL": "iclass.api.qcloud.com"}),
    ("E003", {"ICLASS_BASE_URL": "https://iclass.api.qcloud.com/paas/v1"}),
    ("E004", {"PUBLIC_URL": "console.example"}),
    ("E005", {"ICLASS_SIGNATURE_LIFE_S": 86400}),
    ("E006", {"LEASE_S": 10}),
    ("E007", PUBLIC | {"DEBUG": True}),
    ("E007", PUBLIC | {"PUBLIC_URL": "http://console.example", "DEBUG": True}),
    ("E007", {"ALLOWED_HOSTS": ["localhost", "192.168.1.5"], "DEBUG": True}),
    ("E009", {"FIELD_KEYS": ["A" * 43 + "=", "A" * 43 + "="]}),
    ("E010", PUBLIC | {"SECRET_KEY": "guessable"}),
    ("E011", PUBLIC | {"ALLOWED_HOSTS": ["*"]}),
    ("E013", {"CELERY_BROKER_URL": "memory://"}),
    ("E014", {"SPOOL_MAX_BYTES": 0}),
    ("E015", {"SESSION_IDLE_S": 90_000}),
    ("E016", {"SIGN_IN_ACCOUNT_ATTEMPTS": 0}),
    ("E017", {"TRUSTED_PROXIES": -1}),
    ("E019", {"SWEEP_EVERY_S": 0}),
    ("E020", {"OUTBOX_RATE": 0}),
    ("E021", {"CALLBACK_MAX_AGE_S": -1}),
    ("E027", {"S3": BUCKET._replace(secret="")}),
    ("E027", {"S3": BUCKET._replace(endpoint="cos.example")}),
    ("E028", PUBLIC | {"S3": BUCKET._replace(endpoint="http://cos.example")}),
    ("E029", {"S3": BUCKET, "COURSEWARE_URL_S": 700_000}),
    ("E030", {"VIRUS_SCANNER": "/run/clamav/clamd.ctl"}),
    ("E030", {"VIRUS_SCANNER": "tcp://127.0.0.1"}),
    ("E030", PUBLIC | {"ALLOWED_HOSTS": ["other.example"]}),
    ("E031", {"SECURE_SSL_REDIRECT": True}),
    ("E032", {"REST_REQUESTS_A_MINUTE": -1}),
    ("E033", {"ALLOWED_PRIVATE_NETWORKS": ["10.20.0.0/16", "intranet"]}),
]


@pytest.mark.parametrize(("number", "bad"), BAD)
def test_a_setting_that_makes_no_sense_is_refused_with_a_hint(settings, number, bad):
    for name, value in bad.items():
        setattr(settings, name, value)
    assert numbers() == {f"console.{number}"}
    [said] = validate_settings()
    assert said.msg[0].isupper()
    assert said.msg.endswith(".")
    assert said.hint.endswith(".")


def test_every_number_has_a_bad_setting_here_and_a_server_that_is_set_up_well_none(settings):
    numbered = set(re.findall(r'"(?:console\.)?(E\d{3})"', (ROOT / "console/checks.py").read_text()))
    assert numbered == {number for number, _bad in BAD}
    assert len(numbered) >= 15
    for name, value in PUBLIC.items():
        setattr(settings, name, value)
    settings.SECURE_SSL_REDIRECT = True
    settings.S3 = BUCKET
    assert numbers() == set()


SERVE = ["-m", "granian", "--interface", "asginl", "--port", "0", "console.asgi:application"]
PROGRAMS = {
    "web": SERVE,
    "worker": ["-m", "celery", "-A", "console", "worker", "--concurrency", "1"],
    "beat": ["-m", "celery", "-A", "console", "beat"],
    "command": ["manage.py", "sweep"],
}
DANGEROUS = {
    "DEBUG": ("1", "console.E007: DEBUG is on at an address that others reach.", "Unset DEBUG"),
}
REACHED = {"PUBLIC_URL": "http://console.example", "ALLOWED_HOSTS": "console.example", "SECRET_KEY": "x" * 50}


@pytest.mark.parametrize("variable", DANGEROUS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_for_development_keeps_every_program_from_starting_where_others_reach_it(program, variable):
    value, said, remedy = DANGEROUS[variable]
    command = [sys.executable, *PROGRAMS[program]]
    variables = os.environ | REACHED | {variable: value}
    done = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, timeout=100)
    told = " ".join((done.stdout + done.stderr).replace(") ", ": ").split())
    assert done.returncode != 0
    assert said in told
    assert remedy in told


def test_on_the_own_machine_they_are_allowed(settings):
    settings.DEBUG = True
    assert numbers() == set()
