"""whitenoise, which also serves what another version collected while this process runs.

whitenoise lists the files of STATIC_ROOT when a process starts. While versions change places, a process of
the former version is asked for files of the new one, whose names it cannot know.
"""

import os
from typing import Any

from django.http import HttpRequest
from whitenoise.base import MissingFileError
from whitenoise.middleware import WhiteNoiseMiddleware

from console.ui.static_storage import HASHED_NAME


class VersionedStaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Looks for unknown names with a digest in STATIC_ROOT; browsers keep all of them for good."""

    def __call__(self, request: HttpRequest) -> Any:
        file = self._added_file(request.path_info)
        return self.serve(file, request) if file else super().__call__(request)

    def serve(self, static_file: Any, request: HttpRequest) -> Any:
        """Serve a file; one that was removed since this process started is like one that never was."""
        try:
            return super().serve(static_file, request)
        except FileNotFoundError:
            return self.get_response(request)

    def _added_file(self, url: str) -> Any:
        """Return a file that was collected after this process started; None if there is none of that name."""
        is_static = url.startswith(self.static_prefix) and HASHED_NAME.fullmatch(url)
        if not is_static or url in self.files or not self.url_is_canonical(url):
            return None
        try:
            return self.find_file_at_path(os.path.join(self.static_root, url[len(self.static_prefix) :]), url)
        except MissingFileError:
            return None

    def immutable_file_test(self, path: str, url: str) -> bool:
        """A name with a digest means the same content for ever, whichever version it is of."""
        return bool(url.startswith(self.static_prefix) and HASHED_NAME.fullmatch(url))
