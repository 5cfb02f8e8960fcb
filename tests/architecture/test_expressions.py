"""No regular expression that sees foreign text takes more time than in proportion to the length of the text.

Whoever writes a new expression enters it here: below FOREIGN with what an attacker would repeat, or below OWN
with the reason why no foreign text reaches it.
"""

import re
import time
from collections.abc import Iterator
from functools import partial
from itertools import product
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from tests.architecture.expressions import Expression, expressions
from tests.support.time_growth import MAX_GROWTH, time_growth

#: Characters of a text: the smaller size. The larger one is ten times as long.
SIZE = 2_000
#: What finds all matches is measured by `finditer`: the list or text that the others return may take fresh
#: memory from the system in each call, which is no work of the expression.
ALL_MATCHES = {"findall", "split", "sub", "subn"}
#: So many texts, those that took longest, are measured in both sizes.
MEASURED = 2
#: Far longer than a linear expression takes for the smaller size, and for the larger one: to go on would take
#: minutes.
FROZEN_S = (0.25, 2.5)

#: So many beginnings of a text that fits, and letters of the expression, are repeated.
PREFIXES, LETTERS = 24, 24

#: Reasons. The text never comes from outside.
OWN = {
    "console.ui.assets:_SVG_BODY": "drawings that lie in static/",
    "console.embedded.binaries:\\b(\\d+\\.\\d+)": "the version that our own database prints",
    "console.embedded.prepared_schema:_HEADINGS": "the dump of our own database",
    "console.embedded.prepared_schema:_SETTINGS": "the dump of our own database",
    "console.sheets.xlsx_writer:NOT_IN_NAMES": "titles of our own sheets",
    "console.variables.kinds:HOST": "the environment of our own program",
    "console.variables.kinds:NUMBER": "the environment of our own program",
}
#: What is repeated besides the letters and words of the expression itself.
FOREIGN: dict[str, tuple[str, ...]] = {
    "accounts.imports.guardian_cells:\\D": ("a", " "),
    "accounts.imports.one_roster.person_cells:_CHINESE": (),
    "accounts.imports.one_roster.person_cells:_PHONE_NOISE": ("a", "1 "),
    "accounts.imports.one_roster.user_ids:_UNFIT": (" ", "a "),
    "accounts.school.identity.saml.certificates:PEM": (
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----A",
        "-",
    ),
    "accounts.school.identity.saml.documents:DECLARATION": ("<?xml version='1.0'", "?", "?>"),
    "accounts.school.identity.saml.documents:WHITESPACE": (" ", "a "),
    "accounts.sign_in.guardians.names:PHONE": ("1 ", "(", "-"),
    "accounts.sign_in.guardians.names:[ ()-]": ("(", "- "),
    "accounts.api.views:^users/import/?$": (),
    "classes.timetable.roll_over.names:_COHORT": ("1", "2024 "),
    "classes.timetable.roll_over.names:_CLASS": (" ", " )"),
    "classes.timetable.roll_over.names:_GRADE": ("Grade ", "高1", "小"),
    "classes.timetable.roll_over.names:_NAMED_CLASS": ("一", "一 "),
    "classes.timetable.roll_over.names:_ONE_NUMBER": ("十",),
    "accounts.imports.office_facts:_DAY": ("1", "2026-1-1", "20260101 "),
    "accounts.people.avatars:ORIGIN_PATTERN": ("a-", "-a", "a."),
    "accounts.models.phone_number:PHONE_PATTERN": ("1 ", "(", "-"),
    "accounts.school.identity.forms:DOMAIN": ("a-", "a.", "-a"),
    "accounts.school.identity.forms:SEPARATORS": (" ,", ", "),
    "accounts.school.identity.kinds:GUID": ("a-", "0000-"),
    "accounts.school.identity.kinds:PLAIN_ID": ("a-", "_"),
    "console.imports.columns:_PARTS": ('"', '""', ',"', '"a",', '"a"b,', ' "', '"" ,', ',"""a', ',""""a'),
    "console.imports.columns:_PUNCTUATION": ("_ ", "a_"),
    "accounts.models.sign_in_name:\\A[a-z0-9](?:-?[a-z0-9]){2,39}\\Z": ("-a", "a-"),
    "accounts.models.user:^[A-Za-z0-9_.\\-]{1,32}$": (),
    "accounts.sign_in.password_validators:[\\W\\d_]": (),
    "accounts.sign_in.password_validators:\\w{3,}": ("aa ", "aaa "),
    "accounts.people.queries:PHONE_SUFFIX_PATTERN": (),
    "accounts.people.queries:USER_ID_PATTERN": (),
    "classes.timetable.courses.recurrence:0*[1-9]\\d{0,2}": ("00",),
    "classes.timetable.courses.recurrence:0*[1-9]\\d{0,5}": ("00",),
    "classes.timetable.courses.recurrence:UNTIL_PATTERN": (),
    "classes.courseware.hosts:HOST_PATTERN": ("a-", "a."),
    "classes.timetable.courses.forms:DAY_SEPARATOR": (),
    "classes.lessons.forms.fields:ID_SEPARATOR": (),
    "classes.timetable.imports.row_parser:ID_SEPARATOR": (),
    "classes.timetable.imports.row_parser:\\d{1,4}(\\.0+)?": (".0",),
    "classes.timetable.imports.row_parser:\\d{1,5}(\\.0+)?": (".0",),
    "classes.timetable.imports.columns:[a-z\\s,;、，；/&+.和每周]|星期|礼拜": (),
    "classes.timetable.imports.columns:_CLOCK": ("1 ", "1 :"),
    "classes.timetable.imports.columns:_DAY": ("2026 ", "2026 - "),
    "classes.timetable.imports.columns:_ENGLISH": (),
    "classes.timetable.imports.columns:_NUMBER": (),
    "classes.timetable.roll_over.names:_NUMBER": (),
    "classes.recordings.copy_response:RANGE_HEADER": (),
    "classes.recordings.forms:[,，、;；\\n]": (),
    "console.audit.field_labels:_TIMESTAMP": ("2026-01-01T00:00:00.",),
    "console.audit.middleware:REQUEST_ID_PATTERN": (),
    "console.audit.personal_data:SEALED_PATTERN": ("p1.1.", "="),
    "console.audit.filters:\\A[0-9]{1,18}\\Z": (),
    "console.audit_pages.urls:^entries\\.(?P<suffix>csv|xlsx)$": (),
    "console.audit_pages.urls:^personal-data\\.(?P<suffix>csv|xlsx)$": (),
    "console.iclass.responses:SECRET_PATTERN": ("sign=", "a" * 39 + " ", "a" * 31 + " ", "a" * 33 + " "),
    "accounts.api.views:[^/]{1,500}": ("/", "a/", "-", "1", "/callbacks/iclass/"),
    "console.http.live_polls:VOLATILE": (
        'data-ago="1"',
        'data-left="1',
        'data-ago="1"><time',
        'name="csrfmiddlewaretoken" value="',
    ),
    "console.http.admission:UPLOAD_PATH": ("/", "a/", "-", "1", "/callbacks/iclass/"),
    "console.http.admission:PROVIDER_PATH": ("/sign-in/with/", "/", "a/"),
    "console.http.admission:CALLING_PATHS": ("/", "/schools/new/", "1", "/channels/bots/", "a"),
    "console.inputs.converters:[A-Za-z0-9_.:=~-]{1,500}": ("/", "a/", "-", "1", "/callbacks/iclass/"),
    "console.inputs.converters:[^/\\x00]{1,500}": ("/", "a/", "-", "1", "/callbacks/iclass/"),
    "console.inputs.converters:xlsx|csv": ("/", "a/", "-", "1", "/callbacks/iclass/"),
    "console.search:[\n、]": ("\n", "、", "a、"),
    "console.policy.row_changes:TEXT": ("0", "f", "-", "0-", "0-0-"),
    "console.policy.masking:_CALLBACK": ("/", "a/", "-", "1", "/callbacks/iclass/"),
    "console.policy.api:[0-9]{1,18}": ("/", "a/", "-", "1", "/callbacks/iclass/"),
    "console.iclass.responses:[0-9]{1,6}": (),
    "console.iclass.parsing:WHOLE_NUMBER": (),
    "console.iclass.signing:SDKAPPID": (),
    "console.iclass.signing:TEN_DIGITS": (),
    "console.iclass.transport:QUERY": ("??", "? "),
    "console.iclass.usersig:LINE_BREAKING": (),
    "console.inbox.redaction:_ADDRESS": ("http://", "http://a", "http://a?", "https://a "),
    "console.inbox.redaction:_PAIR": (
        "token",
        "token ",
        "token= ",
        "sign-",
        "key='",
        'key="',
        "token: ,",
        "a-",
    ),
    "console.inbox.redaction:_WORD": ("aA", "Aa1"),
    "console.mirror.api:[a-z]+-[0-9]{1,18}": ("a-",),
    "console.notifications.channels.answers:[\\s\\x00-\\x1f\\x7f]+": (" ", "a "),
    "console.notifications.channels.texts:_PLACEHOLDER": ("{", "{a"),
    "console.outbox.filters:_SUBJECT": ("a.", "a.a:"),
    "console.sandbox.signature:APP_ID": (),
    "console.sandbox.signature:HEX": (),
    "console.sandbox.signature:TEN_DIGITS": (),
    "console.sheets.download:NOT_IN_NAMES": (),
    "console.sheets.formulas:AT_START": ("\t", " ", "\u200b"),
    "console.sheets.formulas:INSIDE": ("\t", ";", "; ", "\t'", ";=", '\n"'),
    "console.sheets.formulas:INSIDE_QUOTED": ("\t", ";", "; ", "\t'", ";'=", '\n"'),
    "console.sheets.formulas:NUMBER": ("1.",),
    "console.sheets.types:UNSTORABLE": (),
    "console.ui.static_storage:HASHED_NAME": (".", "0123456789ab", ".0123456789ab.a"),
    "console.ui.template_tags:_NOT_HAN": (),
    "console.vault.keyring:SEALED_PATTERN": ("s1.", "="),
    "documents.api.uploads:^[0-9a-f]{32}$": (),
    "documents.files.fields:ARGUMENT_PATTERN": ('"', '"\\', '" \\', '\\" ', '"a ', '"\\" '),
    "documents.files.fields:DRIVE_PATTERN": (),
    "documents.files.fields:SWITCH_PATTERN": (),
    "documents.files.filenames:PATH_PATTERN": ("%2", ".."),
    "documents.files.filenames:EXECUTABLE_PATTERN": (".exe ", ".htm", ". "),
    "documents.files.ooxml:FORBIDDEN_PATTERN": ("<\0", "<!", "<\0!\0D"),
    "documents.files.ooxml:PROGRAM_PATTERN": (".exe", ".js", "vb"),
    "documents.files.pdf:HEADER_PATTERN": (),
    "documents.files.pdf:ESCAPED_BYTE_PATTERN": (),
    "documents.files.pdf:ACTIVE_PATTERN": ("/Java", "/EmbeddedFiles", "/"),
    "documents.files.pdf:ESCAPED_NAME_PATTERN": ("/", "/" + "a" * 20, "/a#aa", "#aa" + "a" * 20, "/#"),
    "documents.files.images:HTML_PATTERN": ("<", "<scrip"),
    "documents.files.zip_archive:BAD_NAME_PATTERN": ("..", "/.", "../"),
    "documents.services:([0-9a-f]{32})?": (),
    "documents.views.resumable_uploads:^[0-9a-f]{32}$": (),
}


