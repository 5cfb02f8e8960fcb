"""The 27 endpoints of the document by path."""

from . import business, classes, documents, members, users

ENDPOINTS = {
    endpoint.path: endpoint
    for module in (classes, users, documents, business, members)
    for endpoint in module.ENDPOINTS
}
