"""The evidence pack: what an auditor asks of a school for one year, in one file."""

import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import IO, Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from console.audit import chain as chains
from console.audit import checkpoints
from console.audit.export import ENTRY, LOOK, entry_rows, look_rows
from console.audit.models import AuditEntry
from console.audit.search import ORDER
from console.audit.trail import record
from console.audit.verify import Verdict, verify
from console.policy.scope import as_owner
from console.policy.table import FIELDS, ROLES, TABLE
from console.sheets.columns import Column, Kind
from console.sheets.csv import BOM, csv_lines

PERSON = (
    Column("login", gettext_lazy("login"), Kind.TEXT),
    Column("role", gettext_lazy("role"), Kind.TEXT),
    Column("active", gettext_lazy("active"), Kind.TEXT),
    Column("signs_in", gettext_lazy("signs in here"), Kind.TEXT),
    Column("last_login", gettext_lazy("last signed in"), Kind.DATETIME),
)
RIGHT = (
    Column("resource", gettext_lazy("resource"), Kind.TEXT),
    Column("action", gettext_lazy("act"), Kind.TEXT),
    Column("field", gettext_lazy("field"), Kind.TEXT),
    *(Column(role, words, Kind.TEXT, 12) for role, words in ROLES.items()),
)
README = """\
Evidence of {school} (SDKAppID {sdkappid}), {year}
Made {made} by {by}.

audit.csv          every act of the year: who, when, what, before and after, reason, request, address
looks.csv          who has seen or exported phones, e-mails, entry tokens and cards
verification.json  whether the whole chain of this school holds, with every finding
checkpoints.jsonl  how long the chain was and how it ended, signed, as written outside of the database
keys.json          the public keys (Ed25519) that check those signatures
rights.csv         which role may do what: A every school, S the school, O one's own, - nothing;
                   of fields: C clear, M masked, - hidden
people.csv         who has a role with rights, and whether they can sign in
settings.json      the rules of the school, such as how long things are kept
SHA256SUMS         the digests of the files above

Times are in the zone of the school ({zone}). Phones and e-mails are masked; what was erased reads "erased".
The chain: SHA-256 over the canonical JSON of each entry, its number, and the digest before it
(docs/security.md).

————————————————————————————————————————————————

{school}(SDKAppID {sdkappid}){year} 年审计材料
由 {by} 于 {made} 生成。

audit.csv          全年的每一次操作：何人、何时、做了什么、改前改后、原因、请求号、来源地址
looks.csv          何人查看或导出过电话、邮箱、入场凭证与入场卡
verification.json  本校整条审计链的校验结果，逐条列出发现的问题
checkpoints.jsonl  审计链长度与末端的检查点（带签名，保存在数据库之外）
keys.json          用来验证上述签名的公钥（Ed25519）
rights.csv         各角色的权限：A 所有学校，S 本校，O 本人相关，- 无；字段：C 明文，M 打码，- 隐藏
people.csv         拥有权限的人员，以及他们能否登录
settings.json      学校的规则，例如数据保留多久
SHA256SUMS         以上各文件的摘要

时间均为学校所在时区（{zone}）。电话与邮箱已打码；已抹除的内容显示为“erased”或“已抹除”。
审计链：对每条记录的规范化 JSON、序号与前一条的摘要计算 SHA-256。详见 docs/security.md。
"""


def download(school: Any, year: int, *, by: Any) -> HttpResponseBase:
    """The pack as an answer to a browser; making it stands on the trail."""
    record("audit.evidence", school, by=by, after={"year": year})
    file = pack(school, year, by=by)
    name = f"{school.name} evidence {year}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "no-store, private"
    return response


