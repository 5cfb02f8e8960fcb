"""How long a process of the console takes to stand, and its memory then; against a plain django.setup()."""

import os
import subprocess
import sys

from bench.figures import ROOT, Figure, medians, ms, told

CPU_BAR, MEMORY_BAR = 1.7, 90.0
TELL = (
    "import resource as r; u = r.getrusage(r.RUSAGE_SELF);"
    " print(u.ru_utime + u.ru_stime, int(open('/proc/self/statm').read().split()[1]) * 4 / 1024)"
)
#: The same apps as any project of this kind: what Django and REST framework bring, without ours.
PLAIN = """
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=[f"django.contrib.{name}" for name in
        ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")] + ["rest_framework"],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql"}}, SECRET_KEY="none", USE_TZ=True)
django.setup()
"""
OURS = "import django; django.setup()\n"
WEB = "from console.wsgi import application\n"


def started(code: str) -> tuple[float, float]:
    """Seconds of a processor and MiB of memory once the code has run."""
    command = [sys.executable, "-c", code + TELL]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True, check=True
    )
    cpu, memory = done.stdout.split()[-2:]
    return float(cpu), float(memory)


def measure(quick: bool) -> int:
    plain, ours = medians(1 if quick else 11, lambda: started(PLAIN)[0], lambda: started(OURS)[0])
    memory, of_plain, of_web = started(OURS)[1], started(PLAIN)[1], started(WEB)[1]
    figures = [
        Figure("processor, django.setup()", ms(plain), ms(ours), ours / plain, CPU_BAR),
        Figure("memory", f"{of_plain:.0f} MiB", f"{memory:.0f} MiB", memory, MEMORY_BAR, sign=" MiB"),
        Figure("memory of a web process", "–", f"{of_web:.0f} MiB", of_web, MEMORY_BAR, sign=" MiB"),
    ]
    return told("startup", figures, keep=not quick)
