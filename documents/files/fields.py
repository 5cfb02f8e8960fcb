"""Fields of Word (ECMA-376 part 1, 17.16): an instruction that loads from elsewhere is rejected.

An instruction is an attribute of `fldSimple`, or the text from one `fldChar` to the next, in any number of
runs. Fields nest, and an inner field may compute what an outer one loads.
"""

import re
from string import ascii_letters

from console.child_process.refusal import FileRejected
from documents.files.xml_parser import TextHandler, local_name

#: Fields whose content is another document or comes from another program.
LOADING_FIELDS = {"INCLUDETEXT", "INCLUDE", "LINK", "DDE", "DDEAUTO", "DATABASE", "RD"}
#: Fields that show a picture, which may lie in the same folder or on a disk: messengers leave such addresses.
PICTURE_FIELDS = {"INCLUDEPICTURE", "IMPORT"}
NAMESPACES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
}
#: Word nests twenty fields.
MAX_DEPTH = 100
MAX_INSTRUCTION_CHARS = 1_000_000
#: Stands in an instruction for what an inner field, or one of several alternatives, puts there.
COMPUTED = "\ufffc"
FIELD_ELEMENTS = {"fldChar", "fldSimple", "instrText", "delInstrText"}
#: Text that counts as an instruction between begin and separate, and what ends a word there.
TEXTS, SEPARATORS = {"t", "delText"}, {"p", "br", "cr", "tab", "AlternateContent"}
PLAIN_QUOTES = str.maketrans("“”„", '"""')
ARGUMENT_PATTERN = re.compile(r'"((?:\\.|[^"\\])*)"|(\S+)')
SWITCH_PATTERN = re.compile(r"\\([A-Za-z!]|[*@#]\w*)")
DRIVE_PATTERN = re.compile(r"[A-Za-z]:[\\/]")


def check_instruction(text: str) -> None:
    """Raise FileRejected("outside") if the instruction of a field loads from elsewhere."""
    text = text.strip()
    rest = text.lstrip(ascii_letters)
    name = text.removesuffix(rest).upper()
    if rest.startswith(COMPUTED):
        if any(field.startswith(name) for field in LOADING_FIELDS | PICTURE_FIELDS):
            raise FileRejected("outside")
    elif name in LOADING_FIELDS or (name in PICTURE_FIELDS and not _is_local(rest)):
        raise FileRejected("outside")


def _is_local(arguments: str) -> bool:
    """Return whether no argument is an address, a share or computed."""
    for quoted, bare in ARGUMENT_PATTERN.findall(arguments.translate(PLAIN_QUOTES)):
        target = (quoted or bare).strip('" ').replace("\\\\", "\\")
        if COMPUTED in target:
            return False
        if SWITCH_PATTERN.fullmatch(bare) or DRIVE_PATTERN.match(target):
            continue
        if ":" in target or target.startswith(("/", "\\")):
            return False
    return True


class _Field:
    """The instruction of a field so far. `whole` has deleted text, too, which a reader may bring back."""

    def __init__(self) -> None:
        self.is_code = True
        self.kept: list[str] = []
        self.whole: list[str] = []
        self.chars = 0

    def add(self, text: str) -> None:
        self.kept.append(text)
        self.add_deleted(text)

    def add_deleted(self, text: str) -> None:
        self.whole.append(text)
        self.chars += len(text)
        if self.chars > MAX_INSTRUCTION_CHARS:
            raise FileRejected("damaged")

    def check(self) -> None:
        """Check the instruction, and begin another one."""
        for texts in (self.kept, self.whole):
            check_instruction("".join(texts))
            texts.clear()
        self.chars = 0


class FieldChecker:
    """Checks the fields of one part, whose elements it gets in their order."""

    def __init__(self) -> None:
        self._fields = [_Field()]  # the first one is for instructions outside of all fields
        self._prefix: str | None = None
        self._declaration = ""

    def start_element(self, tag: str, attributes: dict[str, str]) -> TextHandler | None:
        """Note an element. Return what takes its text, None if the text does not matter."""
        name = local_name(tag)
        if self._declaration in attributes and attributes[self._declaration] not in NAMESPACES:
            raise FileRejected("outside")
        if name in FIELD_ELEMENTS:
            self._check_prefix(tag)
            return self._start_field_element(name, attributes)
        field = self._fields[-1]
        if name in SEPARATORS:
            self._separate(field, name)
        elif name in TEXTS and field.is_code and len(self._fields) > 1:
            return field.add if name == "t" else field.add_deleted
        return None

    def finish(self) -> None:
        """Check the fields that have no end."""
        for field in self._fields:
            field.check()

    def _check_prefix(self, tag: str) -> None:
        """Reject two prefixes, or one of two meanings: Word ignores elements of a foreign namespace, which
        could take an instruction apart for this reader alone."""
        prefix = tag.rpartition(":")[0]
        if self._prefix is None:
            self._prefix, self._declaration = prefix, f"xmlns:{prefix}" if prefix else "xmlns"
        elif prefix != self._prefix:
            raise FileRejected("outside")

    def _start_field_element(self, name: str, attributes: dict[str, str]) -> TextHandler | None:
        field = self._fields[-1]
        if name == "instrText":
            return field.add
        if name == "delInstrText":
            return field.add_deleted
        values = {local_name(attribute): value.strip() for attribute, value in attributes.items()}
        if len(values) < len(attributes):  # of two values, Word reads that of its own namespace
            raise FileRejected("outside")
        if name == "fldSimple":
            check_instruction(values.get("instr", ""))
            self._mark_computed(field)
        elif values.get("fldCharType") == "begin":
            self._mark_computed(field)
            self._fields.append(_Field())
            if len(self._fields) > MAX_DEPTH:
                raise FileRejected("damaged")
        else:
            field.check()
            field.is_code = False
            if values.get("fldCharType") == "end" and len(self._fields) > 1:
                self._fields.pop()
        return None

    def _mark_computed(self, field: _Field) -> None:
        if field.is_code and len(self._fields) > 1:
            field.add(COMPUTED)

    def _separate(self, field: _Field, name: str) -> None:
        if len(self._fields) == 1:
            if name == "p" and field.chars:
                field.check()
        elif name == "AlternateContent":
            self._mark_computed(field)
        elif field.is_code:
            field.add(" ")
