"""How bodies and addresses are read: JSON of texts that a database can hold; anything else is refused by name."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from gongxiang.platform.http_api.errors import BodyUnreadable, TextUnusable


class PlainRenderer(JSONRenderer):
    """JSON in UTF-8: Chinese stands as it is."""

    json_dumps_params = {"ensure_ascii": False}


class CarefulParser(Parser):
    """JSON bodies and query strings."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body's JSON; raises a refusal."""
        try:
            value = json.loads(request.body, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise BodyUnreadable() from error
        check_texts(value)
        return value  # type: ignore[no-any-return]

    def parse_querydict(self, data: MultiValueDict, list_fields: list[str], request: HttpRequest) -> dict[str, Any]:
        """The query's values; raises a refusal."""
        read = super().parse_querydict(data, list_fields, request)
        check_texts(read)
        return read


def check_texts(value: Any) -> None:
    """Raise TextUnusable if any text in `value` could not be stored."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if "\x00" in one or any("\ud800" <= c <= "\udfff" for c in one):
                raise TextUnusable()
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, (list, tuple)):
            waiting += one


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
