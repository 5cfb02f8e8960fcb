"""The keys of an installation that was given none."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from console.embedded.demo_keys import ensure_keys


def test_keys_are_made_once(tmp_path: Path) -> None:
    first = ensure_keys(tmp_path / "var")

    assert ensure_keys(tmp_path / "var") == first
    assert len(first["SECRET_KEY"]) >= 50
    assert len(base64.urlsafe_b64decode(first["FIELD_KEYS"])) == 32


def test_nobody_else_reads_them(tmp_path: Path) -> None:
    ensure_keys(tmp_path)

    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]


def test_of_several_at_once_all_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ensure_keys(tmp_path), range(8)))

    assert all(keys == found[0] for keys in found)
