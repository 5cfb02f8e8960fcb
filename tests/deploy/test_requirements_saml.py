"""The packages of SAML 2.0 are locked once: in the extra, in their own file, and in that of the tests."""

import re
import tomllib

from tests.support.environment import ROOT

PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;]+).*\\$", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return {name.lower(): version for name, version in PIN.findall((ROOT / name).read_text())}


def test_the_extra_and_both_lock_files_name_the_same_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extra = dict(one.split("==") for one in project["project"]["optional-dependencies"]["saml"])
    locked, for_tests = pins("requirements-saml.txt"), pins("requirements-dev.txt")
    assert extra.items() <= locked.items()
    assert locked.items() <= for_tests.items()


def test_nothing_of_it_is_installed_for_running() -> None:
    assert not {"lxml", "xmlsec", "python3-saml", "isodate"} & pins("requirements.txt").keys()