def test_every_expression_is_entered_as_foreign_or_as_our_own() -> None:
    found = {one.id for one in expressions()}
    assert found == FOREIGN.keys() | OWN.keys()
    assert not FOREIGN.keys() & OWN.keys()
    assert all(one.methods for one in expressions())


@pytest.mark.parametrize("name", FOREIGN)
def test_an_expression_takes_time_in_proportion_to_the_text(name: str) -> None:
    expression = next(one for one in expressions() if one.id == name)
    for method in expression.methods:
        texts = list(_texts(expression, FOREIGN[name]))
        spent = {number: _spent(expression, method, text) for number, text in enumerate(texts)}
        slowest = sorted(spent, key=lambda number: spent[number])[-MEASURED:]
        for number in slowest:
            grown = time_growth(partial(_call, expression, method, texts[number]), SIZE)
            assert grown <= MAX_GROWTH, (method, texts[number])


def _texts(expression: Expression, units: tuple[str, ...]) -> Any:
    """Beginning, what is repeated, and end: the first leads into the expression, the last spoils a match."""
    tree = parser.parse(expression.pattern.pattern, expression.pattern.flags & ~re.DEBUG)
    sample = _sample(tree)
    begun = [sample[:-1], *(sample[:cut] for cut in _places(sample, PREFIXES))]
    letters = list(dict.fromkeys([*sample, *_alphabet(tree)]))[:LETTERS]
    repeated = dict.fromkeys([*units, *begun, *letters, " ", "a", "A", "0"])
    beginnings = [sample[:cut] for cut in (0, *_places(sample, 3))]
    return product(beginnings, [one for one in repeated if one], ["", "\x01"])


