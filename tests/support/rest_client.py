"""REST as a program uses it: a token in the header, JSON both ways."""

from typing import Any

from rest_framework.test import APIClient

from accounts.models import User
from console.policy.tokens import issue_token


def rest_client(user: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(user)}")
    return client


def all_rows(client: APIClient, path: str) -> list[Any]:
    """The rows of all pages of a list."""
    rows, address = [], f"/api/v1/{path}"
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.data
        rows += answer.json()["results"]
        address = answer.json()["next"]
    return rows
