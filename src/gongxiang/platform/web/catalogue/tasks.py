"""The worker's part of exports: files of many entries, written with the rights of the person who asked."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from gongxiang.platform.catalogue import actions, queries, surroundings
from gongxiang.platform.catalogue.actions.exporting import Asked, Written
from gongxiang.platform.catalogue.permissions import EXPORTER
from gongxiang.platform.catalogue.progress import Teller
from gongxiang.platform.catalogue.search import EXPORT_LIMIT
from gongxiang.platform.catalogue.workbook.writing import BookRow
from gongxiang.platform.kernel.actors import Person, System
from gongxiang.platform.web.catalogue import asked, columns
from gongxiang.platform.web.catalogue.exporting import FORMATS, rendered, sheet
from gongxiang.protocol import clock

#: Entries gathered at once.
_CHUNK = 500
#: Forms that say how tables are mapped.
_WITH_MAPPING = ("book", "json")


def run_exports() -> int:
    """Make the next file that somebody asked for; gives how many."""
    return int(actions.run_next_export(write=write, by=System(name=EXPORTER), at=clock.now()))


def write(row: Asked, actor: Person, tell: Teller) -> Written:
    """The file as a direct export would give it."""
    query = QueryDict(row.query)
    own = row.scope == "own"
    listed = asked.own(query, actor)[:EXPORT_LIMIT] if own else asked.found(query, actor).hits
    ids = [one.id for one in listed]
    tell(0, len(ids))
    department = _("Catalogue of %(department)s") % {"department": actor.department}
    name = department if own else _("Catalogue")
    if row.kind not in FORMATS:
        heads = columns.of_own() if own else columns.of_search()
        content, media, ending = sheet(row.kind, "entries" if own else "catalogue", heads, listed)
        return Written(name=f"{name}.{ending}", media_type=media, content=content, entries=tuple(ids))
    rows: list[BookRow] = []
    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        rows += surroundings.own_rows_of(actor, part) if own else surroundings.published_rows(actor, part)
        tell(len(rows))
    title = department if own else _("Catalogue of information resources")
    content, media, file_name = rendered(row.kind, rows, actor=actor, name=name, title=title)
    kept = tuple(one.id for one in rows if one.id is not None)
    mapped = queries.drafts_visible_to(actor).filter(pk__in=kept).values_list("pk", flat=True)
    return Written(
        name=file_name, media_type=media, content=content, entries=kept,
        mapped=tuple(mapped) if row.kind in _WITH_MAPPING and not own else (),
    )  # fmt: skip
