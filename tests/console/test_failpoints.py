"""Fail points do nothing unless a test arms them."""

import pytest

from console import failpoints
from tests.faults.arming import InjectedFailure, arm_point

HERE = failpoints.point("tests.here", "a test is here")


def test_a_point_strikes_while_it_is_armed_at_the_hit_it_was_told():
    HERE.hit()
    with arm_point("tests.here", "raise@2"):
        HERE.hit()
        with pytest.raises(InjectedFailure):
            HERE.hit()
        HERE.hit()
    HERE.hit()


def test_a_name_that_nobody_declared_cannot_be_armed():
    with pytest.raises(KeyError), arm_point("tests.nowhere", "kill"):
        pass
