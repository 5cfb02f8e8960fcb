"""What the finder serves of node_modules, and the icons read from there."""

import json
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from console.ui import assets
from console.ui.assets import NODE_MODULES, NodeModulesFinder, icon_svg_body

ROOT = NODE_MODULES.parent
TABLER = "vendor/tabler/css/tabler.min.css"


def test_the_style_sheet_is_found_by_the_static_files_of_the_settings() -> None:
    assert finders.find(TABLER) == str(NODE_MODULES / "@tabler/core/dist/css/tabler.min.css")


def test_a_file_that_is_not_named_is_not_served() -> None:
    finder = NodeModulesFinder()
    assert finder.find("vendor/tabler/js/tabler.min.js") is None
    assert finder.find("vendor/tabler/../../package.json") is None
    assert finder.find("vendor/tabler/js/tabler.min.js", find_all=True) == []


def test_collecting_finds_every_named_file_below_its_prefix() -> None:
    collected = [f"{storage.prefix}/{name}" for name, storage in NodeModulesFinder().list([])]  # type: ignore[attr-defined]
    assert TABLER in collected
    assert len(collected) == sum(len(package.files) for package in assets.PACKAGES)


def test_missing_packages_are_told_with_the_command_that_brings_them(tmp_path: Path) -> None:
    (warning,) = NodeModulesFinder(root=tmp_path).check()
    assert warning.id == "console.W001"
    assert "make install" in str(warning.hint)
    assert NodeModulesFinder().check() == []


def test_an_icon_is_its_drawing_alone() -> None:
    shape = icon_svg_body("calendar-event")
    assert shape.startswith("<path")
    assert "<svg" not in shape
    assert "M0 0h24v24H0z" not in shape


def test_an_icon_that_does_not_exist_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(FileNotFoundError):
        icon_svg_body("no-such-icon")


def test_the_lock_file_names_no_address_of_a_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert packages
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text().splitlines()


def test_every_package_that_is_served_is_pinned_by_its_digest() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for package in assets.PACKAGES:
        name = "/".join(package.folder.split("/")[:2])
        assert packages[f"node_modules/{name}"]["integrity"].startswith("sha512-")
