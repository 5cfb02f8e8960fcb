from accounts.models.enterprise import Enterprise
from accounts.models.group import GroupStudent, StudentGroup
from accounts.models.user import User
from accounts.roles import Role

__all__ = ["Enterprise", "GroupStudent", "Role", "StudentGroup", "User"]
