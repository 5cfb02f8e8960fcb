"""The calls of the class client by path."""

from . import account, lesson, presence

ENDPOINTS = {
    endpoint.path: endpoint for module in (account, lesson, presence) for endpoint in module.ENDPOINTS
}
