"""Sixty values that nobody means, as text for addresses and forms and as JSON for REST."""

import base64
import json

TEXTS = (
    *("", " ", "\x00", "a\x00b", "%00", "\ufffd", "\u202eabc", "e\u0301" * 40, "😀" * 50, "﷽" * 30),
    *("x" * 300, "x" * 5000, "'", '"', "\\", "%", "_", "' OR 1=1 --", "<script>x</script>", "{{ 7|add:7 }}"),
    *("%(x)s %n", "../../etc/passwd", "a\r\nX: y", "\t" * 500, "None", "null", "true", "[]", "{}", "a,b;c|d"),
    *("NaN", "-Infinity", "1e400", "1e-400", "0", "-1", "-0", "1.5", "2147483648", "9223372036854775807"),
    *("9223372036854775808", "9" * 400, "9" * 5000, "٣", "¹", "１２", "0x10", "1_000"),
    *("0001-01-01", "0001-01-02", "9999-12-31", "10000-01-01", "2026-02-30", "24:00"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31 23:59"),
    *("[" * 1000, base64.urlsafe_b64encode(b'["\\u0000", 1e400]').decode()),
    base64.urlsafe_b64encode(b"p=\x00&r=1&o=99999999999999999999").decode(),
)
#: Pieces of JSON, some of which no encoder would write.
PIECES = (
    *("null", "true", "[]", "{}", "[[]]", '{"a": null}', "0", "-1", "1.5", "1e400", "-1e400", "NaN"),
    *(str(2**31), str(2**63), "9" * 400, "9" * 5000, '"\\ud800"', '["\\u0000"]', '{"\\u0000": 1}', "[1e400]"),
    *("[null]", '[{"a": 1}]', "[" * 40 + "]" * 40, "[" * 900 + "]" * 900, '{"a":' * 900 + "1" + "}" * 900),
    *("[0]", f"[{2**63}]", '[""]', '["0001-01-01"]', '["9999-12-31"]', "[" + "1," * 3000 + "1]"),
)
JSON_VALUES = (*PIECES, *(json.dumps(text) for text in (*TEXTS[:29], *TEXTS[-14:])))
#: Contents of a file.
CONTENTS = (
    *(b"", b"\x00" * 100, b"PK\x03\x04" + b"\xff" * 60, b"%PDF-1.7\x00", b"\xff\xd8\xff\xe0\x00"),
    *(
        b"a,b\n\x00,1e400\n",
        b"user_id,role\n9999-12-31,\xff\n",
        b"topic,teacher,date,start\nx,bob,9999-12-31,24:00\n",
    ),
)
HEADERS = {
    "cookie": ("sessionid={}", "csrftoken={}", "django_language={}", "messages={}", "door={}"),
    "content-type": ("application/json; charset={}", "text/plain; charset={}", "{}"),
    "accept-language": ("{}",),
    "accept": ("{}", "text/html;q={}"),
    "authorization": ("Token {}", "{}"),
    "x-forwarded-for": ("{}",),
    "x-request-id": ("{}",),
    "hx-current-url": ("{}",),
    "hx-request": ("{}",),
    "x-background": ("{}",),
    "x-live": ("{}", "{},today"),
    "if-none-match": ("{}",),
    "if-modified-since": ("{}",),
    "range": ("bytes={}-",),
    "referer": ("{}",),
    "x-csrftoken": ("{}",),
}
HEADER_VALUES = (
    "hex",
    "zlib",
    "unicode_escape",
    "idna",
    "utf-16",
    '"\\000abc"',
    *(text for text in TEXTS if text.isprintable() and text.isascii()),
)
