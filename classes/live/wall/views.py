"""Page of the live wall, which refreshes itself."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from classes.lessons.teacher_presence import stale_after
from classes.live.wall.tiles import WALL_PARTS, build_wall
from classes.live.wall.troubles import TROUBLE_TYPES
from console.http.live_polls import LIVE_HEADER
from console.policy.views import SchoolView

REFRESH_S = 5
LAYOUTS = ("tiles", "table")


class WallPage(SchoolView, TemplateView):
    """All current lessons. `?show=` chooses a part, `?q=` searches, `?as=table` shows a table."""

    resource, action = "wall", "list"

    def get_template_names(self) -> list[str]:
        return [
            "classes/live/wall/fragment.html"
            if LIVE_HEADER in self.request.headers
            else "classes/live/wall/page.html"
        ]

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        params = self.request.GET
        chosen, layout, text = params.get("show", ""), params.get("as", ""), params.get("q", "").strip()[:100]
        wall = build_wall(self.request.user, chosen if chosen in WALL_PARTS else "", text)
        return super().get_context_data(
            title=_("Live wall"),
            wall=wall,
            layout=layout if layout in LAYOUTS else "tiles",
            trouble_types=TROUBLE_TYPES,
            stale_after=int(stale_after().total_seconds()),
            text=text,
            every=REFRESH_S,
            **more,
        )
