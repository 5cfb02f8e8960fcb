"""The client of the iclass API: the only package that speaks HTTP to it. No Django, no models.

    client = Client("https://iclass.api.qcloud.com", sdkappid, tic_key)
    made = client.classes.create(NewClass(teacher_id="bob", admin_id=..., admin_sig=...))

Every failure is an `IClassError`, and each carries the decision, so that no caller guesses:

    IClassError             .decision  SEND_AGAIN | LOOK_FIRST | NEVER   (by machine)
     + Unsendable           NEVER       our own request breaks the document's rules; nothing was sent
     + NotReached           SEND_AGAIN  certainly did not arrive (refused, name, TLS, connect timeout)
     + OutcomeUnknown       LOOK_FIRST  may have arrived (read timed out, cut answer, HTTP 5xx)
     + Unreadable           LOOK_FIRST  an answer in no shape that we know; a person looks
     + Refused              NEVER       error_code ≠ 0; an unknown code is exactly this class
        + Busy              SEND_AGAIN  HTTP 429, with .retry_after
        + Halfway           LOOK_FIRST  -1, 10005, 10202, 10280: failed somewhere inside
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

What the API sends as a secret comes as `Hidden`: `.reveal()` gives the text, `repr` and `str` say `***`.
"""

from .client import Client, Exchange
from .errors import (
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
from .paging import Walk, walk
from .shapes.base import Hidden, OddLine, Page
from .shapes.business import BusinessChange, BusinessInfo
from .shapes.classes import ClassChange, ClassInfo, ClassLine, CreatedClass, NewClass, Participant, Settings
from .shapes.documents import DocumentInfo, NewDocument
from .shapes.members import Devices, HistoryMember, Joined, MicRight, RuntimeMember, Visitor
from .shapes.users import NewUser, Registered, RegisteredUser, UserChange, UserInfo
from .signing import NotSigned, Verified, sign, verify
from .usersig import BadKey, user_sig

__all__ = [
    "AlreadyExists",
    "BadKey",
    "BusinessChange",
    "BusinessInfo",
    "Busy",
    "ClassChange",
    "ClassFull",
    "ClassInfo",
    "ClassLine",
    "Client",
    "CreatedClass",
    "Decision",
    "Devices",
    "DocumentInfo",
    "Exchange",
    "Forbidden",
    "Halfway",
    "Hidden",
    "HistoryMember",
    "IClassError",
    "InProgress",
    "Invalid",
    "Joined",
    "LessonOver",
    "MicRight",
    "NewClass",
    "NewDocument",
    "NewUser",
    "NoMicPlace",
    "NotAMember",
    "NotFound",
    "NotReached",
    "NotSigned",
    "OddLine",
    "OutcomeUnknown",
    "Page",
    "Participant",
    "Refused",
    "Registered",
    "RegisteredUser",
    "RuntimeMember",
    "Settings",
    "SignatureRefused",
    "TokenExpired",
    "TooEarly",
    "UnknownEnterprise",
    "Unreadable",
    "Unsendable",
    "UserChange",
    "UserInfo",
    "Verified",
    "Visitor",
    "Walk",
    "WrongPassword",
    "sign",
    "user_sig",
    "verify",
    "walk",
]
