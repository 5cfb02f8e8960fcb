from accounts.models.charge import TeacherInCharge
from accounts.models.consent import Consent
from accounts.models.enterprise import Enterprise
from accounts.models.erasure_request import ErasureRequest
from accounts.models.export import Export, PeopleExportChunk
from accounts.models.grade import Grade
from accounts.models.group import GroupMembership, StudentGroup
from accounts.models.guardian import Guardian
from accounts.models.guardian_account import (
    GuardianAccount,
    GuardianInvitation,
    GuardianPasswordRequest,
)
from accounts.models.guardian_notice import GuardianNotice, GuardianNoticeSettings
from accounts.models.guardian_session import GuardianSession
from accounts.models.identity_provider import IdentityLink, IdentityProvider, IdentityRule
from accounts.models.import_guardian import PeopleImportGuardian
from accounts.models.imports import PeopleImport, PeopleImportRow
from accounts.models.known_device import KnownDevice
from accounts.models.logo import SchoolLogo
from accounts.models.note import StudentNote
from accounts.models.password_link import PasswordLink
from accounts.models.password_request import PasswordRequest
from accounts.models.picture import Avatar
from accounts.models.roles import Role
from accounts.models.roster import ROSTER, RosterRow, SourcedId
from accounts.models.roster_connection import RosterConnection, RosterPage
from accounts.models.saml_sign_in import SamlSignIn
from accounts.models.sign_in_throttle import SignInThrottle
from accounts.models.user import User
from accounts.models.visit import Visit

__all__ = [
    "Consent",
    "Enterprise",
    "ErasureRequest",
    "Export",
    "PeopleExportChunk",
    "Grade",
    "GroupMembership",
    "IdentityLink",
    "IdentityProvider",
    "IdentityRule",
    "SamlSignIn",
    "SignInThrottle",
    "Guardian",
    "GuardianNotice",
    "GuardianNoticeSettings",
    "PeopleImportGuardian",
    "GuardianAccount",
    "GuardianInvitation",
    "GuardianPasswordRequest",
    "GuardianSession",
    "PeopleImportRow",
    "SchoolLogo",
    "PeopleImport",
    "KnownDevice",
    "PasswordLink",
    "PasswordRequest",
    "Avatar",
    "ROSTER",
    "Role",
    "RosterConnection",
    "RosterPage",
    "RosterRow",
    "SourcedId",
    "StudentGroup",
    "StudentNote",
    "TeacherInCharge",
    "User",
    "Visit",
]
