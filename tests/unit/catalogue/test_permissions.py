"""Who may do what: a table of people and doors."""

from uuid import uuid4

import pytest

from gongxiang.platform.catalogue import errors, permissions
from gongxiang.platform.kernel.actors import Person, Role, System
from gongxiang.platform.kernel.errors import NotPermitted, Refusal
from gongxiang.platform.kernel.transitions import WrongState

HOME = uuid4()


def person(*roles: Role, department=HOME) -> Person:
    return Person(id=uuid4(), name="某", department_id=department, department="某局", roles=frozenset(roles))


CLERK, REVIEWER, OFFICER = (person(role) for role in (Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER))
AUTHORITY, LEADER = person(Role.AUTHORITY_OFFICER, department=uuid4()), person(Role.AUTHORITY_LEADER, department=uuid4())
STRANGER = person(Role.REVIEWER, Role.ACCOUNTABLE_OFFICER, department=uuid4())
JOB = System(name="delivery")


@pytest.mark.parametrize(
    ("permission", "may"),
    [
        (permissions.COMPILE, {CLERK, REVIEWER}),
        (permissions.REVIEW, {REVIEWER}),
        (permissions.CONSENT, {OFFICER}),
        (permissions.SUBMIT, {CLERK, REVIEWER, OFFICER}),
        (permissions.DECIDE, {AUTHORITY}),
        (permissions.RATIFY, {AUTHORITY, LEADER}),
        (permissions.EXCEPT, {LEADER}),
        (permissions.WITHDRAW, {OFFICER}),
        (permissions.NOTE, {JOB}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_roles(permission, may):
    people = (CLERK, REVIEWER, OFFICER, AUTHORITY, LEADER, JOB)
    assert {one for one in people if permission.allows(one)} == may
    assert not permission.allows(None)


@pytest.mark.parametrize(
    ("actor", "status", "refusal"),
    [
        pytest.param(REVIEWER, "IN_REVIEW", None, id="reviewer-at-review"),
        pytest.param(OFFICER, "IN_REVIEW", NotPermitted, id="officer-before-the-turn"),
        pytest.param(OFFICER, "REVIEWED", None, id="officer-at-consent"),
        pytest.param(REVIEWER, "REVIEWED", NotPermitted, id="reviewer-after-the-turn"),
        pytest.param(REVIEWER, "CONSENTED", None, id="the-department-before-submission"),
        pytest.param(OFFICER, "SUBMITTED", NotPermitted, id="the-provider-after-submission"),
        pytest.param(AUTHORITY, "SUBMITTED", None, id="authority"),
        pytest.param(AUTHORITY, "RATIFIED", None, id="authority-after-ratification"),
        pytest.param(AUTHORITY, "IN_REVIEW", errors.NotYourDepartment, id="authority-before-submission"),
        pytest.param(STRANGER, "IN_REVIEW", errors.NotYourDepartment, id="another-department"),
        pytest.param(REVIEWER, "DRAFT", WrongState, id="nothing-to-return"),
        pytest.param(JOB, "SUBMITTED", NotPermitted, id="a-job"),
    ],
)
def test_whose_turn_it_is_to_return(actor, status, refusal):
    if refusal is None:
        permissions.check_may_return(actor, status=status, provider_id=HOME)
    else:
        with pytest.raises(refusal):
            permissions.check_may_return(actor, status=status, provider_id=HOME)


def test_own_department_only():
    permissions.check_own(CLERK, HOME)
    for other in (AUTHORITY, STRANGER, JOB):
        with pytest.raises(errors.NotYourDepartment):
            permissions.check_own(other, HOME)


def test_other_person():
    permissions.check_other_person(CLERK, REVIEWER.id, None)
    permissions.check_other_person(JOB, REVIEWER.id)
    with pytest.raises(errors.SamePerson):
        permissions.check_other_person(CLERK, REVIEWER.id, CLERK.id)


def test_allows_wraps_what_raises():
    def refuse() -> None:
        raise Refusal("no")

    assert permissions.allows(permissions.COMPILE, CLERK, lambda: None)
    assert not permissions.allows(permissions.COMPILE, CLERK, refuse)
    assert not permissions.allows(permissions.COMPILE, OFFICER)
