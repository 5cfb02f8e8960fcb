"""Cost of a start, compared with `django.setup()` of the same packages; in turns, each in a new process.

`python -m bench.startup [ROUNDS]` prints CPU seconds and peak memory (medians), and the ratios. The reference
is a project with the packages that ours depends on; plain Django is reported too. Packages that only tests
need are hidden from all of them. Exits with an error if a goal is missed.
"""

import os
import secrets
import statistics
import subprocess
import sys
import tempfile
from base64 import urlsafe_b64encode
from importlib.metadata import packages_distributions
from pathlib import Path

DJANGO = "admin auth contenttypes sessions messages staticfiles postgres"
PACKAGES = [
    *("allauth", "allauth.account", "allauth.mfa", "allauth.socialaccount", "allauth.usersessions"),
    *("allauth.socialaccount.providers.openid_connect", "rest_framework", "drf_spectacular"),
    *("django_filters", "django_htmx", "csp"),
]
PLAIN = """
import django
from django.conf import settings
settings.configure(
    SECRET_KEY="x" * 50,
    INSTALLED_APPS={apps!r},
    MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"],
    DATABASES={{"default": {{"ENGINE": "django.db.backends.postgresql", "NAME": "none"}}}},
)
django.setup()
"""
OURS = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'console.settings'; django.setup()"
WEB = "import console.wsgi"
ANCHOR, SETUP = "django.setup() of the same packages", "django.setup() of the console"
RATIO, MEMORY_MIB = 1.7, 90


def main(rounds: int) -> int:
    contrib = [f"django.contrib.{name}" for name in DJANGO.split()]
    programs = {
        "django.setup() of Django alone": PLAIN.format(apps=contrib),
        ANCHOR: PLAIN.format(apps=[*contrib, *PACKAGES]),
        SETUP: OURS,
        "a web process, every address loaded": WEB,
    }
    alone = f"import sys; sys.modules.update(dict.fromkeys({hidden()!r}))\n"
    programs = {name: alone + program for name, program in programs.items()}
    for program in programs.values():
        cost(program)  # warms the disk
    samples = [{name: cost(program) for name, program in programs.items()} for _ in range(rounds)]
    medians = {
        name: [statistics.median(each) for each in zip(*(sample[name] for sample in samples), strict=True)]
        for name in programs
    }
    for name, (seconds, memory) in medians.items():
        ratio = seconds / medians[ANCHOR][0]
        print(f"{name}: {seconds:.2f} s CPU ({ratio:.2f} of the anchor), {memory:.0f} MiB")
    ratio, memory = medians[SETUP][0] / medians[ANCHOR][0], medians[SETUP][1]
    print(f"start-up: {ratio:.2f} (goal {RATIO}), {memory:.0f} MiB (goal {MEMORY_MIB})")
    return int(ratio > RATIO or memory > MEMORY_MIB)


def hidden() -> list[str]:
    """Return importable modules that requirements.txt does not provide."""
    lines = Path("requirements.txt").read_text().splitlines()
    locked = {line.partition("==")[0].lower() for line in lines if "==" in line}
    return [
        name
        for name, givers in packages_distributions().items()
        if not locked & {giver.lower().replace("_", "-") for giver in givers}
    ]


def cost(program: str) -> tuple[float, float]:
    """Return CPU seconds and peak memory in MiB of a new Python process that runs the program."""
    with tempfile.TemporaryDirectory() as data:
        started = subprocess.Popen([sys.executable, "-W", "ignore", "-c", program], env=_environment(data))
        _pid, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        sys.exit(f"{program[-200:]} ended with {started.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _environment(data: str) -> dict[str, str]:
    """Return the environment of a server; none of these addresses is contacted."""
    return os.environ | {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": urlsafe_b64encode(os.urandom(32)).decode(),
        "DATABASE_URL": "postgresql://nowhere/none",
        "CELERY_BROKER_URL": "redis://nowhere",
        "CONSOLE_DATA": data,
        # A server starts from compiled files; the first start here writes them.
        "PYTHONDONTWRITEBYTECODE": "",
    }


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9))
