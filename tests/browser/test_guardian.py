"""A mother on a telephone, in Chinese: invitation, password, an absence and its reason, leave, the answer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect as expects

from accounts.models import Enterprise, StudentGroup, User
from accounts.sign_in.guardians.invitations import Delivery, invite
from classes.models import Leave, Lesson
from tests.browser.page_checks import check_page
from tests.browser.timetable_pages import SIZES
from tests.classes.factories import (
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_students,
    record_full_presence,
)
from tests.support.charges import replace_in_charge
from tests.support.guardians import PASSWORD, create_guardian

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lesson(school: Enterprise, bob: User) -> Lesson:
    """Tomorrow; Kid1 missed the one before. Bob is in charge of Year 7."""
    kids = create_students(school, 3, "Year 7")
    missed = create_finished_lesson(bob, topic="Flamingos")
    add_members(missed, *kids)
    record_full_presence(missed, kids[1:])
    lesson = create_planned_lesson(bob, timedelta(days=1), topic="Croquet")
    add_members(lesson, *kids)
    replace_in_charge(StudentGroup.objects.filter(name="Year 7"), bob)
    return lesson


@pytest.fixture
def telephone(live_server: Any, browser: Any, settings: Any) -> Any:
    """A telephone in which nobody is signed in."""
    settings.PUBLIC_URL = live_server.url
    width, height = SIZES["telephone"]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    yield page
    context.close()


def test_a_mother_accepts_reads_asks_and_sees_the_answer(
    telephone: Any, window: Callable[..., Any], lesson: Lesson, alice: User, bob: User
) -> None:
    kid = User.objects.get(user_id="kid1")
    mother = create_guardian(kid, language="zh-hans")
    token = invite(guardian=mother, by=alice, delivery=Delivery.CARD).token
    base = window(alice).base
    telephone.goto(f"{base}/guardian/invitation/{token}/")
    expects(telephone.locator("[name=name]")).to_have_value("ada@wonderland.example")
    check_page(telephone, "guardian-invitation")
    telephone.locator("[name=password1]").fill(PASSWORD)
    telephone.locator("[name=password2]").fill(PASSWORD)
    telephone.get_by_role("button", name="保存并登录").click()
    expects(telephone.get_by_text("Kid1").first).to_be_visible()
    check_page(telephone, "guardian-week")

    bar = telephone.get_by_role("navigation", name="快捷入口")
    bar.get_by_role("link", name="考勤").click()
    expects(telephone.get_by_text("Flamingos")).to_be_visible()
    expects(telephone.locator("td .tag", has_text="缺勤")).to_be_visible()
    check_page(telephone, "guardian-marks")

    bar.get_by_role("link", name="请假").click()
    telephone.get_by_role("link", name="申请请假").first.click()
    telephone.locator("[name=lessons]").check()
    telephone.get_by_text("病假").click()
    telephone.locator("[name=reason]").fill("发烧，要去医院")
    check_page(telephone, "guardian-leave-form")
    telephone.get_by_role("button", name="提交申请").click()
    expects(telephone.locator("td .tag", has_text="待审批")).to_be_visible()
    leave = Leave.objects.get()
    assert (leave.guardian, leave.begins_at) == (mother, lesson.starts_at)

    teacher = window(bob, "telephone", "zh-CN")
    teacher.goto(f"{teacher.base}/leave/{leave.pk}/")
    expects(teacher.get_by_text("母亲")).to_be_visible()
    check_page(teacher, "guardian-leave-answer")
    teacher.locator("[name=text]").fill("好好休息")
    teacher.get_by_role("button", name="批准").click()

    telephone.reload()
    expects(telephone.locator("td .tag", has_text="已批准")).to_be_visible()
    expects(telephone.get_by_text("好好休息")).to_be_visible()
    check_page(telephone, "guardian-leaves")
    telephone.goto(f"{base}/guardian/account/")
    check_page(telephone, "guardian-account")
    telephone.get_by_role("button", name="退出登录").last.click()
    check_page(telephone, "guardian-sign-in")
