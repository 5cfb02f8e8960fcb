"""Typed requests and responses, one module for each module of the document.

Requests are strict: values that the document does not allow are refused before anything is sent.
Responses are tolerant: see `console.iclass.parsing`.
"""
