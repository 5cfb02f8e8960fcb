from accounts.models.enterprise import Enterprise
from accounts.models.export import Export, ExportPiece
from accounts.models.group import GroupStudent, StudentGroup
from accounts.models.guesses import Guesses
from accounts.models.imports import FileImport, ImportRow, PeopleImport
from accounts.models.logo import Logo
from accounts.models.picture import Picture
from accounts.models.user import User
from accounts.models.visit import Visit
from accounts.roles import Role

__all__ = [
    "Enterprise",
    "Export",
    "ExportPiece",
    "FileImport",
    "GroupStudent",
    "Guesses",
    "ImportRow",
    "Logo",
    "PeopleImport",
    "Picture",
    "Role",
    "StudentGroup",
    "User",
    "Visit",
]
