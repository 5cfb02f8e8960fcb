"""Static files with a digest of their content in the name, for several versions at once.

`collectstatic` writes them to STATIC_ROOT beside those of former versions, with a list for each version. So a
page of any version finds its own files, whichever version answers while they change places, and browsers may
keep them for good. A version whose files were not collected, such as that of `make run`, has plain names.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

#: How long the files of a version stay after those of the next were collected, for pages that are still open.
KEEP_DAYS = 7
HASHED_NAME = re.compile(r".+\.[0-9a-f]{12}(\.[^/.]+)?")
_DAY_S = 86_400
_LISTS = "staticfiles-*.json"


class VersionedStaticFilesStorage(ManifestStaticFilesStorage):
    """Keeps a list of hashed names for each version, and the files of each for KEEP_DAYS after the next."""

    manifest_strict = False
    # Modules import each other by names that have digests, too.
    support_js_module_import_aggregation = True
    _is_adding = False

    def load_manifest(self) -> Any:
        """Read the list of this version. Without any list, its name need not be known either."""
        if not self._manifests():
            return {}, ""
        self.manifest_name = _manifest_name()
        return super().load_manifest()

    def save_manifest(self) -> None:
        self.manifest_name = _manifest_name()
        super().save_manifest()

    def stored_name(self, name: str) -> str:
        return super().stored_name(name) if self.hashed_files else name

    def url_converter(self, *args: Any, **kwargs: Any) -> Callable[[Any], str]:
        """Leave names without an extension: comments of packages import types by such names."""
        convert = super().url_converter(*args, **kwargs)

        def convert_file(found: Any) -> str:
            is_file = "." in found["url"].rpartition("/")[2]
            return str(convert(found) if is_file else found["matched"])

        return convert_file

    def post_process(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        self._is_adding = True
        try:
            yield from super().post_process(*args, **kwargs)
        finally:
            self._is_adding = False
        if not kwargs.get("dry_run"):
            self._remove_old_versions()

    def delete(self, name: str) -> None:
        """Delete a file, but none that another version may be serving while files are added."""
        if not (self._is_adding and HASHED_NAME.fullmatch(name)):
            super().delete(name)

    def _save(self, name: str, content: Any) -> str:
        """A name with a digest that exists already has this content, unless writing it was interrupted."""
        if HASHED_NAME.fullmatch(name) and self.exists(name):
            if self.size(name) == content.size:
                return name
            super().delete(name)
        return str(super()._save(name, content))  # type: ignore[misc]

    def _manifests(self) -> list[Path]:
        return sorted(Path(self.location).glob(_LISTS), key=lambda path: path.stat().st_mtime)

    def _remove_old_versions(self) -> None:
        """Delete lists of versions whose successor is older than KEEP_DAYS, and files in no other list."""
        manifests = self._manifests()
        now = manifests[-1].stat().st_mtime
        old = [
            former
            for former, successor in zip(manifests, manifests[1:], strict=False)
            if now - successor.stat().st_mtime > KEEP_DAYS * _DAY_S
        ]
        kept = set().union(*(_files(path) for path in manifests if path not in old))
        for manifest in old:
            for name in _files(manifest) - kept:
                self.delete(name)
            manifest.unlink()


def _manifest_name() -> str:
    """Return the name of the list of this version, which follows from the content of its files."""
    digest = hashlib.sha256()
    for name, storage, path in sorted(_sources(), key=lambda source: source[0]):
        with storage.open(path) as file:
            digest.update(name.encode() + b"\0" + hashlib.sha256(file.read()).digest())
    return f"staticfiles-{digest.hexdigest()[:12]}.json"


def _sources() -> Iterator[tuple[str, Any, str]]:
    """Yield the name of each static file, and where it lies; of equal names only the first counts."""
    known = set()
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            name = f"{getattr(storage, 'prefix', None) or ''}/{path}"
            if name not in known:
                known.add(name)
                yield name, storage, path


def _files(manifest: Path) -> set[str]:
    return set(json.loads(manifest.read_bytes())["paths"].values())
