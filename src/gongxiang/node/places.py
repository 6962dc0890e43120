"""Reading the first records of an API or a file of the department, as far as the node's configuration lets it: for trials.

Only below `[api] base` and `[files] folder`, whatever an order says; nothing is followed, kept or logged. What went wrong is
said in words, never with a value.
"""

import http.client
import json
import ssl
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from gongxiang.node.config import NodeConfig
from gongxiang.node.sheets import SheetUnreadable, read_sheet
from gongxiang.protocol.sentences import Sentence

#: Seconds an API has for its answer, and most bytes of one.
PATIENCE, MOST_BYTES = 10.0, 1 << 20
#: How deep in an answer the list of records may lie: `{"data": {"list": […]}}`.
DEEPEST = 3


class PlaceRefused(Exception):
    """A step failed; `words` says why."""

    def __init__(self, step: str, words: Sentence) -> None:
        super().__init__(step)
        self.step, self.words = step, words


@dataclass(frozen=True, kw_only=True)
class Records:
    """The first records of a place as texts; `said` are the facts of the steps that were passed."""

    names: tuple[str, ...]
    rows: list[dict[str, Any]] = field(repr=False)
    said: dict[str, str]


# ---- files ----------------------------------------------------------------------------------------------------------------


def read_file(config: NodeConfig, place: str, most: int) -> Records:
    """The head of a table in a file below `[files] folder`; raises PlaceRefused."""
    if config.files is None:
        raise PlaceRefused("place", Sentence("{path} names no [files] folder.", path=config.path))
    folder = config.files.resolve()
    path = (folder / place).resolve()
    if not path.is_relative_to(folder):
        raise PlaceRefused("place", Sentence("The file {place} lies outside the node's [files] folder.", place=place))
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise FileNotFoundError
    except (FileNotFoundError, NotADirectoryError):
        raise PlaceRefused("there", Sentence("There is no file {place} in the node's [files] folder.", place=place)) from None
    except OSError as error:
        raise _unreadable(place, error) from error
    try:
        sheet = read_sheet(path, most)
    except SheetUnreadable as error:
        raise PlaceRefused("header", error.words) from error
    except OSError as error:
        raise _unreadable(place, error) from error
    said = {"there": f"{size:,} B", "header": f"{sheet.form}: {len(sheet.header)}"}
    return Records(names=sheet.header, rows=sheet.rows, said=said)


def _unreadable(place: str, error: OSError) -> PlaceRefused:
    return PlaceRefused("there", Sentence("The file {place} cannot be read: {said}.", place=place, said=error.strerror))


# ---- APIs -----------------------------------------------------------------------------------------------------------------


def read_api(config: NodeConfig, place: str, most: int) -> Records:
    """The first records of what an address below `[api] base` answers to GET; raises PlaceRefused."""
    if config.api_base is None:
        raise PlaceRefused("place", Sentence("{path} names no [api] base.", path=config.path))
    began = time.monotonic()
    try:
        status, kind, body = _get(config, place)
    except (OSError, http.client.HTTPException) as error:
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise PlaceRefused("answering", Sentence("The API does not answer: {said}.", said=said)) from error
    took = f"{status} · {(time.monotonic() - began) * 1000:.0f} ms"
    if status != 200:
        raise PlaceRefused("answering", Sentence("The API answered {status} to GET, not 200.", status=status))
    if len(body) > MOST_BYTES:
        words = Sentence("The answer is longer than {most} bytes: let the address ask for a few records.", most=MOST_BYTES)
        raise PlaceRefused("records", words)
    try:
        # Numbers as they are written: a decimal must not pass through a float.
        value = json.loads(body, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        raise PlaceRefused("records", Sentence("The answer is no JSON, it says that it is {kind}.", kind=kind)) from None
    found = records_in(value)
    if found is None:
        raise PlaceRefused("records", Sentence("The answer has no list of records: objects with a field for each element."))
    rows = [{str(name): _text(item) for name, item in one.items()} for one in found[:most]]
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    return Records(names=names, rows=rows, said={"answering": took, "records": f"{len(body):,} B · {len(found)}"})


def _get(config: NodeConfig, place: str) -> tuple[int, str, bytes]:
    parts = urlsplit(config.api_base or "")
    host, port = parts.hostname or "", parts.port
    connection = (
        http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=PATIENCE)
    )
    headers = {"accept": "application/json"} | ({"authorization": config.api_key} if config.api_key else {})
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/{place.lstrip('/')}", headers=headers)
        answer = connection.getresponse()
        kind = answer.getheader("content-type", "").partition(";")[0][:60]
        return answer.status, kind or "—", answer.read(MOST_BYTES + 1)
    finally:
        connection.close()


def records_in(value: Any, depth: int = 0) -> list[dict[str, Any]] | None:
    """The list of objects in an answer, wherever it lies; an object that holds none is a record itself."""
    if isinstance(value, list):
        return value if all(isinstance(one, dict) for one in value) else None
    if not isinstance(value, dict) or not value or depth > DEEPEST:
        return None
    for item in value.values():
        if isinstance(item, list) and item and isinstance(item[0], dict) and (found := records_in(item)) is not None:
            return found
    inner = [found for item in value.values() if isinstance(item, dict) and (found := records_in(item, depth + 1))]
    if inner:
        return inner[0]
    # An empty page is a list all the same.
    empty = any(item == [] for item in value.values())
    return [] if empty else [value]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
