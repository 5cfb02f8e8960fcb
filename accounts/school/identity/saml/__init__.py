"""SAML 2.0 as a kind of identity provider. Its libraries are an optional extra, imported when needed."""
