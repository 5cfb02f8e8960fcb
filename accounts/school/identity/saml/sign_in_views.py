"""Views of a sign-in with SAML 2.0, and of a sign-out by the provider.

They run as the owner of the database: nobody is signed in yet, or somebody of another school.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import IdentityProvider
from accounts.school.identity.adapter import SingleSignOnAdapter, record_refusal
from accounts.school.identity.kinds import Kind
from accounts.school.identity.saml import exchange, installation, logout, responses
from accounts.school.identity.saml.configuration import new_request, own_metadata
from accounts.school.identity.saml.documents import DocumentRefused
from accounts.school.identity.saml.messages import REASONS
from accounts.school.identity.saml.provider import sign_in_with_claims
from accounts.school.identity.saml.responses import ResponseRefused
from accounts.sign_in import attempt_limits
from console.audit.trail import record
from console.http.client_address import client_address
from console.policy.database_scope import as_owner

#: Of the session: the requests of this browser, each with the page to show afterwards.
SESSION_KEY, MAX_REQUESTS = "saml_requests", 5


def start(request: HttpRequest, provider: IdentityProvider) -> HttpResponse:
    """Redirect to the provider with an AuthnRequest; a local `?next=` is kept in the session."""
    if reason := installation.unavailable_reason():
        return SingleSignOnAdapter(request).redirect_after_error(request, provider, reason)
    request_id, url = new_request(provider)
    exchange.begin(provider=provider, request_id=request_id)
    next_url = request.GET.get("next", "")
    local = url_has_allowed_host_and_scheme(next_url, {request.get_host()}, request.is_secure())
    pending = _pending(request) | {request_id: next_url if local else ""}
    request.session[SESSION_KEY] = dict(list(pending.items())[-MAX_REQUESTS:])
    return redirect(url)


@csrf_exempt
@never_cache
@require_POST
def consumer(request: HttpRequest, slug: str) -> HttpResponse:
    """Check the response of a provider and lead the browser on to a page that knows its session.

    Nothing is read from or written to a session here: the form comes from another site.
    """
    with as_owner():
        provider = find_provider(slug)
        limit = attempt_limits.assertion_limit(provider.pk, client_address(request))
        if attempt_limits.take_attempt(limit) is not None:
            query = {"refused": "limited"}
        else:
            query = _take_response(request, provider, limit)
    answer = redirect(f"{reverse('accounts:provider_saml_finish', args=[slug])}?{urlencode(query)}")
    answer.status_code = 303  # the form is not sent on
    return answer


def _take_response(
    request: HttpRequest, provider: IdentityProvider, limit: attempt_limits.AttemptLimit
) -> dict[str, str]:
    """Return what the next page is told: the token of a good answer, or why it is refused."""
    try:
        if installation.unavailable_reason():
            raise ResponseRefused("not installed")
        assertion = responses.read_response(provider, request.POST.get("SAMLResponse", ""))
        token = exchange.take_answer(provider, assertion)
    except (ResponseRefused, ValueError) as error:
        record_refusal(request, provider, f"SAML: {error}")
        if until := attempt_limits.record_failure(limit):
            facts = {"by": "sso", "provider": str(provider), "address": client_address(request)}
            lock = {**facts, "locked": limit.of.value, "until": until}
            record("person.locked", by=None, enterprise=provider.enterprise, after=lock)
        return {"refused": error.reason if isinstance(error, ResponseRefused) else "failed"}
    attempt_limits.return_attempt(limit)
    return {"answer": token}


@never_cache
@require_GET
def finish(request: HttpRequest, slug: str) -> HttpResponse:
    """Sign in the person of the answer, in the browser that asked; or say why nobody is signed in."""
    with as_owner():
        provider = find_provider(slug)
        adapter = SingleSignOnAdapter(request)
        if "answer" not in request.GET:
            reason = request.GET.get("refused", "")
            text = REASONS.get(reason, REASONS["failed"])
            return adapter.redirect_after_error(request, provider, str(text), recorded=True)
        try:
            pending = _pending(request)
            request_id, claims = exchange.finish(
                provider=provider, token=request.GET["answer"], request_ids=list(pending)
            )
        except ResponseRefused as error:
            return adapter.redirect_after_error(request, provider, str(REASONS[error.reason]))
        next_url = pending.pop(request_id)
        request.session[SESSION_KEY] = pending
        return sign_in_with_claims(request, provider, claims, next_url)


@never_cache
@require_GET
def metadata(request: HttpRequest, slug: str) -> HttpResponse:
    """Return our metadata document, also before the provider is enabled."""
    with as_owner():
        provider = IdentityProvider.objects.filter(slug=slug, kind=Kind.SAML).first()
        if provider is None:
            raise Http404(_("The console does not have this single sign-on."))
        response = HttpResponse(own_metadata(provider), content_type="application/samlmetadata+xml")
    response["Content-Disposition"] = 'attachment; filename="iclass-console-saml.xml"'
    return response


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest, slug: str) -> HttpResponse:
    """End the sessions that a signed LogoutRequest names, and answer as the provider's metadata say."""
    limit = attempt_limits.provider_limit(client_address(request))
    if attempt_limits.take_attempt(limit) is not None:
        return _plain(_("Too many requests. Try again later."), 429)
    with as_owner():
        provider = find_provider(slug)
        try:
            done = logout.sign_out(provider, request)
        except (DocumentRefused, ResponseRefused, ValueError):
            attempt_limits.record_failure(limit)
            return _plain(_("This is not a valid request to sign out."), 400)
    attempt_limits.return_attempt(limit)
    relay_state = (request.POST or request.GET).get("RelayState", "")
    url = logout.answer_url(provider, done, relay_state)
    return redirect(url) if url else _plain(_("You have been signed out."), 200)


def find_provider(slug: str) -> IdentityProvider:
    """Return an enabled provider of this kind, else Http404."""
    rows = IdentityProvider.objects.select_related("enterprise")
    provider = rows.filter(slug=slug, is_enabled=True, kind=Kind.SAML).first()
    if provider is None:
        raise Http404(_("The console does not have this single sign-on."))
    return provider


def _pending(request: HttpRequest) -> dict[str, Any]:
    found = request.session.get(SESSION_KEY)
    return dict(found) if isinstance(found, dict) else {}


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
