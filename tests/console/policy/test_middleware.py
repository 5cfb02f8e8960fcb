from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import Enterprise, User
from console.policy.middleware import SchoolTimeZoneMiddleware


def tell_zone(request: HttpRequest) -> HttpResponse:
    return HttpResponse(timezone.get_current_timezone_name())


def test_a_page_tells_time_as_the_school_of_its_reader(alice: User, school: Enterprise) -> None:
    school.zone = "Asia/Tokyo"
    request = RequestFactory().get("/")
    request.user = alice
    assert SchoolTimeZoneMiddleware(tell_zone)(request).content == b"Asia/Tokyo"
    assert timezone.get_current_timezone_name() == "Asia/Shanghai"


def test_a_stranger_gets_the_zone_of_the_console(settings) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert SchoolTimeZoneMiddleware(tell_zone)(request).content == settings.TIME_ZONE.encode()
