"""Every address of the URLconf, with what `expectations` says of it and the world's rows in its path."""

import re

from django.urls import URLPattern, URLResolver, get_resolver

from tests.security.admin_expectations import of_admin
from tests.security.expectations import PAGES
from tests.security.expected import Expected
from tests.security.rest_expectations import REST_PAGES
from tests.security.sample_school import SampleSchool

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
GROUP = re.compile(r"\(\?P<(?P<regex>\w+)>(?:[^()]|\([^()]*\))*\)|<(?:\w+:)?(?P<path>\w+)>")


class Address:
    """A pattern of the URLconf with its name and, for REST, the action of each method."""

    def __init__(self, route: str, name: str, pattern: URLPattern) -> None:
        self.route, self.name = route, name
        self.actions = getattr(pattern.callback, "actions", None)
        view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
        self.template: str = getattr(view, "template_name", None) or ""
        offered = {verb.upper() for verb in getattr(view, "http_method_names", METHODS)}
        self.answers = {verb for verb in METHODS if verb in offered and (self.actions or _has(view, verb))}

    def expected(self, method: str) -> Expected | None:
        expected = self._declared(method)
        if expected and method == "OPTIONS" and not self.route.startswith("/admin/"):
            return expected._replace(subject="")  # it tells what an address takes and looks at no row
        return expected

    def _declared(self, method: str) -> Expected | None:
        if self.route.startswith("/admin/"):
            return of_admin(self.name.removeprefix("admin:"), method)
        if self.actions is None:
            return PAGES.get(self.name)
        known = REST_PAGES.get(self.name or self.route.removeprefix("/api/v1/"))
        action = self.actions.get("get" if method == "HEAD" else method.lower())
        return known and known.get(action or next(iter(self.actions.values())))

    def knows(self, method: str) -> bool:
        if self.actions is None:
            return method in self.answers
        wanted = "get" if method == "HEAD" else method.lower()
        return method == "OPTIONS" or (method in self.answers and wanted in self.actions)

    def path(self, world: SampleSchool) -> str:
        """The address with the world's own row in it."""
        subject = (self.expected("GET") or Expected()).subject
        row = world.rows.get(subject)
        values = {
            "pk": f"user-{world.rows['person'].pk}" if subject == "drift" else getattr(row, "pk", 1),
            "object_id": getattr(row, "pk", 1),
            "key": f"user-{world.rows['person'].pk}",
            "user_id": "dina",
            "section": "general",
            "suffix": "csv",
            "name": "file.pdf",
            "file": world.rows["leave file"].pk,
            "app_label": "accounts",
            "content_type_id": 1,
            "token": "wrong",
            "upload": getattr(row, "token", ""),
            "path_token": "wrong",
            "slug": "unknown",
            "kind": "oidc",
            "leave": world.rows["leave of guardian"].pk,
            "session": world.rows["session of guardian"].pk,
            "rule": world.rows["identity rule"].pk,
            "url": "x",
            "what": "lessons",
            "code_set": "england",
            "provider": "wecom",
            "grade_set": "middle",
        }
        path = GROUP.sub(lambda found: str(values[found["regex"] or found["path"]]), self.route)
        return path.replace("^", "").replace("$", "").replace("\\", "")


def _has(view: type | None, method: str) -> bool:
    """Whether a view class has the method; of a function nobody can tell."""
    return view is None or hasattr(view, "get" if method == "HEAD" else method.lower())


def addresses() -> list[Address]:
    def walk(resolver: URLResolver, prefix: str, space: str) -> list[Address]:
        found: list[Address] = []
        for one in resolver.url_patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                found += walk(one, route, f"{space}{one.namespace}:" if one.namespace else space)
            else:
                found.append(Address(route, f"{space}{one.name}" if one.name else "", one))
        return found

    return walk(get_resolver("console.urls"), "/", "")


ADDRESSES = addresses()
AREAS = {
    "admin": [one for one in ADDRESSES if one.route.startswith("/admin/")],
    "rest": [one for one in ADDRESSES if one.route.startswith("/api/")],
    "pages": [one for one in ADDRESSES if not one.route.startswith(("/admin/", "/api/"))],
}
