"""Where a module can be changed, and how: found in its syntax tree, made in its text."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: What the code is about to compare, and what a careless edit would make of it.
OPPOSITES: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: ">=", ast.GtE: "<", ast.Gt: "<=", ast.LtE: ">",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
BOUNDARIES: dict[type[ast.cmpop], str] = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
KINDS = ("comparison", "boundary", "negation", "dropped statement", "dropped lock", "wrong constant")
#: Calls that lock rows, or hold a lock while others wait.
LOCKS = ("select_for_update", "lock", "advisory")
#: A statement of these changes what is told, not what is done.
TELLING = ("log", "logger", "logging")


@dataclass(frozen=True)
class Change:
    """One change: characters `start` to `end` of the module's text become `text`."""

    path: str
    kind: str
    line: int
    start: int
    end: int
    text: str

    def apply(self, source: str) -> str:
        return source[: self.start] + self.text + source[self.end :]

    def describe(self, source: str) -> str:
        """Place, kind and wording, in a line."""
        before = " ".join(source[self.start : self.end].split())
        after = " ".join(self.text.split())
        return f"{self.path}:{self.line} {self.kind}: {before[:60]} → {after[:60] or 'nothing'}"


def changes_of(root: Path, path: str) -> list[Change]:
    """All changes that can be made in a module, in the order of its text."""
    source = (root / path).read_text()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line.encode()))
    found = _Changes(path, source, starts)
    return sorted(set(found.below(ast.parse(source))), key=lambda one: (one.start, one.kind, one.text))


class _Changes:
    def __init__(self, path: str, source: str, starts: list[int]) -> None:
        self.path, self.source, self.bytes, self.starts = path, source, source.encode(), starts

    def below(self, tree: ast.AST) -> Iterator[Change]:
        for node in ast.walk(tree):
            match node:
                case ast.Compare():
                    yield from self._comparisons(node)
                case ast.If() | ast.While() | ast.IfExp():
                    yield self._change("negation", node.test, f"not ({self._text(node.test)})")
                case ast.Assign() | ast.AugAssign() | ast.Expr() | ast.Delete():
                    yield from self._dropped(node)
                case ast.Call():
                    yield from self._unlocked(node)
                case ast.Constant(value=bool() | int() as value):
                    yield self._change("wrong constant", node, _other_constant(value))

    def _comparisons(self, node: ast.Compare) -> Iterator[Change]:
        if len(node.ops) > 1:
            return
        left, right = self._text(node.left), self._text(node.comparators[0])
        operator = type(node.ops[0])
        if operator in OPPOSITES:
            yield self._change("comparison", node, f"({left} {OPPOSITES[operator]} {right})")
        if operator in BOUNDARIES:
            yield self._change("boundary", node, f"({left} {BOUNDARIES[operator]} {right})")

    def _dropped(self, node: ast.stmt) -> Iterator[Change]:
        """Statements whose absence leaves a module that can be imported: calls, and changes of attributes."""
        if node.col_offset == 0:
            return
        if isinstance(node, ast.Expr):
            if not isinstance(node.value, ast.Call) or _called(node.value).split(".")[0] in TELLING:
                return
            kind = "dropped lock" if _locks(node.value) else "dropped statement"
            yield self._change(kind, node, "pass")
        elif isinstance(node, ast.Assign):
            if all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
                yield self._change("dropped statement", node, "pass")
        else:
            yield self._change("dropped statement", node, "pass")

    def _unlocked(self, node: ast.Call) -> Iterator[Change]:
        """`rows.select_for_update(…).get()` without its lock."""
        if isinstance(node.func, ast.Attribute) and node.func.attr == "select_for_update":
            yield self._change("dropped lock", node, f"{self._text(node.func.value)}.all()")

    def _change(self, kind: str, node: ast.expr | ast.stmt, text: str) -> Change:
        start, end = self._span(node)
        return Change(self.path, kind, node.lineno, start, end, text)

    def _text(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self.source[start:end]

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """In characters; the tree counts bytes of UTF-8."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        first = self.starts[node.lineno - 1] + node.col_offset
        last = self.starts[node.end_lineno - 1] + node.end_col_offset
        return len(self.bytes[:first].decode()), len(self.bytes[:last].decode())


def _other_constant(value: bool | int) -> str:
    return str(not value) if isinstance(value, bool) else str(value + 1)


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func)


def _locks(call: ast.Call) -> bool:
    return any(word in _called(call).lower() for word in LOCKS)
