"""Whether the libraries of SAML 2.0 are installed, which is the operator's choice (requirements-saml.txt)."""

from importlib import import_module
from importlib.util import find_spec

from django.utils.translation import gettext as _

#: Modules of python3-saml, lxml and xmlsec. The last two have to be built with the same libxml2.
MODULES = ("onelogin", "lxml", "xmlsec")


def is_installed() -> bool:
    """Return whether the libraries are there, without importing them."""
    return all(find_spec(name) is not None for name in MODULES)


def missing_reason() -> str:
    """Return what the operator has to do before SAML 2.0 can be used, or an empty string."""
    if is_installed():
        return ""
    return _(
        "Not installed: the operator of the console installs it with “make saml”, then restarts the console."
    )


def unavailable_reason() -> str:
    """Import the libraries (23 MB); return why SAML 2.0 does not work here, or an empty string."""
    if reason := missing_reason():
        return reason
    try:
        for name in MODULES:
            import_module(name)
    except Exception as error:  # xmlsec raises an error of its own beside an lxml of another libxml2
        return _(
            "The packages of SAML 2.0 do not fit together (%(error)s). The operator of the console "
            "installs them anew with “make saml”."
        ) % {"error": error}
    return ""
