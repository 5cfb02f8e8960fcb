"""Admission of requests: whose body is read, up to which size, and in which thread pool they run."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from io import BytesIO
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, close_old_connections
from django.urls import Resolver404, resolve
from rest_framework.exceptions import AuthenticationFailed

from console.policy import database_scope
from console.policy.tokens import TokenAuthentication

# Pools are separate so that no kind of request can block another. Each thread keeps one database connection.
#: All pages and REST requests but those below.
PAGE_THREADS = ThreadPoolExecutor(8, "pages")
#: Callbacks and /healthz: slow pages, however many, do not block these.
CALLBACK_THREADS = ThreadPoolExecutor(4, "callbacks")
#: Sign-in.
SIGN_IN_THREADS = ThreadPoolExecutor(2, "sign-in")
#: Pages that call other hosts, for WEB_CALLS_S at most: nothing else waits for them.
CALLING_THREADS = ThreadPoolExecutor(8, "calling")
#: Forms with files, which are parsed in the thread: each may take two minutes and 1.2 GB.
UPLOAD_THREADS = ThreadPoolExecutor(4, "uploads")
#: Requests at a time in these two: of one school, and of all.
CALLING_SLOTS, UPLOAD_SLOTS = (3, 8), (2, 4)
#: Seconds for which a request waits for one of these, and the status of its refusal.
TURN_S, NO_TURN = 30, 503
#: Lookups of the school of a sender, for the share.
SCHOOL_THREADS = ThreadPoolExecutor(1, "schools")
#: Credential checks for large or slow bodies, and responses to bodies left unread: a flood of these waits in
#: its own queue and blocks nobody else.
UNREAD_BODY_THREADS = ThreadPoolExecutor(1, "unread")

SESSIONS = import_module(settings.SESSION_ENGINE)
#: A form without files, and the limit for addresses that need no session.
SMALL_BODY_BYTES = 1 << 16
#: Forms with pictures, imports, lists of a whole school.
FORM_BODY_BYTES = 64_000_000
#: Above the limit of a callback, so that its view refuses and counts larger ones.
CALLBACK_BODY_BYTES = (1 << 20) + SMALL_BODY_BYTES
#: A small body that arrives within this many seconds is read without a check of the credential.
PROMPT_BODY_S = 1.0
CALLBACK_ADDRESS, SIGN_IN_ADDRESSES = "/callbacks/", ("/sign-in/", "/s/", "/guardian/sign-in/")
#: The addresses of one provider, at which the console asks it: all but the form that finds a provider.
PROVIDER_PATH = re.compile(r"/sign-in/with/([^/]+)/")
#: Other addresses at which the console calls another host.
CALLING_PATHS = re.compile(
    r"/schools?/(new|test)/|/school/providers/(new/[^/]+|[0-9]+/(edit|test))/|/mail-server/test/"
    r"|(/api/v1)?/channels/(apps|bots)/[^/]+/test/|/people/roster-service/test/"
)
#: Uploads of courseware, whole or in chunks. deploy/nginx names the same paths.
UPLOAD_PATH = re.compile(
    r"/courseware/(new|[0-9]+/anew|uploads/[0-9a-f-]+)/|/api/v1/documents/(uploads/[0-9a-f-]+/)?"
)
#: Views to which anonymous users may post.
ANONYMOUS_POST_VIEWS = {
    *("accounts:sign_in", "accounts:sign_in_code", "accounts:school_sign_in", "accounts:forgotten_password"),
    *("accounts:passkey_sign_in", "accounts:passkey_sign_in_options", "accounts:passkey_factor_options"),
    *("accounts:provider_choose", "accounts:provider_sign_out"),
    *("accounts:provider_saml_consumer", "accounts:provider_saml_sign_out"),
    *("accounts:set_password", "accounts:set_passkey", "accounts:set_passkey_options"),
    *("accounts:guardian_sign_in", "accounts:guardian_forgotten", "accounts:guardian_accept"),
    "accounts:guardian_join",
    "admin:login",
    "set_language",
    "notices:mails",
    "notices:mails_off",
    "accounts:guardian_mails_off",
}


#: Checks of sessions that are valid without a user.
_session_checks: list[Callable[[Any], bool]] = []


def register_session_check(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Register a check of sessions of people who are no users. It queries as the owner."""
    _session_checks.append(check)
    return check


