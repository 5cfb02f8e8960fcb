"""An import writes the pinyin of the names that it adds, changes and gives back."""

from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import StudentGroup, User
from console.imports import services


def columns(user_id):
    return User.objects.values_list("sort_name", "search_name").get(user_id=user_id)


def test_names_that_an_import_adds_changes_and_gives_back(compared, alice, dina):
    source = compared(["li", "李雷", "学生", "", "", "一班"], ["dina", "陈伟", "", "", "", "一班"])
    source = services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert columns("li") == ("li lei", " lilei lei ll")
    assert columns("dina") == ("chen wei", " chenwei wei cw")
    assert StudentGroup.objects.get().search_name == " yiban ban yb"
    User.objects.filter(user_id="li").update(remote_id="li")
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert columns("li") == ("li lei", " lilei lei ll")
    assert columns("dina") == ("dina", "")