def pack(school: Any, year: int, *, by: Any = None) -> IO[bytes]:
    """A ZIP, opened at its start, that vanishes when it is closed. Rows are read as they are written."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    sums: dict[str, str] = {}
    with as_owner(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, pieces in _files(school, year, by):
            sums[name] = _write(zipped, name, pieces)
        _write(zipped, "SHA256SUMS", [f"{digest}  {name}\n" for name, digest in sums.items()])
    file.seek(0)
    return file


def _files(school: Any, year: int, by: Any) -> Iterator[tuple[str, Iterable[str]]]:
    entries = _of_year(school, year)
    made = timezone.localtime(timezone=school.tz).isoformat(" ", "seconds")
    who = by.get_username() if by is not None else "manage.py evidence_pack"
    facts = {"school": school.name, "sdkappid": school.sdkappid, "year": year, "zone": school.zone}
    yield "README.txt", [README.format(**facts, made=made, by=who)]
    yield "audit.csv", _csv(entry_rows(entries, by), ENTRY, school)
    yield "looks.csv", _csv(look_rows(entries.filter(looks=True), by), LOOK, school)
    yield "verification.json", [_json(_verified(verify(school.pk)))]
    yield "checkpoints.jsonl", checkpoints.lines_of(school.pk)
    yield "keys.json", [_json(checkpoints.public_keys())]
    with translation.override("en"):
        yield "rights.csv", _csv(_rights(), RIGHT, school)
    yield "people.csv", _csv(_people(school), PERSON, school)
    yield "settings.json", [_json(_settings(school))]


def _of_year(school: Any, year: int) -> QuerySet[AuditEntry]:
    """A year as the school's clocks have it, oldest first."""
    since, until = (datetime(one, 1, 1, tzinfo=school.tz).astimezone(UTC) for one in (year, year + 1))
    rows = AuditEntry.objects.filter(enterprise=school, at__gte=since, at__lt=until)
    return rows.order_by(*(name.removeprefix("-") for name in ORDER))


def _verified(verdict: Verdict) -> dict[str, Any]:
    return {
        "verified_at": timezone.now().isoformat(),
        "holds": verdict.holds,
        "links": verdict.length,
        "head": verdict.head,
        "checkpoints": verdict.checkpoints,
        "waiting_is_normal": "entries of the last minute are not linked yet",
        "findings": [one._asdict() for one in verdict.findings],
        "algorithm": f"SHA-256, version {chains.VERSION}",
    }


def _rights() -> Iterator[dict[str, str]]:
    for resource, acts in TABLE.items():
        for action, cells in acts.items():
            yield _right(resource, action, "", cells)
    for resource, fields in FIELDS.items():
        for field, acts in fields.items():
            for action, cells in acts.items():
                yield _right(resource, action, field, cells)


def _right(resource: str, action: str, field: str, cells: str) -> dict[str, str]:
    named = {"resource": resource, "action": action, "field": field}
    return {**named, **dict(zip(ROLES, cells.split(), strict=True))}


def _people(school: Any) -> Iterator[dict[str, Any]]:
    """Everybody whose role may do more than look at their own."""
    people = (
        get_user_model()._default_manager.filter(enterprise=school).exclude(role__in=("student", "visitor"))
    )
    for person in people.order_by("role", "pk").iterator():
        yield {
            "login": person.get_username(),
            "role": str(ROLES.get(person.role, person.role)),
            "active": "yes" if person.is_active else "no",
            "signs_in": "yes" if person.is_active and person.has_usable_password() else "no",
            "last_login": person.last_login,
        }


def _settings(school: Any) -> dict[str, Any]:
    """The school's numbers and words that are rules, without addresses, contacts and secrets."""
    rules = ("zone", "late_after_s", "early_leave_s", "present_share")
    kept = [
        field.name for field in school._meta.concrete_fields if field.name.startswith(("keep_", "retention"))
    ]
    return {name: getattr(school, name) for name in (*rules, *kept)}


def _csv(rows: Iterable[dict[str, Any]], columns: tuple[Column, ...], school: Any) -> Iterator[str]:
    yield BOM
    yield from csv_lines(rows, columns, zone=school.tz)


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2, default=str) + "\n"


def _write(zipped: zipfile.ZipFile, name: str, pieces: Iterable[str]) -> str:
    """Write a file of the pack piece by piece; its SHA-256."""
    digest = hashlib.sha256()
    with zipped.open(name, "w", force_zip64=True) as raw, io.BufferedWriter(raw, 1 << 16) as file:
        for piece in pieces:
            data = piece.encode()
            digest.update(data)
            file.write(data)
    return digest.hexdigest()
