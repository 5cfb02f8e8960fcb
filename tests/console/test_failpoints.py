"""Fail-points do nothing unless armed, and then just what they were asked for."""

import subprocess
import sys

import pytest

from console import failpoints
from console.checks import no_fault_is_armed

HERE = failpoints.point("tests.here", "a test is here")
WALL = failpoints.defence("tests.wall", "a test is safe")


def _run(code, **variables):
    return subprocess.run(
        [sys.executable, "-c", f"from console import failpoints\n{code}"],
        env={"PYTHONPATH": ".", **variables},
        capture_output=True,
        text=True,
    )


def test_a_point_that_nobody_armed_does_nothing():
    HERE.hit()
    assert WALL.up


def test_an_armed_point_strikes_at_the_hit_it_was_told():
    with failpoints.armed("tests.here", "raise@2"):
        HERE.hit()
        with pytest.raises(failpoints.Struck):
            HERE.hit()
        HERE.hit()
    HERE.hit()


def test_a_defence_is_down_only_for_as_long_as_it_was_switched_off():
    with failpoints.undefended("tests.wall"):
        assert not WALL.up
    assert WALL.up


def test_a_name_that_nobody_declared_cannot_be_armed():
    with pytest.raises(KeyError), failpoints.armed("tests.nowhere", "kill"):
        pass
    with pytest.raises(KeyError), failpoints.undefended("tests.nothing"):
        pass


def test_the_environment_kills_a_process_at_its_point():
    done = _run("failpoints.point('a.b', '').hit(); print('alive')", FAILPOINTS="a.b=kill")
    assert done.returncode == -9
    assert done.stdout == ""


def test_the_environment_switches_a_defence_off():
    done = _run("print(failpoints.defence('a.b', '').up)", UNDEFENDED="a.b,c.d")
    assert done.stdout == "False\n"


@pytest.mark.parametrize("name", ["FAILPOINTS", "UNDEFENDED"])
def test_a_server_with_armed_points_is_refused(monkeypatch, name):
    assert no_fault_is_armed() == []
    monkeypatch.setenv(name, "a.b=kill")
    assert [message.id for message in no_fault_is_armed()] == ["console.E008"]
