"""Sign-in with the workplace apps of an organisation: DingTalk, Feishu and WeCom.

DingTalk and Feishu use the clients of allauth, WeCom has one of ours (its OAuth2 knows no token of the user).
Each reads who the account is as a member of the organisation, with the credentials of the school's own app,
and gives it in the claims of OpenID Connect. The addresses are those of the public services, or of the
school's own deployment (`issuer`).
"""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.feishu.client import FeishuOAuth2Client
from allauth.socialaccount.providers.feishu.views import FeishuOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import IdentityProvider
from accounts.school.identity.openid import ConsoleAddresses

#: Of the browser inside WeCom, which needs no code to scan.
WECOM_BROWSER = "wxwork"


class WorkplaceAdapter(OAuth2Adapter):
    """Base of the adapters: our callback, and addresses at the service or at the school's deployment."""

    state: dict[str, Any]

    def __init__(self, request: HttpRequest, provider: IdentityProvider) -> None:
        super().__init__(request)
        self.row, self.provider_id = provider, provider.slug

    def address(self, host: str, path: str) -> str:
        """Return an address of the public service, or of the school's own deployment."""
        return f"{self.row.issuer.rstrip('/') or f'https://{host}'}{path}"

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return request.build_absolute_uri(reverse("accounts:provider_callback", args=[self.row.slug]))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        claims = self.claims(kwargs["response"])
        return self.get_provider().sociallogin_from_response(request, claims)

    def claims(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Return who the account is, from the answer of the token endpoint."""
        raise NotImplementedError

    def app_token(self) -> str:
        """Return the token of the school's app, which shows that ID and secret are right."""
        raise NotImplementedError

    def ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        """Return the JSON object of an answer. OAuth2Error if the service refuses."""
        with get_adapter().get_requests_session() as session:
            answer = session.request(method, url, **more)
        answer.raise_for_status()
        found = answer.json()
        code = found.get("errcode", found.get("code", 0)) if isinstance(found, dict) else "?"
        if code != 0:
            raise OAuth2Error(f"The service answers with the error {code}.")
        return dict(found)


class DingTalkAdapter(WorkplaceAdapter, DingTalkOAuth2Adapter):
    """DingTalk. The member is looked up by the union ID; an account of another organisation has none here."""

    def __init__(self, request: HttpRequest, provider: IdentityProvider) -> None:
        super().__init__(request, provider)
        self.authorize_url = self.address("login.dingtalk.com", "/oauth2/auth")
        self.access_token_url = self.address("api.dingtalk.com", "/v1.0/oauth2/userAccessToken")

    def app_token(self) -> str:
        keys = {"appKey": self.row.client_id, "appSecret": self.row.client_secret.reveal()}
        url = self.address("api.dingtalk.com", "/v1.0/oauth2/accessToken")
        return str(self.ask("POST", url, json=keys)["accessToken"])

    def claims(self, answer: dict[str, Any]) -> dict[str, Any]:
        if answer.get("corpId") != self.row.tenant:
            raise OAuth2Error("The account chose another organisation.")
        headers = {"x-acs-dingtalk-access-token": answer["access_token"]}
        me = self.ask("GET", self.address("api.dingtalk.com", "/v1.0/contact/users/me"), headers=headers)
        token = {"access_token": self.app_token()}
        found = self._member("/topapi/user/getbyunionid", token, {"unionid": me["unionId"]})
        if found.get("contact_type") != 0:
            raise OAuth2Error("The account is an external contact.")
        member = self._member("/topapi/v2/user/get", token, {"userid": found["userid"]})
        if member.get("unionid") != me["unionId"]:
            raise OAuth2Error("The member is somebody else.")
        return _claims(
            subject=me["unionId"],
            user_id=member["userid"],
            number=member.get("job_number"),
            name=member.get("name"),
            address=member.get("org_email"),
            departments=member.get("dept_id_list"),
        )

    def _member(self, path: str, token: dict[str, str], what: dict[str, str]) -> dict[str, Any]:
        url = self.address("oapi.dingtalk.com", path)
        return dict(self.ask("POST", url, params=token, json=what)["result"])


class FeishuClient(FeishuOAuth2Client):
    """The client of allauth, at the address of the deployment."""

    def __init__(self, *args: Any, app_token_url: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.app_access_token_url = app_token_url


class FeishuAdapter(WorkplaceAdapter, FeishuOAuth2Adapter):
    """Feishu, or Lark at open.larksuite.com. An account of another organisation has another tenant key."""

    HOST = "open.feishu.cn"
    APP_TOKEN = "/open-apis/auth/v3/app_access_token/internal"
    authorize_url = ""

    def __init__(self, request: HttpRequest, provider: IdentityProvider) -> None:
        super().__init__(request, provider)
        self.authorize_url = self.address(self.HOST, "/open-apis/authen/v1/index")
        self.access_token_url = self.address(self.HOST, "/open-apis/authen/v1/access_token")

    def get_client(self, request: HttpRequest, app: Any) -> FeishuClient:
        return FeishuClient(
            request,
            app.client_id,
            app.secret,
            self.access_token_method,
            self.access_token_url,
            self.get_callback_url(request, app),
            app_token_url=self.address(self.HOST, self.APP_TOKEN),
        )

    def app_token(self) -> str:
        keys = {"app_id": self.row.client_id, "app_secret": self.row.client_secret.reveal()}
        return str(self.ask("POST", self.address(self.HOST, self.APP_TOKEN), json=keys)["app_access_token"])

    def claims(self, answer: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {answer['access_token']}"}
        found = self.ask("GET", self.address(self.HOST, "/open-apis/authen/v1/user_info"), headers=headers)
        member = found["data"]
        if member.get("tenant_key") != self.row.tenant:
            raise OAuth2Error("The account belongs to another organisation.")
        return _claims(
            subject=member["union_id"],
            user_id=member.get("user_id"),
            number=member.get("employee_no"),
            name=member.get("name"),
            address=member.get("enterprise_email"),
        )


class WeComClient(OAuth2Client):
    """The code is exchanged for a member with the token of the app; there is no token of the user."""

    adapter: "WeComAdapter"

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: dict[str, Any]) -> str:
        """Return the page with a code to scan, or inside WeCom the one that asks nothing."""
        row, fixed = self.adapter.row, {"redirect_uri": self.callback_url, "state": self.state}
        if WECOM_BROWSER in self.request.headers.get("User-Agent", "").lower():
            query = {"appid": row.client_id, **fixed, "response_type": "code", "scope": "snsapi_base"}
            url = self.adapter.address("open.weixin.qq.com", "/connect/oauth2/authorize")
            return f"{url}?{urlencode(query | {'agentid': row.tenant})}#wechat_redirect"
        query = {"login_type": "CorpApp", "appid": row.client_id, "agentid": row.tenant, **fixed}
        return f"{authorization_url}?{urlencode(query)}"

    def get_access_token(self, code: str, pkce_code_verifier: Any = None, extra_data: Any = None) -> Any:
        token = self.adapter.app_token()
        query = {"access_token": token, "code": code}
        found = self.adapter.ask("GET", self.access_token_url, params=query)
        if not isinstance(found.get("userid"), str):
            raise OAuth2Error("The account is no member of the organisation.")
        return {"access_token": token, "userid": found["userid"]}


class WeComAdapter(WorkplaceAdapter):
    """WeCom (企业微信): the app of one organisation, so that only its members have a user ID."""

    API = "qyapi.weixin.qq.com"

    def __init__(self, request: HttpRequest, provider: IdentityProvider) -> None:
        super().__init__(request, provider)
        self.authorize_url = self.address("login.work.weixin.qq.com", "/wwlogin/sso/login")
        self.access_token_url = self.address(self.API, "/cgi-bin/auth/getuserinfo")

    def get_client(self, request: HttpRequest, app: Any) -> WeComClient:
        callback = self.get_callback_url(request, app)
        client = WeComClient(request, app.client_id, app.secret, "GET", self.access_token_url, callback)
        client.adapter = self
        return client

    def app_token(self) -> str:
        keys = {"corpid": self.row.client_id, "corpsecret": self.row.client_secret.reveal()}
        return str(self.ask("GET", self.address(self.API, "/cgi-bin/gettoken"), params=keys)["access_token"])

    def claims(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Return the user ID, and what the app may see of the member: newer ones see no name and mail."""
        query = {"access_token": answer["access_token"], "userid": answer["userid"]}
        member = self.ask("GET", self.address(self.API, "/cgi-bin/user/get"), params=query)
        if member.get("userid") != answer["userid"]:
            raise OAuth2Error("The member is somebody else.")
        return _claims(
            subject=answer["userid"],
            user_id=answer["userid"],
            name=member.get("name"),
            address=member.get("biz_mail"),
            departments=member.get("department"),
        )


class WorkplaceProvider(ConsoleAddresses):
    """A provider of allauth whose claims are those of OpenID Connect."""

    def extract_uid(self, data: Any) -> str:
        return str(data["sub"])


class DingTalkProvider(WorkplaceProvider):
    id = "dingtalk"
    oauth2_adapter_class = DingTalkAdapter

    def get_default_scope(self) -> list[str]:
        return ["openid", "corpid"]

    def get_auth_params(self) -> dict[str, str]:
        """Ask for consent, without which DingTalk does not say which organisation was chosen."""
        return {"prompt": "consent", "corpId": self.app.row.tenant}


class FeishuProvider(WorkplaceProvider):
    id = "feishu"
    oauth2_adapter_class = FeishuAdapter


class WeComProvider(WorkplaceProvider):
    id = "wecom"
    oauth2_adapter_class = WeComAdapter


def _claims(
    *, subject: Any, user_id: Any, name: Any, address: Any, number: Any = None, departments: Any = None
) -> dict[str, Any]:
    """Return claims. `address` is the mailbox that the organisation assigns, so it counts as verified."""
    if not isinstance(subject, str) or not subject:
        raise OAuth2Error("The account has no ID.")
    return {
        "sub": subject,
        "preferred_username": user_id,
        "employee_number": number,
        "name": name,
        "email": address,
        "email_verified": bool(address),
        "department": departments,
    }
