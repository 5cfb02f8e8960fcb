"""Words of the vendor stand on few screens, each time beside what they mean and where one finds it."""

import ast
import re
from collections.abc import Iterator

from django.apps import apps
from django.utils import translation

from tests.architecture.test_translations import BARE, CATALOGUES, MACHINERY, constant, entries, sources
from tests.support.environment import ROOT

JARGON = re.compile(r"\b(?:H5|IM|BizID|SDKAppID|tic_key|[Dd]igests?)\b")
#: A text with a word of the vendor, by what explains it: the text itself, or the help text of its field.
ITSELF = ""
H5_HELP = (
    "H5 is what iclass calls versions of slides that keep their animations. It creates them only for schools "
    "on its allowlist: ask your contact at iclass. Until then, iclass rejects files that request one."
)
NUMBER_HELP = "The number of ten digits that iclass sends with the API key of the school."
AT_SIGN_IN = "Your user ID, an @ and your school's number (SDKAppID), for example: alice@1400000001"
EXPLAINED = {
    H5_HELP: ITSELF,
    "iclass has allowlisted our school for H5": H5_HELP,
    "Allowlisted for H5 at iclass": H5_HELP,
    "School's number (SDKAppID)": NUMBER_HELP,
    "A school with this number (SDKAppID) already exists.": NUMBER_HELP,
    "Name or school's number (SDKAppID)": NUMBER_HELP,
    "Check the school's number (SDKAppID) and the licence with iclass.": NUMBER_HELP,
    AT_SIGN_IN: ITSELF,
    "If you entered your user ID alone, add an @ and your school's number (SDKAppID), for example: "
    "alice@1400000001": ITSELF,
    "The key of the school, which iclass calls tic_key and sends with its number.": ITSELF,
    "Number of the cloud account (BizID)": ITSELF,
    # A summary of notifications by e-mail, which is no word of the vendor.
    "notification digest": ITSELF,
    "notification digests": ITSELF,
}
LABELS = ("label", "help_text", "verbose_name")


def catalogue() -> Iterator[tuple[str, str]]:
    """Each English text, with the same and its translation as one."""
    for entry in entries(CATALOGUES[0]):
        english = entry["msgid"].replace('\\"', '"')
        yield english, " ".join(text for name, text in entry.items() if name.startswith(("msgid", "msgstr")))


def without_translation() -> Iterator[str]:
    """Texts of templates, and labels in code, that are the same in every language."""
    for template in (ROOT / "templates").rglob("*.html"):
        text = MACHINERY.sub("", template.read_text(encoding="utf-8"))
        yield from re.sub(r"<[^>]*>", "\n", text).splitlines()
    for _path, tree in sources(BARE):
        for keyword in (word for node in ast_calls(tree) for word in node.keywords):
            if keyword.arg in LABELS:
                yield constant(keyword.value)


def ast_calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_every_word_of_the_vendor_is_explained_where_it_stands() -> None:
    found = {english for english, both in catalogue() if JARGON.search(both)}
    assert found - set(EXPLAINED) == set(), "say it in plain words, or explain it here"
    assert set(EXPLAINED) - found == set()
    texts = dict(catalogue())
    assert {text for text in EXPLAINED.values() if text and text not in texts} == set()


def test_no_word_of_the_vendor_stands_outside_of_the_catalogue() -> None:
    assert {text.strip() for text in without_translation() if JARGON.search(text)} == set()


def test_no_word_of_the_vendor_is_a_label_of_a_column_without_its_explanation() -> None:
    fields = (field for model in apps.get_models() for field in model._meta.fields)
    with translation.override(None):
        # What Django makes of a name is shown nowhere (console/ui/admin_labels.py).
        labels = {str(field.verbose_name) for field in fields if field._verbose_name is not None}
    assert {label for label in labels if JARGON.search(label)} <= set(EXPLAINED)
