"""Every act that the code writes on the trail is one that people can read."""

import ast
from collections.abc import Iterator

from accounts.models import User
from classes.models import Entry, Lesson
from console.audit.labels import ACTION_LABELS, RENAMED_TYPES, object_type_label
from console.outbox.decisions import DECISIONS
from documents.models import Document
from tests.architecture import repository


def acts() -> Iterator[tuple[str, str]]:
    """Each name of an act that stands as a text in a call of `record` or `record_data_access`."""
    for path, tree in repository.parsed(repository.code(), r"\brecord(?:_data_access)?\("):
        for node in ast.walk(tree):
            called = getattr(getattr(node, "func", None), "id", "")
            if (
                called in ("record", "record_data_access")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield node.args[0].value, repository.name(path)


def test_every_act_has_words() -> None:
    written = {(act, path) for act, path in acts() if not path.startswith("tests/")}
    assert len(written) > 40
    assert {(act, path) for act, path in written if act not in ACTION_LABELS} == set()


def test_acts_whose_name_is_put_together_have_words() -> None:
    gone = {f"{model._meta.model_name}.gone" for model in (Document, Lesson, User)}
    decided = {f"operation.{decision}" for decision in DECISIONS}
    charges = {f"{whose}.charge_{act}" for whose in ("grade", "group") for act in ("add", "change", "end")}
    entries = {f"lesson.{act}" for act in Entry.Act.values}
    assert {*gone, *decided, *charges, *entries} - set(ACTION_LABELS) == set()


def test_an_entry_from_before_a_model_was_renamed_names_it_as_others_do() -> None:
    for former, current in RENAMED_TYPES.items():
        assert object_type_label(former) == object_type_label(current) != current
