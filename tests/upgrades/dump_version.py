"""Keeps the tables of this version, with a row in each, for the tests of later ones.

    python -m tests.upgrades.dump_version

writes tests/upgrades/VERSION.DATE.sql.gz, with servers of its own. It is run when a version is tagged, and
between versions when the way from the one before has become long: every run of the tests goes the last part.
"""

import gzip
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import django
from django.core.management import call_command

from console.embedded.binaries import postgres_binaries
from tests.support import environment

HERE = Path(__file__).resolve().parent
#: What the kept rows were sealed and signed with; of no use elsewhere.
FIXED_KEYS = {
    "FIELD_KEYS": "dXBncmFkZXMgb2YgdGhlIGljbGFzcyBjb25zb2xlISE=",
    "SECRET_KEY": "upgrades of the iclass console",
}
#: A rule of rows, or that rows have rules; `migrate` makes both, and they name a role of one server.
RULES = re.compile(r"^(CREATE POLICY|ALTER TABLE \S+ (ENABLE|FORCE) ROW LEVEL SECURITY)")
#: What a dump says of itself: who may load it, and when it was made.
OF_ITSELF = re.compile(r"^(--|\\(un)?restrict |SET |SELECT pg_catalog\.set_config)")


def dump(url: str, *options: str) -> list[str]:
    """The statements that make a database anew, without owners and rights."""
    tool = postgres_binaries().folder / "pg_dump"
    command = [str(tool), "--no-owner", "--no-privileges", "--no-comments", *options, f"--dbname={url}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def without_row_policies(lines: list[str]) -> list[str]:
    """Without the statements about rules of rows, each of which may go over several lines."""
    kept, inside = [], False
    for line in lines:
        inside = inside or bool(RULES.match(line))
        if not inside:
            kept.append(line)
        inside = inside and not line.endswith(";")
    return kept


def main() -> None:
    os.environ |= FIXED_KEYS
    environment.prepare()
    try:
        django.setup()
        from console.env import version  # noqa: PLC0415 - it reads the environment that is ready only now
        from tests.upgrades.sample_rows import fill_tables  # noqa: PLC0415 - models are there only now

        call_command("migrate", verbosity=0)
        if empty := fill_tables():
            sys.exit("\n".join(["These tables stay empty:", *empty]))
        kept = without_row_policies(dump(environment.database_url()))
        file = HERE / f"{version()}.{date.today()}.sql.gz"
        file.write_bytes(gzip.compress("\n".join(kept).encode(), mtime=0))
        print(f"{file.relative_to(environment.ROOT)}: {file.stat().st_size} bytes")
    finally:
        environment.finish()


if __name__ == "__main__":
    main()
