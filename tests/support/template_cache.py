"""The migrated template database of an earlier run, as SQL, so that a run need not migrate again.

    if not restore(url): migrate(...); save(url)

Kept in the machine's temporary folder under a digest of everything that `migrate` reads: migrations, models,
and what registers and lays row policies and triggers at its end. Only the embedded PostgreSQL brings its own
`pg_dump` and `psql`; with another one nothing is kept.
"""

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

import psycopg

from console.embedded.binaries import postgres_binaries
from tests.support import environment

FOLDER = Path(tempfile.gettempdir()) / f"console-test-templates-{os.getuid()}"
#: What `migrate` reads, below the root of the project.
SOURCES = (
    "*/migrations/*.py",
    "*/*/migrations/*.py",
    "*/models.py",
    "*/models/*.py",
    "*/*/models.py",
    "console/policy/**/*.py",
    "console/audit/**/*.py",
    "*/apps.py",
    "*/*/apps.py",
    "console/embedded/prepared_schema.*",
    "requirements-dev.txt",
)
#: Roles belong to the server and are in no dump of a database.
ROLES = "SELECT rolname FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' AND rolname <> current_user ORDER BY 1"


def restore(url: str) -> bool:
    """Fill an empty database from what was kept; False where nothing was, or it did not come in whole."""
    kept = _cache_file()
    if kept is None or not kept.exists():
        return False
    with psycopg.connect(url, autocommit=True) as line:
        there = {name for (name,) in line.execute(ROLES).fetchall()}
        for name in kept.with_suffix(".roles").read_text().split():
            if name not in there:
                line.execute(f'CREATE ROLE "{name}" NOLOGIN')
                line.execute(f'GRANT "{name}" TO current_user')
    run = [_tool("psql"), "-X1q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", kept, url]
    return subprocess.run(run, capture_output=True).returncode == 0


def save(url: str) -> None:
    """Keep a migrated database for the next run; older ones are removed."""
    kept = _cache_file()
    if kept is None:
        return
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    half = FOLDER / f"{os.getpid()}.part"
    run = [_tool("pg_dump"), "--no-owner", "-f", half, url]
    if subprocess.run(run, capture_output=True).returncode:
        half.unlink(missing_ok=True)
        return
    with psycopg.connect(url) as line:
        names = [name for (name,) in line.execute(ROLES).fetchall()]
    kept.with_suffix(".roles").write_text("\n".join(names))
    half.rename(kept)
    for old in sorted(FOLDER.glob("*.sql"), key=lambda path: path.stat().st_mtime)[:-20]:
        old.unlink(missing_ok=True)
        old.with_suffix(".roles").unlink(missing_ok=True)


def _cache_file() -> Path | None:
    """Where this state of the sources is kept; None where the server is not the embedded one."""
    if os.environ.get("DATABASE_URL") or not _tool("pg_dump").exists():
        return None
    digest = hashlib.sha256(str(postgres_binaries().version).encode())
    for path in sorted({path for pattern in SOURCES for path in environment.ROOT.glob(pattern)}):
        digest.update(str(path.relative_to(environment.ROOT)).encode())
        digest.update(path.read_bytes())
    return FOLDER / f"{digest.hexdigest()[:32]}.sql"


def _tool(name: str) -> Path:
    return postgres_binaries().folder / name
