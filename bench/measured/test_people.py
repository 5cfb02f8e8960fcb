"""The list of people of a large school: every way of finding somebody is fast, as the role of the web.

`python -m bench.people` runs this with 100,000 people; PEOPLE=N chooses the number.
"""

import os
import statistics
import time

from django.db import connection

from accounts.models import Enterprise, StudentGroup, User
from tests.support.anchor import bar_now
from tests.support.page_client import client_for

PEOPLE = int(os.environ.get("PEOPLE", "3000"))
#: Milliseconds for a page, measured in this process; generous to a busy machine that only checks the road.
BAR_MS = 500 if PEOPLE >= 100_000 else 2000
FILL = """
INSERT INTO accounts_user (enterprise_id, login, user_id, role, nickname, gender, avatar, phone_no, e_mail,
    password, is_active, is_superuser, language, created_at, remote_id, observed, sync_state, sync_reason,
    made_outside, seal_id, card_number)
SELECT %(school)s, 's' || n || '@' || %(number)s, 's' || n, 'student',
    (ARRAY['王','李','张','刘','陈','杨','赵','黄'])[1 + n %% 8] || (ARRAY['小明','建国','丽华','伟','芳','静'])[1 + n %% 6] || n,
    '', '', '138' || lpad(((n::bigint * 7919) %% 100000000)::text, 8, '0'), 's' || n || '@example.com',
    '!', true, false, '', now(), 's' || n, '{}', 'in_sync', '', false, gen_random_uuid(), 1
FROM generate_series(1, %(many)s) n
"""  # noqa: E501


def fill(school: Enterprise, many: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"school": school.pk, "number": school.sdkappid, "many": many})
        cursor.execute("ANALYZE accounts_user")


def test_every_way_of_finding_somebody_is_fast(
    alice: User, school: Enterprise, other_school: Enterprise
) -> None:
    fill(school, PEOPLE)
    fill(other_school, PEOPLE // 10)
    group = StudentGroup.objects.create(enterprise=school, name="Croquet")
    some = User.objects.filter(enterprise=school, role="student").order_by("id")[:30]
    group.students.set(some)
    wanted = User.objects.get(enterprise=school, user_id=f"s{PEOPLE // 2}")
    client = client_for(alice)
    first = client.get("/people/").context["keyset"]
    ways = {
        "first page": ({}, 50),
        "next page": ({"after": first.next}, 50),
        "name": ({"q": wanted.nickname}, 1),
        "user id": ({"q": wanted.user_id}, None),
        "end of phone": ({"q": wanted.phone_no[-6:]}, None),
        "one letter": ({"q": "小"}, 50),
        "group by its name": ({"q": "croquet"}, 30),
        "group": ({"group": str(group.pk)}, 30),
        "nothing": ({"q": "nobody-of-this-name"}, 0),
        "state": ({"sync": "refused"}, 0),
    }
    slow = {}
    for name, (asked, rows) in ways.items():
        taken = []
        for _ in range(3):
            began = time.perf_counter()
            answer = client.get("/people/", asked)
            taken.append((time.perf_counter() - began) * 1000)
        found = answer.context["keyset"].rows
        assert rows is None or len(found) == rows, name
        assert rows is not None or wanted in found, name
        middle = statistics.median(taken)
        print(f"people {PEOPLE}, {name}: {middle:.0f} ms (bar {BAR_MS})")
        if middle > bar_now(BAR_MS):
            slow[name] = middle
    assert slow == {}
