"""Every place of production code that takes the first so many of something that is not a text."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.architecture import repository
from tests.architecture.test_saves import modules

#: What may be a cut, and what is before one: a name, or a call without further calls in it.
MAY_CUT = re.compile(r"\[\s*:(?!:|]|1])|\bislice\(")
BEFORE_CUT = re.compile(r"(\w+)(?:\([^()]*\))?\[\s*:(?!:|]|1])")
#: Names that stand for a text, or a few bytes, wherever they are used.
TEXT_NAMES = {
    *("about", "addition", "answer", "avatar", "cell", "class_topic", "clean", "code", "content", "digest"),
    *("doc_ext", "doc_md5", "doc_name", "e_mail", "encoded", "enterprise_id", "filename", "label", "message"),
    *("mode", "name", "named", "nickname", "offset", "phone_no", "raw", "reason", "request_id", "sourced_id"),
    *("status", "text", "title", "topic", "transcode_msg", "transcode_result", "transcode_status"),
    *("user_id", "value", "version", "word"),
}
TEXT_CALLS = {"str", "address_digest", "full_name", "replace_unstorable"}
#: Methods of texts, and what gives a text whatever it is called on.
TEXT_METHODS = {
    *(name for name in dir(str) if not name.startswith("_") and "split" not in name),
    *("get_username", "hexdigest", "digest", "isoformat", "raw", "decode", "sub"),
} - {"count", "find", "format_map", "index"}


class Cut(NamedTuple):
    module: str
    expression: str


def cuts() -> set[Cut]:
    """All of them, save in the demo, which makes up its rows."""
    sources = {repository.name(path): path.read_text() for path in modules()}
    return {
        Cut(module, expression)
        for module, source in sources.items()
        if "/demo" not in module and may_cut_rows(source)
        for expression in find(ast.parse(source))
    }


def may_cut_rows(source: str) -> bool:
    """Whether it is worth to parse a module, which is what takes time: most cut no more than texts."""
    texts = sum(name in TEXT_NAMES | TEXT_METHODS for name in BEFORE_CUT.findall(source))
    return len(MAY_CUT.findall(source)) > texts


def find(tree: ast.Module) -> Iterator[str]:
    """Two kinds are left out: batches of a loop that goes on until nothing is left, and `[: n + 1]`.

    Whoever reads one row more than there is room for asks whether there are more; what is left out then is
    found as `[:n]`.
    """
    nodes = list(ast.walk(tree))
    batches = {part for node in nodes if isinstance(node, ast.While) for part in ast.walk(node.test)}
    for node in nodes:
        if node not in batches and (is_cut(node) or is_call(node, "islice")):
            yield ast.unparse(node)


def is_cut(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and takes_first(node.slice) and not is_text(node.value)


def is_call(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and name_of(node.func) == name


def takes_first(part: ast.expr) -> bool:
    """Whether it is `[:n]`. One row alone (`[:1]`) is what `first` gives, `[:-1]` leaves out the last."""
    if not isinstance(part, ast.Slice) or part.lower or part.step or part.upper is None:
        return False
    bound = ast.unparse(part.upper)
    return not isinstance(part.upper, ast.UnaryOp) and bound != "1" and not bound.endswith(" + 1")


def is_text(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr() | ast.Constant():
            return True
        case ast.BinOp(left=left, right=right):
            return is_text(left) or is_text(right)
        case ast.BoolOp(values=values):
            return any(map(is_text, values))
        case ast.IfExp(body=one, orelse=other):
            return is_text(one) and is_text(other)
        case ast.Subscript(value=value):
            return is_text(value)
        case ast.Call(func=ast.Attribute(attr="get", value=record), args=[_, *default]):
            return any(map(is_text, default)) or name_of(record) == "record"
        case ast.Call(func=ast.Attribute(attr=method)):
            return method in TEXT_METHODS
        case ast.Call(func=function):
            return name_of(function) in TEXT_CALLS
    return name_of(node) in TEXT_NAMES


def name_of(node: ast.expr) -> str:
    """The last part of a dotted name; empty for anything else."""
    return getattr(node, "attr", "") or getattr(node, "id", "")