def _places(sample: str, most: int) -> list[int]:
    return sorted({len(sample) * number // most for number in range(1, most + 1)})


def _alphabet(tree: Any) -> Iterator[str]:
    """Letters of all classes in the expression: what two of them have in common makes an expression slow."""
    for code, told in tree:
        if str(code) == "IN":
            yield from (_letters([one]) for one in told if str(one[0]) != "NEGATE")
        elif isinstance(told, tuple | list):
            for inner in told:
                if isinstance(inner, parser.SubPattern):
                    yield from _alphabet(inner)
                elif isinstance(inner, list):
                    for one in inner:
                        yield from _alphabet(one)
        elif isinstance(told, parser.SubPattern):
            yield from _alphabet(told)


def _sample(tree: Any) -> str:
    """A text in which each part of the expression stands once, all branches one after the other."""
    text = ""
    for code, told in tree:
        kind = str(code)
        if kind == "LITERAL":
            text += chr(told)
        elif kind == "IN":
            text += _letters(told)
        elif kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            text += _sample(told[2]) * min(max(told[0], 1), 40)
        elif kind == "SUBPATTERN":
            text += _sample(told[3])
        elif kind == "BRANCH":
            text += "".join(_sample(one) for one in told[1])
        elif kind in ("ASSERT", "ATOMIC_GROUP"):
            text += _sample(told[1] if kind == "ASSERT" else told)
    return text


CATEGORIES = {"CATEGORY_DIGIT": "1", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " ", "CATEGORY_NOT_WORD": "-"}


def _letters(told: Any) -> str:
    """One letter of the class; of one that excludes, an ordinary one."""
    code, value = told[0]
    if str(code) == "NEGATE":
        return "b"
    if str(code) == "CATEGORY":
        return CATEGORIES.get(str(value), "b")
    return chr(value if str(code) == "LITERAL" else value[0])


def _call(expression: Expression, method: str, text: tuple[str, str, str], size: int) -> "partial[Any]":
    beginning, unit, end = text
    whole: Any = beginning + unit * (size // len(unit)) + end
    if isinstance(expression.pattern.pattern, bytes):
        whole = whole.encode("latin-1", "ignore")
    if method in ALL_MATCHES | {"finditer"}:
        return partial(lambda text: sum(1 for _one in expression.pattern.finditer(text)), whole)
    return partial(getattr(expression.pattern, method), whole)


def _spent(expression: Expression, method: str, text: tuple[str, str, str]) -> float:
    """CPU seconds for the larger size."""
    spent = 0.0
    for size, most in zip((SIZE, 10 * SIZE), FROZEN_S, strict=True):
        call = _call(expression, method, text, size)
        began = time.process_time()
        call()
        spent = time.process_time() - began
        assert spent < most, (method, text)
    return spent
