"""The evidence pack: a ZIP file with the audit data of a school for one year."""

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
from console.audit.evidence_counts import COUNT_COLUMNS, count_rows
from console.audit.export import ACCESS_COLUMNS, ENTRY_COLUMNS, access_rows, entry_rows
from console.audit.filters import NEWEST_FIRST
from console.audit.models import AuditEntry
from console.audit.trail import record
from console.audit.verification import ChainVerification, verify_chain
from console.policy.database_scope import as_owner
from console.policy.field_table import FIELDS
from console.policy.switches import SWITCH_COLUMNS, letters
from console.policy.table import ROLES, TABLE
from console.sheets.columns import Column, ColumnType
from console.sheets.csv_writer import BOM, csv_lines
from console.ui.template_tags import zone_name

PERSON_COLUMNS = (
    Column("login", gettext_lazy("login"), ColumnType.TEXT),
    Column("role", gettext_lazy("role"), ColumnType.TEXT),
    Column("active", gettext_lazy("active"), ColumnType.TEXT),
    Column("signs_in", gettext_lazy("can sign in to the console"), ColumnType.TEXT),
    Column("last_login", gettext_lazy("last signed in"), ColumnType.DATETIME),
)
PERMISSION_COLUMNS = (
    Column("resource", gettext_lazy("resource"), ColumnType.TEXT),
    Column("action", gettext_lazy("action"), ColumnType.TEXT),
    Column("field", gettext_lazy("field"), ColumnType.TEXT),
    *(Column(role, label, ColumnType.TEXT, 12) for role, label in ROLES.items()),
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
counts.csv         minors, consents, accesses to their data, exports, copies and erasures in numbers, each
                   with the passage of the law that it answers to (docs/privacy.md; no legal advice)
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
counts.csv         未成年人、同意、对其信息的访问、导出、副本与清除的数量，并注明对应的法条
                   （docs/privacy.md，仅为工程解读，不构成法律意见）
settings.json      学校的规则，例如数据保留多久
SHA256SUMS         以上各文件的摘要

时间均为学校所在时区（{zone_zh}）。电话与邮箱已打码；已抹除的内容显示为“erased”或“已清除”。
审计链：对每条记录的规范化 JSON、序号与前一条的摘要计算 SHA-256。详见 docs/security.md。
"""


def download_pack(school: Any, year: int, *, by: Any) -> HttpResponseBase:
    """Return the pack as an HTTP response and record the download in the audit trail."""
    record("audit.evidence", school, by=by, after={"year": year})
    file = build_pack(school, year, by=by)
    name = f"{school.name} evidence {year}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "no-store, private"
    return response


def build_pack(school: Any, year: int, *, by: Any = None) -> IO[bytes]:
    """Return the pack as an open temporary ZIP file, positioned at its start. Rows are streamed into it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    sums: dict[str, str] = {}
    with as_owner(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, pieces in _pack_files(school, year, by):
            sums[name] = _write_file(zipped, name, pieces)
        _write_file(zipped, "SHA256SUMS", [f"{digest}  {name}\n" for name, digest in sums.items()])
    file.seek(0)
    return file


def _pack_files(school: Any, year: int, by: Any) -> Iterator[tuple[str, Iterable[str]]]:
    entries = _entries_of_year(school, year)
    created_at = timezone.localtime(timezone=school.tz).isoformat(" ", "seconds")
    author = by.get_username() if by is not None else "manage.py evidence_pack"
    values: dict[str, Any] = {"school": school.name, "sdkappid": school.sdkappid, "year": year}
    for name, language in (("zone", "en"), ("zone_zh", "zh-hans")):
        with translation.override(language):
            values[name] = zone_name(school.zone)
    yield "README.txt", [README.format(**values, made=created_at, by=author)]
    yield "audit.csv", _csv_pieces(entry_rows(entries, by), ENTRY_COLUMNS, school)
    yield "looks.csv", _csv_pieces(access_rows(entries.filter(looks=True), by), ACCESS_COLUMNS, school)
    yield "verification.json", [_to_json(_verification_report(verify_chain(school.pk)))]
    yield "checkpoints.jsonl", checkpoints.checkpoint_lines(school.pk)
    yield "keys.json", [_to_json(checkpoints.public_keys())]
    with translation.override("en"):
        yield "rights.csv", _csv_pieces(_permission_rows(school), PERMISSION_COLUMNS, school)
    yield "people.csv", _csv_pieces(_person_rows(school), PERSON_COLUMNS, school)
    yield "counts.csv", _csv_pieces(count_rows(school, *_bounds_of_year(school, year)), COUNT_COLUMNS, school)
    yield "settings.json", [_to_json(_school_settings(school))]


def _entries_of_year(school: Any, year: int) -> QuerySet[AuditEntry]:
    """Return the entries of a calendar year in the school's time zone, oldest first."""
    since, until = _bounds_of_year(school, year)
    rows = AuditEntry.objects.filter(enterprise=school, at__gte=since, at__lt=until)
    return rows.order_by(*(name.removeprefix("-") for name in NEWEST_FIRST))


def _bounds_of_year(school: Any, year: int) -> tuple[datetime, datetime]:
    """Return the first moment of a calendar year in the school's time zone, and that of the next one."""
    return (
        datetime(year, 1, 1, tzinfo=school.tz).astimezone(UTC),
        datetime(year + 1, 1, 1, tzinfo=school.tz).astimezone(UTC),
    )


def _verification_report(verdict: ChainVerification) -> dict[str, Any]:
    return {
        "verified_at": timezone.now().isoformat(),
        "holds": verdict.holds,
        "links": verdict.length,
        "head": verdict.head,
        "checkpoints": verdict.checkpoints,
        "waiting_is_normal": "entries of the last minute are not linked yet",
        "findings": [finding._asdict() for finding in verdict.findings],
        "algorithm": f"SHA-256, version {chains.VERSION}",
    }


def _permission_rows(school: Any) -> Iterator[dict[str, str]]:
    """Yield the table with what the switches of the school changed."""
    for resource, actions in TABLE.items():
        for action in actions:
            cells = " ".join(letters(school, resource, action, tuple(ROLES)))
            yield _permission_row(resource, action, "", cells)
    for resource, fields in FIELDS.items():
        for field, actions in fields.items():
            for action, cells in actions.items():
                yield _permission_row(resource, action, field, cells)


def _permission_row(resource: str, action: str, field: str, cells: str) -> dict[str, str]:
    row = {"resource": resource, "action": action, "field": field}
    return {**row, **dict(zip(ROLES, cells.split(), strict=True))}


def _person_rows(school: Any) -> Iterator[dict[str, Any]]:
    """Yield the people whose role may do more than view their own data."""
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


def _school_settings(school: Any) -> dict[str, Any]:
    """Return the school's rules and retention periods, without addresses, contacts and secrets."""
    rules = ("zone", "late_after_s", "early_leave_s", "present_share", "leave_minutes")
    retention = [
        field.name for field in school._meta.concrete_fields if field.name.startswith(("keep_", "retention"))
    ]
    return {name: getattr(school, name) for name in (*rules, *SWITCH_COLUMNS, *retention)}


def _csv_pieces(rows: Iterable[dict[str, Any]], columns: tuple[Column, ...], school: Any) -> Iterator[str]:
    yield BOM
    yield from csv_lines(rows, columns, zone=school.tz)


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"


def _write_file(zipped: zipfile.ZipFile, name: str, pieces: Iterable[str]) -> str:
    """Write a file of the pack piece by piece; return its SHA-256 in hex."""
    digest = hashlib.sha256()
    with zipped.open(name, "w", force_zip64=True) as raw, io.BufferedWriter(raw, 1 << 16) as file:
        for piece in pieces:
            data = piece.encode()
            digest.update(data)
            file.write(data)
    return digest.hexdigest()
