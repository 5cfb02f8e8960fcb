"""Many at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from bench import sandbox_runtime
from tests.console.sandbox.conftest import School


def test_many_writers_at_once_never_find_the_database_locked(school: School) -> None:
    people = [school.person() for _ in range(40)]
    class_id = school.lesson(*people)

    def stay(user_id: str) -> list[int]:
        codes = []
        with requests.Session() as web:
            web.trust_env = False
            for path in ("member/join", "member/runtime/list", "member/quit", "member/join"):
                body = {"class_id": class_id, "user_id": user_id}
                answer = web.post(school.sandbox.signed(path), json=body, timeout=60)
                codes.append(answer.json()["error_code"])
        return codes

    with ThreadPoolExecutor(40) as pool:
        assert {code for codes in pool.map(stay, people) for code in codes} == {0}
    assert school.ok("member/runtime/total", class_id=class_id)["total"] == 40
    assert school.ok("member/history/total", class_id=class_id)["total"] == 80


def test_one_of_many_equal_registrations_wins(school: School) -> None:
    def register(_: int) -> int:
        with requests.Session() as web:
            web.trust_env = False
            body = {"list": [{"user_id": "the-one", "role": "student"}]}
            answer = web.post(school.sandbox.signed("user/register"), json=body, timeout=60)
            return int(answer.json()["error_code"])

    with ThreadPoolExecutor(20) as pool:
        codes = list(pool.map(register, range(20)))
    assert sorted(codes) == [0] + [10214] * 19


def test_a_connection_is_kept_open(school: School) -> None:
    with requests.Session() as web:
        web.trust_env = False
        first = web.post(school.sandbox.signed("user/list"), json={}, stream=True, timeout=9)
        port = first.raw.connection.sock.getsockname()[1]
        assert first.json()["error_code"] == 0
        again = web.post(school.sandbox.signed("user/list"), json={}, stream=True, timeout=9)
        assert again.raw.connection.sock.getsockname()[1] == port
        assert again.json()["error_code"] == 0


@pytest.mark.slow
def test_a_page_of_a_class_of_500_comes_in_20_ms_or_three_times_a_bare_view() -> None:
    """The best of three rounds, as others share the machine; `python -m bench.sandbox_runtime` prints it."""
    rounds = (sandbox_runtime.measured(150) for _ in range(3))
    assert any(page < max(20.0, 3 * bare) for page, bare in rounds)
