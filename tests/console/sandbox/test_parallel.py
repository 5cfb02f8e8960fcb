"""Many at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.console.sandbox.conftest import SandboxSchool
from tests.faults.sizes import size


@pytest.mark.faults
def test_many_writers_at_once_never_find_the_database_locked(school: SandboxSchool) -> None:
    many = size(full=40, ci=16)
    people = [school.person() for _ in range(many)]
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

    with ThreadPoolExecutor(many) as pool:
        assert {code for codes in pool.map(stay, people) for code in codes} == {0}
    assert school.ok("member/runtime/total", class_id=class_id)["total"] == many
    assert school.ok("member/history/total", class_id=class_id)["total"] == 2 * many


def test_one_of_many_equal_registrations_wins(school: SandboxSchool) -> None:
    def register(_: int) -> int:
        with requests.Session() as web:
            web.trust_env = False
            body = {"list": [{"user_id": "the-one", "role": "student"}]}
            answer = web.post(school.sandbox.signed("user/register"), json=body, timeout=60)
            return int(answer.json()["error_code"])

    with ThreadPoolExecutor(20) as pool:
        codes = list(pool.map(register, range(20)))
    assert sorted(codes) == [0] + [10214] * 19


def test_two_equal_creations_at_once_make_two_classes(school: SandboxSchool) -> None:
    body = {
        "teacher_id": school.person("teacher"), "class_topic": "量子", "class_type": "public",
        "admin_id": "admin", "admin_sig": "sig",
    }  # fmt: skip

    def create(_: int) -> int:
        with requests.Session() as web:
            web.trust_env = False
            answer = web.post(school.sandbox.signed("class/create"), json=body, timeout=60).json()
            assert answer["error_code"] == 0, answer
            return int(answer["class_id"])

    with ThreadPoolExecutor(2) as pool:
        made = set(pool.map(create, range(2)))
    assert len(made) == 2
    assert {school.info(class_id)["class_topic"] for class_id in made} == {"量子"}


@pytest.mark.faults
def test_a_refusal_stands_in_the_ledger_as_soon_as_it_is_answered(school: SandboxSchool) -> None:
    """Whatever else is written at that time, or is refused and rolled back."""
    school.people("the-first")
    ended = threading.Event()

    def register_again() -> None:
        with requests.Session() as web:
            web.trust_env = False
            body = {"list": [{"user_id": "the-first", "role": "student"}]}
            while not ended.is_set():
                web.post(school.sandbox.signed("user/register"), json=body, timeout=60)

    many = size(full=50, ci=20)
    seen, last = [], school.sandbox.ledger()[-1]["seq"]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            pool.submit(register_again)
        try:
            for class_id in range(1, many + 1):
                assert school.code("class/info", class_id=class_id) != 0
                for line in school.sandbox.ledger(after=last):
                    last = line["seq"]
                    if line["endpoint"] == "class/info":
                        seen.append(line["body"]["class_id"])
                assert seen[-1:] == [class_id]
        finally:
            ended.set()
    assert seen == list(range(1, many + 1))


def test_a_connection_is_kept_open(school: SandboxSchool) -> None:
    with requests.Session() as web:
        web.trust_env = False
        first = web.post(school.sandbox.signed("user/list"), json={}, stream=True, timeout=9)
        port = first.raw.connection.sock.getsockname()[1]
        assert first.json()["error_code"] == 0
        again = web.post(school.sandbox.signed("user/list"), json={}, stream=True, timeout=9)
        assert again.raw.connection.sock.getsockname()[1] == port
        assert again.json()["error_code"] == 0
