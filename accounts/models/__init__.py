from accounts.models.enterprise import Enterprise
from accounts.models.export import Export, PeopleExportChunk
from accounts.models.group import GroupMembership, StudentGroup
from accounts.models.imports import PeopleImport, PeopleImportRow
from accounts.models.logo import SchoolLogo
from accounts.models.password_link import PasswordLink
from accounts.models.picture import Avatar
from accounts.models.roles import Role
from accounts.models.sign_in_throttle import SignInThrottle
from accounts.models.user import User
from accounts.models.visit import Visit

__all__ = [
    "Enterprise",
    "Export",
    "PeopleExportChunk",
    "GroupMembership",
    "SignInThrottle",
    "PeopleImportRow",
    "SchoolLogo",
    "PeopleImport",
    "PasswordLink",
    "Avatar",
    "Role",
    "StudentGroup",
    "User",
    "Visit",
]
