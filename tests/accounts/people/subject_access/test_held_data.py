"""Every table with data about people is in the copy of a person's data, or left out for a reason."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import override

from accounts.models import User
from console.audit.held_data import TECHNICAL_COLUMNS, Holding, exclusions, facts_about, holdings
from console.vault.fields import SealedField

#: Columns that name a person without a relation.
PERSONAL_COLUMNS = {
    *("user_id", "nickname", "guest_id", "subject_id", "object_id", "actor_label", "operator_name"),
    *("phone_no", "e_mail", "email", "contact_user"),
}
HOLDINGS = {one.model: one for one in holdings()}
#: Words that are the same in Chinese.
SAME_WORDS = {"SHA-256", "UID", "ID", "IP", "user agent", "provider", "uid", "extra data"}


def relations(model: type[models.Model]) -> Iterator[str]:
    """The columns and lists of people of a model; a list with a table of its own is that table's."""
    for field in model._meta.concrete_fields:
        if field.is_relation and field.related_model is User:
            yield field.name
    for many in model._meta.local_many_to_many:
        if many.related_model is User and many.remote_field.through._meta.auto_created:
            yield many.name


def is_about_people(model: type[models.Model]) -> bool:
    names = {field.name for field in model._meta.concrete_fields}
    has_json = any(isinstance(field, models.JSONField) for field in model._meta.concrete_fields)
    return bool([*relations(model)] or names & PERSONAL_COLUMNS or has_json)


MODELS = {
    model._meta.label: model
    for model in apps.get_models()
    if not model._meta.auto_created and is_about_people(model)
}


@pytest.mark.parametrize("label", sorted(MODELS))
def test_a_model_with_data_about_people_is_registered_or_left_out_for_a_reason(label: str) -> None:
    assert (label in HOLDINGS) != (label in exclusions()), (
        f"Register {label}; see console/audit/held_data.py."
    )


@pytest.mark.parametrize("label", sorted(HOLDINGS))
def test_each_relation_to_a_person_finds_them_or_tells_who_acted(label: str) -> None:
    holding = HOLDINGS[label]
    named = {*holding.found_by, *holding.actors, *holding.values, *holding.without}
    assert [name for name in relations(holding.model_class) if name not in named] == []


@pytest.mark.parametrize("label", sorted(HOLDINGS))
def test_who_may_not_list_guardians_gets_no_rows_about_them(label: str) -> None:
    holding = HOLDINGS[label]
    is_about_them = "Guardian" in label or any("guardian" in name for name in holding.found_by)
    assert not is_about_them or holding.resource == "guardian"


@pytest.mark.parametrize("label", sorted(HOLDINGS))
def test_no_secret_and_no_unread_json_is_exported(label: str) -> None:
    holding = HOLDINGS[label]
    fields = {field.name: field for field in holding.model_class._meta.concrete_fields}
    exported = {name: fields[name] for name in holding.columns() if holding.read is None}
    raw = {name for name, field in exported.items() if isinstance(field, models.JSONField)}
    assert raw - holding.values.keys() == set()
    sealed = {name for name, field in exported.items() if isinstance(field, SealedField | models.BinaryField)}
    assert sealed - holding.values.keys() == set()
    secrets = {"password", "digest", "token", "key", "session_key", "url", "teacher_url", "student_url"}
    assert secrets & exported.keys() == set()


@pytest.mark.parametrize("label", sorted(HOLDINGS))
def test_the_names_of_a_registration_exist(label: str) -> None:
    holding = HOLDINGS[label]
    fields = {field.name for field in holding.model_class._meta.get_fields()}
    named = {*holding.actors, *holding.without} - TECHNICAL_COLUMNS
    assert named - fields == set()


@pytest.mark.parametrize("holding", HOLDINGS.values(), ids=HOLDINGS)
def test_every_heading_is_there_in_chinese(holding: Holding) -> None:
    names = [*holding.columns(), *holding.values]
    with override("zh-hans"):
        headings = {str(holding.title), *(str(holding.label_of(name)) for name in names)}
    english = {text for text in headings if not any("\u4e00" <= letter <= "\u9fff" for letter in text)}
    assert english - SAME_WORDS == set()


def test_every_reason_is_a_sentence_that_is_translated() -> None:
    assert all(isinstance(reason, Promise) for reason in exclusions().values())
    for language, stop in (("en", "."), ("zh-hans", "。")):
        with override(language):
            assert [reason for reason in exclusions().values() if not str(reason).endswith(stop)] == []


def test_of_a_body_only_the_objects_of_the_person_are_kept() -> None:
    body = {
        "class_id": 7,
        "list": [
            {
                "user_id": "dina",
                "nickname": "Dina",
                "user_sig": "x",
                "video_url": "x",
                "devices": [{"user_id": "tom", "on": True}],
            },
            {"user_id": "tom", "nickname": "Tom", "extra": {"user_id": "dina", "reason": 1}},
        ],
    }
    assert facts_about(body, "dina") == [
        {"user_id": "dina", "nickname": "Dina"},
        {"user_id": "dina", "reason": 1},
    ]
    assert facts_about("dina", "dina") == facts_about(None, "dina") == []
