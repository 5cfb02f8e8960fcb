"""The scripts of the classroom: its own, and the listed ones of npm packages."""

import pytest

from tests.support.environment import ROOT
from tests.support.sandbox import Sandbox

SPARK = "spark-md5/spark-md5.min.js"


def test_spark_md5_is_served_from_its_package_to_the_classroom_alone(sandbox: Sandbox) -> None:
    answer = sandbox.web.get(f"{sandbox.url}/static/spark-md5.min.js", timeout=9)
    assert answer.content == (ROOT / "node_modules" / SPARK).read_bytes()
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["spark-md5.js", "package.json", "LICENSE", "md5.js", "..%2Fviews.py", "%2Fetc%2Fpasswd"]
)
def test_other_files_of_packages_are_not_served(sandbox: Sandbox, name: str) -> None:
    assert sandbox.web.get(f"{sandbox.url}/static/{name}", timeout=9).status_code == 404
