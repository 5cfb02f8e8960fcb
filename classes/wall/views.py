"""The page of the live wall, which refreshes itself."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from classes.wall.draw import Pen
from classes.wall.tiles import PARTS, wall_for
from classes.wall.troubles import stale_after
from console.policy.pages import SchoolPage

EVERY_S = 5
SHAPES = ("tiles", "table")


class WallPage(SchoolPage, TemplateView):
    """All lessons of now. `?show=` chooses a part, `?q=` searches, `?as=table` is the same as a table."""

    resource, action = "wall", "list"

    def get_template_names(self) -> list[str]:
        return ["classes/wall/fragment.html" if self.request.htmx else "classes/wall/page.html"]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        asked = self.request.GET
        chosen, shape, text = asked.get("show", ""), asked.get("as", ""), asked.get("q", "").strip()[:100]
        wall = wall_for(self.request.user, chosen if chosen in PARTS else "", text)
        pen = Pen(int(stale_after().total_seconds()))
        return super().get_context_data(
            title=_("Live wall"),
            wall=wall,
            shape=shape if shape in SHAPES else "tiles",
            pen=pen,
            drawn=pen.rows(wall.shown) if shape == "table" else pen.tiles(wall.shown),
            text=text,
            every=EVERY_S,
            **more,
        )
