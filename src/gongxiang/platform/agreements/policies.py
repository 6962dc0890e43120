"""Is there an agreement in force, and may one be drafted or signed now; the hard gate of art. 18."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext, gettext_noop

from gongxiang.law.articles import implements
from gongxiang.platform.agreements.errors import (
    AgreementOfOtherSide,
    AgreementOpenAlready,
    AuthorityNeedsNone,
    NoAgreementInForce,
    OfficerNotOnFile,
    PeriodOverlaps,
    PeriodWrong,
)
from gongxiang.platform.agreements.models import Agreement, Role
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol.clock import BEIJING, check_aware

OPEN = ("DRAFTED", "SIGNED_BY_DEPARTMENT", "RETURNED")


def find_in_force(department_id: UUID, at: datetime) -> Agreement | None:
    """The agreement that holds at `at`; also right for a time gone by."""
    day = check_aware(at).astimezone(BEIJING).date()
    rows = Agreement.objects.filter(
        department_id=department_id, in_force_at__lte=at, valid_from__lte=day, valid_until__gte=day
    ).exclude(status__in=OPEN)
    return rows.filter(Q(ended_at=None) | Q(ended_at__gt=at)).order_by("-in_force_at").first()


@implements("wushen-2021-60:18", "wushen-2021-60:3")
def check_in_force(department_id: UUID, at: datetime, *, side: str = "") -> None:
    """Raise unless the department may share under art. 18 as `side` (`provider`, `consumer`; empty: as either).

    The authority needs no agreement with itself.
    """
    found = find_in_force(department_id, at)
    if found is not None and (not side or found.role in (side, Role.BOTH)):
        return
    department = parties.department_ref(department_id)
    if department.is_authority:
        return
    if found is None:
        raise NoAgreementInForce(department=department.name)
    names = {Role.PROVIDER: gettext_noop("provider"), Role.CONSUMER: gettext_noop("consumer")}
    raise AgreementOfOtherSide(department=department.name, role=gettext(names[Role(found.role)]))


def can_share(department_id: UUID, at: datetime) -> bool:
    """Whether `check_in_force` would pass."""
    try:
        check_in_force(department_id, at)
    except NoAgreementInForce:
        return False
    return True


def check_can_draft(department_id: UUID) -> None:
    """Raise if the department needs none, or has one under way."""
    if parties.department_ref(department_id).is_authority:
        raise AuthorityNeedsNone()
    twin = Agreement.objects.filter(department_id=department_id, status__in=OPEN).first()
    if twin is not None:
        raise AgreementOpenAlready(number=number_of(twin.year, twin.serial))


def check_period(department_id: UUID, *, valid_from: date, valid_until: date, at: datetime) -> None:
    """Raise PeriodWrong or PeriodOverlaps."""
    if valid_until <= valid_from or valid_until < at.astimezone(BEIJING).date():
        raise PeriodWrong(field="valid_until")
    standing = Agreement.objects.filter(
        department_id=department_id, status="IN_FORCE", valid_from__lte=valid_until, valid_until__gte=valid_from
    ).first()
    if standing is not None:
        number = number_of(standing.year, standing.serial)
        raise PeriodOverlaps(field="valid_from", number=number, until=standing.valid_until.isoformat())


def check_can_sign(agreement: Agreement, at: datetime) -> None:
    """Raise OfficerNotOnFile, PeriodWrong or PeriodOverlaps."""
    if parties.officer_of(agreement.department_id) is None:
        raise OfficerNotOnFile()
    check_period(agreement.department_id, valid_from=agreement.valid_from, valid_until=agreement.valid_until, at=at)


def number_of(year: int, serial: int) -> str:
    """The number on paper."""
    return f"共享协〔{year}〕{serial}号"
