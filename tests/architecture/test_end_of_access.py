"""Whoever writes what a person's access rests on ends the access in the same act.

A link that went to a wrong address stayed valid when the address was taken back, because one of the ways to
write an address did not know of it. All ways are found here, each in a table with the call that ends access.
"""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.architecture import repository
from tests.architecture.test_saves import modules
from tests.support.environment import ROOT

#: Columns of people (and the address of guardians) on which access rests.
COLUMNS = {"e_mail", "role", "is_active", "user_id"}
#: A write to columns whose names are computed counts in modules of `accounts` that name one of these, and
#: elsewhere, where people are changed by services, if what it writes to is called one of PERSON_NAMES.
PEOPLE = {"User", "Guardian"}
PERSON_NAMES = {"User", "user", "users", "person", "people", "student", "students", "teacher", "guardian"}
#: What a function must mention to write accounts at identity providers.
ACCOUNTS = ("IdentityLink", "IdentityProvider", ".links")
RAW_SQL = re.compile(r"""\b(?:UPDATE|MERGE\s+INTO)\s+(?:ONLY\s+)?"?accounts_user\b""", re.IGNORECASE)

#: What a module has that may hold a writer; to parse all of them takes seconds.
MAY_WRITE = (
    rf"\.(?:{'|'.join(COLUMNS)})\b.*=|^\s*[)\]] = |\b(?:setattr|update|update_or_create|bulk_update)\("
    rf"|{'|'.join(map(re.escape, ACCOUNTS))}|accounts_user\b"
)

AFTER_CHANGE, ALL = "end_access_after_change", "end_all_access"
AFTER_IMPORT, INVITATIONS = "end_access_of_changed", "revoke_open_invitations"
PEOPLE_SERVICES, GUARDIANS = "accounts/people/services.py", "accounts/people/guardians/services.py"
IMPORTS, UNDO, GUARDIAN_IMPORT = (f"accounts/imports/{name}.py" for name in ("services", "undo", "guardians"))
UPSERT, DIFFERENCES = "accounts/mirror/upsert.py", "accounts/mirror/differences.py"
ERASURE, PROVIDERS = "accounts/people/erasure.py", "accounts/school/identity/services.py"


class Place(NamedTuple):
    """A function, or a constant of a module that holds SQL."""

    module: str
    name: str


#: Writer: the functions that end access where it is used, each with the call that does.
ENDS: dict[Place, tuple[tuple[Place, str], ...]] = {
    Place(PEOPLE_SERVICES, "edit_person"): ((Place(PEOPLE_SERVICES, "_record_change"), AFTER_CHANGE),),
    Place(PEOPLE_SERVICES, "deactivate_person"): ((Place(PEOPLE_SERVICES, "deactivate_person"), ALL),),
    Place(PEOPLE_SERVICES, "reactivate_person"): ((Place(PEOPLE_SERVICES, "reactivate_person"), ALL),),
    Place(ERASURE, "_empty_columns"): ((Place(ERASURE, "erase_person"), ALL),),
    Place(ERASURE, "_scrub_sign_in"): ((Place(ERASURE, "erase_person"), ALL),),
    Place(DIFFERENCES, "_accept_fields"): ((Place(DIFFERENCES, "accept_remote_person"), AFTER_CHANGE),),
    Place(UPSERT, "_copy_fields"): ((Place(UPSERT, "upsert_person"), AFTER_CHANGE),),
    Place(IMPORTS, "_CHANGE_SQL"): (
        (Place(IMPORTS, "write_import"), AFTER_IMPORT),
        (Place(IMPORTS, AFTER_IMPORT), AFTER_CHANGE),
    ),
    Place(UNDO, "_RESTORE_SQL"): ((Place(UNDO, "_end_access"), AFTER_IMPORT),),
    Place(UNDO, "_end_access"): ((Place(UNDO, "_end_access"), ALL),),
    Place(GUARDIANS, "_assign"): ((Place(GUARDIANS, "edit_guardian"), INVITATIONS),),
    Place(GUARDIAN_IMPORT, "_write"): ((Place(GUARDIAN_IMPORT, "_write"), INVITATIONS),),
    Place(GUARDIAN_IMPORT, "_assign"): (
        (Place(GUARDIAN_IMPORT, "_write"), INVITATIONS),
        (Place(GUARDIAN_IMPORT, "restore_guardians"), INVITATIONS),
    ),
    Place(PROVIDERS, "unlink_person"): ((Place(PROVIDERS, "unlink_person"), ALL),),
    Place(PROVIDERS, "_unlink_everybody"): ((Place(PROVIDERS, "_unlink_everybody"), ALL),),
    Place(PROVIDERS, "delete_provider"): ((Place(PROVIDERS, "delete_provider"), "_unlink_everybody"),),
    Place(PROVIDERS, "change_provider"): ((Place(PROVIDERS, "change_provider"), "_unlink_everybody"),),
}
#: What looks like a writer and leaves nothing open, and why.
LEAVES_NOTHING = {
    Place(UPSERT, "_create_placeholder"): "a new row",
    Place(UPSERT, "upsert_person"): "times that iclass tells",
    Place(UPSERT, "upsert_school"): "a school",
    Place("accounts/school/services.py", "edit_school"): "a school",
    Place("accounts/school/channels/services.py", "_change"): "a channel of messages",
    Place("accounts/school/identity/first_sign_in.py", "_save_link"): "adds the account that signs in now",
    Place("accounts/school/identity/saml/exchange.py", "begin"): "the request of a sign-in",
    Place("accounts/people/charge_services.py", "edit_charge"): "days of a teacher in charge",
    Place("accounts/people/group_services.py", "_change_group"): "a group",
    Place("accounts/people/guardian_notices/services.py", "save_settings"): "what guardians are told",
    Place(
        "accounts/sign_in/guardians/services.py", "_keep_address"
    ): "where the holder of an account opened a link",
    Place("accounts/imports/comparison.py", "compare_rows"): "facts of a row of an import",
    Place("accounts/imports/comparison.py", "compare_next_rows"): "rows of an import",
    Place("accounts/imports/one_roster/people.py", "compare_people"): "rows of an import",
    Place("accounts/imports/one_roster/service/settings.py", "save_connection"): "a service of rosters",
    Place("accounts/imports/one_roster/service/runs.py", "_end"): "a service of rosters",
    Place(ERASURE, "scrub_json"): "JSON that mentions a person",
}


