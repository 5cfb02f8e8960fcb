"""Check of an app at WeCom, DingTalk or Feishu: fetch the token of the app with its ID and secret."""

from typing import Any

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.http import HttpRequest
from django.utils.translation import gettext as _
from requests import HTTPError, RequestException

from accounts.models import IdentityProvider
from accounts.school.identity.check import CheckResult, failure_message
from accounts.school.identity.flows import adapter_for
from console.vault.keyring import VaultError


def check_app(provider: IdentityProvider) -> CheckResult:
    """Fetch the token of the app and say what is wrong. Whether members may sign in shows at a sign-in."""
    adapter: Any = adapter_for(HttpRequest(), provider)
    try:
        adapter.app_token()
    except VaultError:
        return CheckResult(False, _("A stored secret cannot be opened. Enter it again."))
    except (OAuth2Error, HTTPError):
        return CheckResult(False, _("The service does not accept the client ID with this secret."))
    except RequestException as error:
        return CheckResult(False, failure_message(error))
    except (ValueError, KeyError, TypeError, RecursionError):
        return CheckResult(False, _("The service gives an answer that the console does not understand."))
    return CheckResult(True, _("The service accepts the client ID and the secret."))
