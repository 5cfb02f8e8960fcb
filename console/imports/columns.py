"""Columns of import files: headings, the mapping of columns to fields, and cells that hold several names."""

import re
from collections.abc import Iterable, Mapping, Sequence

_PUNCTUATION = re.compile(r"[\W_]+")
_SEPARATORS = ";；、,，|\n\r"
_PARTS = re.compile(rf'\s*(?:"((?:[^"]|"")*)"|([^{_SEPARATORS}]*))\s*(?:[{_SEPARATORS}]|$)')


def normalize_heading(text: str) -> str:
    """Return the text in lower case, without whitespace and punctuation."""
    return _PUNCTUATION.sub("", text.lower())


def guess_columns(headings: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """Return the field of each column, "" for none. The first of two columns for one field wins.

    `known` maps normalized headings to fields.
    """
    fields: list[str] = []
    for heading in headings:
        field = known.get(normalize_heading(heading), "")
        fields.append("" if field in fields else field)
    return fields


def looks_like_headings(cells: Iterable[str], known: Mapping[str, str]) -> bool:
    """Return whether at least two cells are known headings. A title row has at most one."""
    return sum(bool(field) for field in guess_columns(list(cells), known)) > 1


def values_by_field(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Return the cells of a row by field, without unmapped columns."""
    values = {field: "" for field in columns if field}
    return values | {field: cell for field, cell in zip(columns, cells, strict=False) if field}


def split_names(cell: str) -> list[str]:
    """Return the distinct names in a cell. A name that contains a separator is quoted."""
    names = []
    for match in _PARTS.finditer(cell.strip()):
        name = match[1].replace('""', '"') if match[1] is not None else match[2].strip()
        if name:
            names.append(name)
    return list(dict.fromkeys(names))


def join_names(names: Iterable[str]) -> str:
    """Return the cell from which `split_names` reads the same names."""
    return "; ".join(_quote(name) for name in names)


def _quote(name: str) -> str:
    plain = name == name.strip() and not set(name) & {*_SEPARATORS, '"'}
    return name if plain else '"' + name.replace('"', '""') + '"'