class RequestLimits(NamedTuple):
    """The thread pool of a request, whether anybody may send it a body, and the maximum bytes of the body.

    `slots`: requests that run at a time in this pool, of one school and of all; () where all may wait.
    """

    threads: ThreadPoolExecutor
    is_open: bool
    most: int
    slots: tuple[int, ...] = ()


def limits_for(environ: dict[str, Any]) -> RequestLimits:
    """Return the limits by path only. With a body, `has_valid_credential` and others decide the rest."""
    path = environ["PATH_INFO"]
    if path.startswith(CALLBACK_ADDRESS):
        return RequestLimits(CALLBACK_THREADS, True, CALLBACK_BODY_BYTES)
    if path == "/healthz":
        return RequestLimits(CALLBACK_THREADS, False, 0)
    if PROVIDER_PATH.match(path):
        return RequestLimits(CALLING_THREADS, False, SMALL_BODY_BYTES, CALLING_SLOTS)
    if path.startswith(SIGN_IN_ADDRESSES):
        return RequestLimits(SIGN_IN_THREADS, False, SMALL_BODY_BYTES)
    if CALLING_PATHS.fullmatch(path):
        return RequestLimits(CALLING_THREADS, False, FORM_BODY_BYTES, CALLING_SLOTS)
    most = FORM_BODY_BYTES + (settings.COURSEWARE_MAX_BYTES if is_upload(environ) else 0)
    if _brings_file(environ):
        return RequestLimits(UPLOAD_THREADS, False, most, UPLOAD_SLOTS)
    return RequestLimits(PAGE_THREADS, False, most)


def _brings_file(environ: dict[str, Any]) -> bool:
    is_form = environ.get("CONTENT_TYPE", "").lower().startswith("multipart/")
    return is_form or (is_upload(environ) and environ.get("REQUEST_METHOD") not in ("GET", "HEAD"))


def school_of_sender(environ: dict[str, Any]) -> str:
    """Return the school whose share of a pool a request takes; who has no school has a share alone.

    Queries the database; empty if it is unavailable.
    """
    close_old_connections()
    provider = PROVIDER_PATH.match(environ["PATH_INFO"])
    try:
        with database_scope.as_owner():
            if provider:
                rows = apps.get_model("accounts", "IdentityProvider").objects.filter(slug=provider[1])
                return str(rows.values_list("enterprise_id", flat=True).first() or "")
            person: Any = _person_of(environ)
            return str(person.enterprise_id or f"person {person.pk}") if person else get_credential(environ)
    except DatabaseError:
        return ""


def is_upload(environ: dict[str, Any]) -> bool:
    """Return whether this is an upload of courseware; its view checks the length before it reads."""
    return UPLOAD_PATH.fullmatch(environ["PATH_INFO"]) is not None


def accepts_anonymous_body(environ: dict[str, Any]) -> bool:
    """Return whether anonymous users may send a small form to this address."""
    try:
        return resolve(environ["PATH_INFO"]).view_name in ANONYMOUS_POST_VIEWS
    except Resolver404:
        return False


def get_credential(environ: dict[str, Any]) -> str:
    """Return the credential of the sender, valid or not; empty if there is none."""
    session: str = _request(environ).COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return str(environ.get("HTTP_AUTHORIZATION", "")) or session


def has_valid_credential(environ: dict[str, Any]) -> bool:
    """Return whether the credential is valid. Queries the database; False if it is unavailable."""
    close_old_connections()
    try:
        # Authentication by token opens the scope of its person; this closes it.
        with database_scope.as_owner():
            if _person_of(environ):
                return True
            session = _request(environ).session
            return any(check(session) for check in _session_checks)
    except DatabaseError:
        return False


def _request(environ: dict[str, Any]) -> Any:
    request: Any = WSGIRequest({**environ, "wsgi.input": BytesIO()})
    request.session = SESSIONS.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    return request


def _person_of(environ: dict[str, Any]) -> Any:
    """Return who is signed in or owns the token; None for others."""
    request = _request(environ)
    if (person := get_user(request)).is_authenticated:
        return person
    try:
        found = TokenAuthentication().authenticate(request)
    except AuthenticationFailed:
        return None
    return found[0] if found else None
