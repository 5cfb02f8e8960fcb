"""A client that a common generator writes from the OpenAPI description is whole, and works."""

import compileall
import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from drf_spectacular.settings import spectacular_settings

from accounts.models import StudentGroup, User
from console.policy.tokens import issue_token

NAME = "generated_console_client"
#: The generator knows files by one type only.
CONFIG = f"""
package_name_override: {NAME}
post_hooks: []
content_type_overrides:
  application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: application/octet-stream
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the client is, as Python compiles it."""
    folder = tmp_path_factory.mktemp("client")
    schema = spectacular_settings.DEFAULT_GENERATOR_CLASS().get_schema(request=None, public=True)
    (folder / "schema.json").write_text(json.dumps(schema, default=str))
    (folder / "config.yml").write_text(CONFIG)
    done = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--path", "schema.json"]
        + ["--config", "config.yml", "--meta", "none", "--output-path", NAME, "--fail-on-warning"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert compileall.compile_dir(folder / NAME, quiet=1)
    return folder


@pytest.fixture
def part(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Import a module of the client by name."""
    monkeypatch.syspath_prepend(str(folder))

    def load(name: str) -> ModuleType:
        return importlib.import_module(f"{NAME}.{name}")

    return load


def test_it_reads_adds_and_is_told_of_errors(alice: User, bob: User, live_server, part: Any) -> None:
    client = part("client").AuthenticatedClient(
        base_url=live_server.url, token=issue_token(alice), prefix="Token"
    )
    with client:
        people = part("api.users.users_list").sync(client=client)
        assert [one.user_id for one in people.results] == ["bob", "alice"]
        models = part("models")
        body = models.GroupRequest(name="7A")
        create = part("api.groups.groups_create").sync_detailed
        first, again = (create(client=client, body=body, idempotency_key="one") for _ in range(2))
        assert (first.parsed.name, first.parsed.id) == ("7A", again.parsed.id)
        assert StudentGroup.objects.count() == 1
        refused = create(client=client, body=models.GroupRequest(name=""), idempotency_key="two")
        assert refused.status_code == 400
        assert isinstance(refused.parsed, models.Problem)
        assert refused.parsed.code == "invalid"
