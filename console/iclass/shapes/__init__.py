"""Typed requests and answers, one module for each module of the document.

Requests are strict: `checked` refuses what the document does not allow, before anything is sent.
Answers are tolerant: see `console.iclass.reading`.
"""
