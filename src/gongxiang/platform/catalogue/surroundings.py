"""What an import is checked against, gathered once for the whole file; and the rows of an export."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.models import Resource, ResourceVersion
from gongxiang.platform.catalogue.policies import Case, Statute
from gongxiang.platform.catalogue.states import EDITABLE, PUBLISHED, WITHDRAWN
from gongxiang.platform.catalogue.workbook.cells import Directory, Register
from gongxiang.platform.catalogue.workbook.checking import Known, Surroundings
from gongxiang.platform.catalogue.workbook.writing import BookRow
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import mappings
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.clock import BEIJING

#: The outside interface whose figures are understood in a workbook: the national guide of 2017.
GUIDE = "guide-1272"


def directory_of(actor: Actor | None, *, nodes: Iterable[tuple[str, str]] = (), department_id: UUID | None = None) -> Directory:
    """The registers that references in a workbook may name; entries only those the actor may see, or a department's own."""
    departments = Register(what=_("departments"))
    for department in parties.all_departments(active_only=False):
        departments.add(department.id, department.name, department.short_name, department.credit_code)
    resources = Register(what=_("catalogue entries"))
    rows = queries.visible_to(actor) if actor is not None else Resource.objects.filter(version__isnull=False)
    if actor is None and department_id is not None:
        rows = rows | Resource.objects.filter(provider_id=department_id)
    for pk, code, name in rows.values_list("pk", "code", "name"):
        resources.add(pk, code or "", name)
    systems = Register(what=_("business systems"))
    for system in parties.systems():
        systems.add(system.id, system.name)
    statutes = Register(what=_("statutes of the register"))
    for statute in rulebook.statutes():
        statutes.add(statute.id, statute.citation, statute.title)
    machines = Register(what=_("exchange nodes"))
    for identifier, name in nodes:
        machines.add(identifier, name)
    figures = {
        name: {figure: value for value, figure in mappings.codes_at(GUIDE, name).items()}
        for name in ("sharing_type", "update_cycle", "format_class")
    }
    return Directory(
        figures=figures,
        registers={
            "department": departments, "resource": resources, "system": systems, "statute": statutes, "node": machines,
        }
    )  # fmt: skip


def around(department_id: UUID, *, nodes: Iterable[tuple[str, str]], at: datetime) -> Surroundings:
    """Everything the check of a file looks at."""
    on = at.astimezone(BEIJING).date()
    rows = list(Resource.objects.filter(provider_id=department_id))
    in_force = _in_force(row.pk for row in rows if row.status == PUBLISHED)
    names: dict[str, set[UUID]] = defaultdict(set)
    known = {}
    for row in rows:
        content = in_force.get(row.pk) or Content.from_json(row.draft)
        if row.status != WITHDRAWN:
            names[row.name.strip()].add(row.pk)
        known[row.pk] = Known(
            id=row.pk, code=row.code or "", name=row.name, status=row.status, revision=row.draft_revision, content=content
        )
    derived = {
        pk: frozenset(UUID(one) for one in draft.get("derived_from", ()))
        for pk, draft in Resource.objects.exclude(draft__derived_from=[]).values_list("pk", "draft")
    }
    ranks = rulebook.sufficient_ranks(on)
    statutes = {str(s.id): Statute(title=s.title, rank=s.rank) for s in rulebook.statutes(on=on)}
    own_nodes = {UUID(identifier) for identifier, _name in nodes}
    system_names = frozenset(s.name for s in parties.systems(department_id))
    ranks_of_measures = queries.ranks_of_measures() | ranks

    def case(content: Content) -> Case:
        named = {d.node_id for d in content.distributions if d.node_id is not None}
        return Case(
            content=content,
            system_names=system_names,
            statute=statutes.get(content.withholding.statute),
            ranks=ranks,
            ranks_of_measures=ranks_of_measures,
            foreign_nodes=frozenset(named - own_nodes),
        )

    return Surroundings(
        directory=directory_of(None, nodes=nodes, department_id=department_id), known=known, names=dict(names), derived=derived,
        case=case,
    )  # fmt: skip


def _in_force(ids: Iterable[UUID]) -> dict[UUID, Content]:
    """The versions in force of published entries."""
    rows = ResourceVersion.objects.filter(resource_id__in=list(ids)).order_by("resource_id", "number")
    return {row.resource_id: Content.from_json(row.content) for row in rows}


# ---- export ---------------------------------------------------------------------------------------------------------------


def own_rows_of(actor: Actor, ids: Iterable[UUID]) -> list[BookRow]:
    """Entries of the actor's department as they are worked on: drafts where they may be changed, else what is in force."""
    if not isinstance(actor, Person):
        return []
    listed = list(ids)
    rows = {row.pk: row for row in Resource.objects.filter(pk__in=listed, provider_id=actor.department_id)}
    in_force = _in_force(pk for pk, row in rows.items() if row.status not in EDITABLE and row.version is not None)
    contents = {pk: in_force.get(pk) or Content.from_json(row.draft) for pk, row in rows.items()}
    return _book_rows([rows[pk] for pk in listed if pk in rows], contents)


def published_rows(actor: Actor | None, ids: Iterable[UUID]) -> list[BookRow]:
    """What is in force of these entries, in this order, as far as the actor may see them.

    How tables are mapped is given to the provider and the authority only, as on the entry's page.
    """
    wanted = list(ids)
    rows = {row.pk: row for row in queries.visible_to(actor).filter(pk__in=wanted, version__isnull=False)}
    mapped = set(queries.drafts_visible_to(actor).filter(pk__in=rows).values_list("pk", flat=True))
    contents = {pk: found if pk in mapped else found.without_mapping() for pk, found in _in_force(rows).items()}
    return _book_rows([rows[pk] for pk in wanted if pk in rows and pk in contents], contents)


def _book_rows(rows: list[Resource], contents: dict[UUID, Content]) -> list[BookRow]:
    departments = {department.id: department for department in parties.all_departments(active_only=False)}
    found = []
    for row in rows:
        provider = departments[row.provider_id]
        published = row.published_at.astimezone(BEIJING).date() if row.published_at else None
        found.append(
            BookRow(
                id=row.pk, code=row.code or "", provider=provider.name, provider_code=provider.credit_code, status=row.status,
                version=row.version or 0, published_on=published, content=contents[row.pk],
            )
        )  # fmt: skip
    return found
