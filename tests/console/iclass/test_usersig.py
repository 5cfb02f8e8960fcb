"""UserSig in both forms, checked by a reading of its own."""

import base64
import hashlib
import hmac
import json
import zlib
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from console.iclass import InvalidPrivateKey, user_sig

NOW = 1558350988
SECRET = "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e"


def read_user_sig(text: str) -> dict[str, Any]:
    packed = base64.b64decode(text.replace("*", "+").replace("-", "/").replace("_", "="), validate=True)
    fields: dict[str, Any] = json.loads(zlib.decompress(packed))
    return fields


def pem(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    form: PrivateFormat = PrivateFormat.PKCS8,
    lock: KeySerializationEncryption | None = None,
) -> str:
    return key.private_bytes(Encoding.PEM, form, lock or NoEncryption()).decode()


def make(key: str, identifier: str = "admin", sdkappid: int = 1400127140) -> str:
    return user_sig(key, sdkappid=sdkappid, identifier=identifier, lifetime_s=86400, now=NOW + 0.7)


def test_v2_is_the_hmac_of_four_lines() -> None:
    fields = read_user_sig(make(SECRET))
    # Computed once with: printf 'TLS.identifier:admin\nTLS.sdkappid:1400127140\nTLS.time:1558350988\n
    # TLS.expire:86400\n' | openssl dgst -sha256 -hmac $SECRET -binary | base64
    assert fields == {
        "TLS.ver": "2.0",
        "TLS.identifier": "admin",
        "TLS.sdkappid": 1400127140,
        "TLS.expire": 86400,
        "TLS.time": 1558350988,
        "TLS.sig": "Awz6Nado6S7kUuj7cHpOG7V360bVKCdlyA4MHJ1QXJs=",
    }


def test_v2_signs_a_chinese_name_as_utf8() -> None:
    fields = read_user_sig(make(SECRET, "张三"))
    lines = "TLS.identifier:张三\nTLS.sdkappid:1400127140\nTLS.time:1558350988\nTLS.expire:86400\n"
    digest = hmac.new(SECRET.encode(), lines.encode("utf-8"), hashlib.sha256).digest()
    assert fields["TLS.sig"] == base64.b64encode(digest).decode()
    assert fields["TLS.identifier"] == "张三"


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("around", ["{}", "\n  {}\n\n"])
def test_v1_is_signed_with_the_pem_key(form: PrivateFormat, around: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    fields = read_user_sig(make(around.format(pem(key, form))))
    signature = base64.b64decode(fields.pop("TLS.sig"), validate=True)
    assert fields == {
        "TLS.account_type": "0",
        "TLS.identifier": "admin",
        "TLS.appid_at_3rd": "0",
        "TLS.sdk_appid": "1400127140",
        "TLS.expire_after": "86400",
        "TLS.version": "201512300000",
        "TLS.time": "1558350988",
    }
    lines = (
        b"TLS.appid_at_3rd:0\nTLS.account_type:0\nTLS.identifier:admin\n"
        b"TLS.sdk_appid:1400127140\nTLS.time:1558350988\nTLS.expire_after:86400\n"
    )
    key.public_key().verify(signature, lines, ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        key.public_key().verify(signature, lines.replace(b"admin", b"eve"), ec.ECDSA(SHA256()))


def test_the_ticket_can_stand_in_an_address() -> None:
    for number in range(50):
        assert not set(make(SECRET, f"user{number}")) & set("+/=&?%# ")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "  \n",
        "-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN NOTHING",
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        pem(ec.generate_private_key(ec.SECP256R1()), lock=BestAvailableEncryption(b"x")),
    ],
    ids=["empty", "blank", "cut", "no pem", "other curve", "rsa", "locked"],
)
def test_a_useless_key_says_so_without_showing_itself(key: str) -> None:
    with pytest.raises(InvalidPrivateKey) as caught:
        make(key)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "MIGH" not in str(caught.value)


@pytest.mark.parametrize("identifier", ["", "a\nTLS.sdkappid:1", "a\r", "a\x7f"])
def test_an_identifier_cannot_write_a_line_of_its_own(identifier: str) -> None:
    with pytest.raises(ValueError, match="one line of text"):
        make(SECRET, identifier)
