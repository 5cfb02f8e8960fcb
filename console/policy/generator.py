"""What makes the OpenAPI description out of the views."""

from typing import Any

from drf_spectacular.generators import SchemaGenerator

from console.policy.described import settle


class Generator(SchemaGenerator):  # type: ignore[no-untyped-call]
    """drf-spectacular's, once it has been told what our views say of themselves."""

    def get_schema(self, *args: Any, **kwargs: Any) -> Any:
        self._initialise_endpoints()  # loads the views, so that all is noted
        settle()
        return super().get_schema(*args, **kwargs)
