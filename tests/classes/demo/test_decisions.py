"""Decisions of the demo school."""

import pytest

from classes.demo.decisions import WARNING_RULES, add_demo_rules
from classes.models import ThresholdRule

pytestmark = pytest.mark.django_db


def test_the_warning_rules_are_added_once_and_never_over_those_of_a_person(school, alice):
    add_demo_rules(school)
    add_demo_rules(school)
    rules = list(ThresholdRule.objects.order_by("pk"))
    assert [rule.kind for rule in rules] == [one["kind"] for one in WARNING_RULES]
    assert {rule.created_by for rule in rules} == {alice}
    ThresholdRule.objects.exclude(pk=rules[0].pk).delete()
    add_demo_rules(school)
    assert ThresholdRule.objects.count() == 1
