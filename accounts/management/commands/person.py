"""`manage.py person add`: add a person who may sign in.

`manage.py person confirm-erasure` confirms a request to erase somebody where the school has no second
administrator. It erases nobody whose erasure was not requested in the console.
"""

import json
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Enterprise, ErasureRequest, Role
from accounts.people.erasure_requests import answer_erasure, second_administrators
from accounts.people.services import register_person


class Command(BaseCommand):
    help = "Add a person to a school, or confirm the erasure of one. Prints one JSON line."

    def add_arguments(self, parser: Any) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        add, confirm = acts.add_parser("add"), acts.add_parser("confirm-erasure")
        for one in (add, confirm):
            one.add_argument("--sdkappid", type=int, required=True)
            one.add_argument("--user-id", required=True)
        confirm.add_argument("--reason", required=True, help="recorded in the audit trail of the school")
        add.add_argument(
            "--role", choices=[role for role in Role.values if role != Role.VISITOR], required=True
        )
        add.add_argument("--nickname", default="")
        add.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        school = Enterprise.objects.filter(sdkappid=options["sdkappid"]).first()
        if school is None:
            raise CommandError(
                f"No school has the SDKAppID {options['sdkappid']}. Add it with: manage.py enterprise add"
            )
        act = self._add if options["act"] == "add" else self._confirm_erasure
        self.stdout.write(json.dumps(act(school, options)))

    def _confirm_erasure(self, school: Enterprise, options: dict[str, Any]) -> dict[str, str]:
        waiting = ErasureRequest.waiting().filter(enterprise=school, person__user_id=options["user_id"])
        request = waiting.select_related("person", "requested_by").first()
        if request is None:
            raise CommandError(
                "No request to erase this person waits. An administrator makes it in the console."
            )
        if second_administrators(request.person, request.requested_by).exists():
            raise CommandError("The school has a second administrator, who confirms or declines the request.")
        try:
            answer_erasure(request=request, confirmed=True, text=options["reason"], by=None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        return {"erased": request.person.user_id}

    def _add(self, school: Enterprise, options: dict[str, Any]) -> dict[str, str]:
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else ""
        if options["password_stdin"] and not password:
            raise CommandError("No password on standard input. Send it as one line.")
        try:
            if password:
                validate_password(password)
            person = register_person(
                enterprise=school,
                by=None,
                password=password,
                user_id=options["user_id"],
                role=options["role"],
                nickname=options["nickname"] or options["user_id"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        return {"login": person.login}
