"""The numbers beside the entries of the menu, for static/js/menu-counts.js.

Pages do not wait for them: they are asked for when a page is there, and again while it stays open.
"""

from django.http import HttpRequest, JsonResponse
from django.views.generic import View

from console.navigation import Menu
from console.policy.views import SignedInView
from console.ui.waiting import count_text


class MenuCounts(SignedInView, View):
    """What waits for the reader, by the names of counts: {"alarms": {"number": 2, "text": "2 open alarms"}}.

    What is 0 is left out. Outside of a school nothing waits.
    """

    def get(self, request: HttpRequest) -> JsonResponse:
        numbers = Menu(request).numbers()
        return JsonResponse(
            {
                name: {"number": number, "text": count_text(name, number)}
                for name, number in numbers.items()
                if number
            }
        )