class Finder(ast.NodeVisitor):
    """Finds the writers of one module."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.module, self.found = module, set[Place]()
        self._names: list[str] = []
        self._functions: list[ast.FunctionDef] = []
        imported = {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
        }
        self._in_accounts = module.startswith("accounts/")
        self._knows_people = self._in_accounts and bool(imported & PEOPLE)
        for node in tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                self._names = [ast.unparse(target)]
            self.visit(node)
            self._names = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._names.append(node.name)
        self._functions.append(node)
        self.generic_visit(node)
        self._names.pop()
        self._functions.pop()

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Store) and node.attr in COLUMNS:
            self._note()
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and RAW_SQL.search(node.value):
            self._note()

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
        keywords = {keyword.arg for keyword in node.keywords}
        if name == "setattr" and self._may_be_column(node.args[1], node.args[0]):
            self._note()
        elif name in ("update", "update_or_create") and isinstance(node.func, ast.Attribute):
            if keywords & COLUMNS or (None in keywords and self._may_be_person(node.func)):
                self._note()
        elif name == "bulk_update" and len(node.args) > 1 and self._may_hold_column(node):
            self._note()
        if name in ("create", "delete", "update", "bulk_create") and self._is_about_accounts():
            self._note()
        self.generic_visit(node)

    def _may_be_column(self, name: ast.expr, row: ast.expr) -> bool:
        if isinstance(name, ast.Constant):
            return name.value in COLUMNS
        return self._may_be_person(row)

    def _may_hold_column(self, call: ast.Call) -> bool:
        names = call.args[1]
        if isinstance(names, ast.List | ast.Tuple):
            return any(self._may_be_column(name, call) for name in names.elts)
        return self._may_be_person(call)

    def _may_be_person(self, expression: ast.expr) -> bool:
        named = set(re.findall(r"\w+", ast.unparse(expression)))
        return self._knows_people or bool(named & PERSON_NAMES)

    def _is_about_accounts(self) -> bool:
        if not (self._in_accounts and self._functions):
            return False
        text = ast.unparse(self._functions[-1])
        return any(name in text for name in ACCOUNTS)

    def _note(self) -> None:
        self.found.add(Place(self.module, self._names[-1] if self._names else ""))


def writers() -> Iterator[Place]:
    for path, tree in repository.parsed(modules(), MAY_WRITE):
        yield from sorted(Finder(repository.name(path), tree).found)


def calls_of(place: Place) -> set[str]:
    """The names of the functions that a function calls."""
    functions = [
        node
        for node in ast.walk(ast.parse((ROOT / place.module).read_text()))
        if isinstance(node, ast.FunctionDef) and node.name == place.name
    ]
    return {
        ast.unparse(call.func).rpartition(".")[2]
        for function in functions
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
    }


def test_every_writer_of_what_access_rests_on_is_in_the_table() -> None:
    found = set(writers())
    assert sorted(found - ENDS.keys() - LEAVES_NOTHING.keys()) == []
    assert sorted((ENDS.keys() | LEAVES_NOTHING.keys()) - found) == []


def test_each_of_them_ends_access() -> None:
    missing = [
        f"{writer}: {place.name} does not call {call}"
        for writer, ends in ENDS.items()
        for place, call in ends
        if call not in calls_of(place)
    ]
    assert missing == []


def test_a_writer_is_found_however_it_writes() -> None:
    source = """
from accounts.models import User
SQL = f"UPDATE accounts_user u SET {columns}"
def one(person): person.e_mail = ""
def two(person): person.phone_no = person.role = ""
def three(person, name): setattr(person, name, "")
def four(rows): rows.update(is_active=False)
def five(rows, fields): rows.update(**fields)
def six(rows): User.objects.bulk_update(rows, ["nickname", "role"])
def seven(link): IdentityLink.objects.filter(pk=link).delete()
def eight(provider): provider.links.all().delete()
def nine(person): person.nickname = person.e_mail
def ten(rows): rows.filter(role="student").update(nickname="")
"""
    found = {place.name for place in Finder("accounts/a.py", ast.parse(source)).found}
    assert found == {"SQL", "one", "two", "three", "four", "five", "six", "seven", "eight"}
    writing = [line for line in source.splitlines() if re.split(r"\W", line.removeprefix("def "))[0] in found]
    assert len(writing) == len(found)
    assert all(re.search(MAY_WRITE, line, re.MULTILINE) for line in writing)
