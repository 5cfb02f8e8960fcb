"""URL patterns of a type of import, included in the URLs of its app."""

from django.urls import URLPattern, path

from console.imports.import_type import ImportType
from console.imports.views import (
    ImportApply,
    ImportColumns,
    ImportList,
    ImportPage,
    ImportRefused,
    ImportUndo,
    ImportUpload,
    ImportView,
)

PAGES: dict[str, tuple[str, type[ImportView]]] = {
    "list": ("", ImportList),
    "add": ("new/", ImportUpload),
    "detail": ("<id:pk>/", ImportPage),
    "columns": ("<id:pk>/columns/", ImportColumns),
    "apply": ("<id:pk>/apply/", ImportApply),
    "undo": ("<id:pk>/undo/", ImportUndo),
    "refused": ("<id:pk>/refused.<sheet:suffix>", ImportRefused),
}


def import_urls(import_type: ImportType, prefix: str) -> list[URLPattern]:
    """Return the patterns of the pages below `prefix`, such as "people/imports/"."""
    return [
        path(prefix + route, view.as_view(import_type=import_type), name=name.partition(":")[2])
        for page, name in import_type.url_names.items()
        for route, view in [PAGES[page]]
    ]
