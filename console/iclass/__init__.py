"""The client of the iclass API: the only package that speaks HTTP to it. No Django, no models.

    client = Client("https://iclass.api.qcloud.com", sdkappid, tic_key)
    created = client.classes.create(NewClass(teacher_id="bob", admin_id=..., admin_sig=...))

Every failure is an `IClassError` that carries a decision, so that callers need not guess:

    IClassError             .decision  SEND_AGAIN | LOOK_FIRST | NEVER   (for automatic handling)
     + Unsendable           NEVER       our request breaks the document's rules; nothing was sent
     + NotReached           SEND_AGAIN  certainly did not arrive (refused, name, TLS, connect timeout)
     + OutcomeUnknown       LOOK_FIRST  may have arrived (read timeout, truncated response, HTTP 5xx)
     + Unreadable           LOOK_FIRST  a response of unknown shape; needs manual review
     + Refused              NEVER       error_code ≠ 0; an unknown code is exactly this class
        + Busy              SEND_AGAIN  HTTP 429, with .retry_after
        + Halfway           LOOK_FIRST  -1, 10005, 10202, 10280: failed inside the service
        + Invalid           NEVER       10000, 10002, 10003
        + Forbidden         NEVER       10203
        + NotFound          NEVER       10215 no such user, 10230 no such class
        + AlreadyExists     NEVER       10214
        + SignatureRefused  NEVER       10217
        + UnknownEnterprise NEVER       10270
        + InProgress        NEVER       10223: a running class cannot be changed or deleted
        + LessonOver        NEVER       10224
        + NotAMember        NEVER       10226
        + ClassFull, NoMicPlace, TooEarly, TokenExpired, WrongPassword   NEVER

Secrets in responses are `ApiSecret`: `.reveal()` returns the text, `repr` and `str` show `***`.
"""

from console.iclass.client import Client, Exchange
from console.iclass.errors import (
    AlreadyExists,
    Busy,
    ClassFull,
    Decision,
    Forbidden,
    Halfway,
    IClassError,
    InProgress,
    Invalid,
    LessonOver,
    NoMicPlace,
    NotAMember,
    NotFound,
    NotReached,
    OutcomeUnknown,
    Refused,
    SignatureRefused,
    TokenExpired,
    TooEarly,
    UnknownEnterprise,
    Unreadable,
    Unsendable,
    WrongPassword,
)
from console.iclass.pagination import Walk, walk
from console.iclass.signing import InvalidSignature, VerifiedSignature, sign, verify
from console.iclass.transport import Route
from console.iclass.types.base import ApiSecret, Page, UnreadableItem
from console.iclass.types.business import BusinessChange, BusinessInfo
from console.iclass.types.classes import (
    ClassChange,
    ClassInfo,
    ClassSummary,
    CreatedClass,
    NewClass,
    Participant,
    Settings,
)
from console.iclass.types.documents import DocumentInfo, NewDocument
from console.iclass.types.members import (
    Devices,
    HistoryMember,
    JoinResult,
    MicPermission,
    RuntimeMember,
    Visitor,
)
from console.iclass.types.users import NewUser, RegisteredUser, RegistrationResult, UserChange, UserInfo
from console.iclass.usersig import InvalidPrivateKey, user_sig

__all__ = [
    "AlreadyExists",
    "ApiSecret",
    "BusinessChange",
    "BusinessInfo",
    "Busy",
    "ClassChange",
    "ClassFull",
    "ClassInfo",
    "ClassSummary",
    "Client",
    "CreatedClass",
    "Decision",
    "Devices",
    "DocumentInfo",
    "Exchange",
    "Forbidden",
    "Halfway",
    "HistoryMember",
    "IClassError",
    "InProgress",
    "Invalid",
    "InvalidPrivateKey",
    "InvalidSignature",
    "JoinResult",
    "LessonOver",
    "MicPermission",
    "NewClass",
    "NewDocument",
    "NewUser",
    "NoMicPlace",
    "NotAMember",
    "NotFound",
    "NotReached",
    "OutcomeUnknown",
    "Page",
    "Participant",
    "Refused",
    "RegisteredUser",
    "RegistrationResult",
    "Route",
    "RuntimeMember",
    "Settings",
    "SignatureRefused",
    "TokenExpired",
    "TooEarly",
    "UnknownEnterprise",
    "Unreadable",
    "UnreadableItem",
    "Unsendable",
    "UserChange",
    "UserInfo",
    "VerifiedSignature",
    "Visitor",
    "Walk",
    "WrongPassword",
    "sign",
    "user_sig",
    "verify",
    "walk",
]
