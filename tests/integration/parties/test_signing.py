"""Officers' signatures: both factors each time, a key that only its owner's password opens, kept over a change of password."""

from datetime import timedelta

import pytest

from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.parties import actions, errors, queries, tasks
from gongxiang.platform.parties.actions.keystore import reseal_signing_key
from gongxiang.protocol.signing import verify
from tests.factories.parties import AT, Banner, credentials_of, make_banner

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    return make_banner(agreements=False)


def sign(banner: Banner, minutes: int = 0, **changes: str) -> actions.OfficerSignature:
    officer, at = banner.provider.officer, banner.at + timedelta(minutes=minutes)
    known = credentials_of(officer)
    values = {"password": known.password, "code": known.code(at), **changes}
    return actions.sign_as_officer(data="协议".encode(), **values, by=officer, at=at)


def test_a_signature_verifies_and_the_key_stays(banner: Banner) -> None:
    one, two = sign(banner), sign(banner, minutes=1)
    assert one.public_key == two.public_key
    assert one.public_key.startswith("sm2:")
    assert verify(one.public_key, "协议".encode(), one.signature)
    assert not verify(one.public_key, "协议!".encode(), one.signature)


def test_it_asks_both_factors(banner: Banner) -> None:
    with pytest.raises(errors.SignInRefused) as refused:
        sign(banner, password="wrong")
    assert refused.value.field == "password", "it stands at the field, and speaks of no user name"
    with pytest.raises(errors.FactorWrong):
        sign(banner, code="000000")
    assert queries.signing_keys(banner.provider.officer.id) == []
    sign(banner)
    with pytest.raises(errors.FactorReplayed):
        sign(banner)


def test_a_first_password_signs_nothing(banner: Banner) -> None:
    officer = banner.provider.officer
    known = credentials_of(officer)
    first = actions.reset_password(person_id=officer.id, by=banner.site.system_admin, at=AT)
    with pytest.raises(errors.PasswordChangeDue):
        actions.sign_as_officer(data=b"x", password=first, code=known.code(AT), by=officer, at=AT)


def test_a_job_signs_nothing() -> None:
    with pytest.raises(NotPermitted):
        actions.sign_as_officer(data=b"x", password="x", code="x", by=System(name="job"), at=AT)


def test_the_key_survives_a_change_of_password(banner: Banner) -> None:
    before = sign(banner)
    officer = banner.provider.officer
    known = credentials_of(officer)
    actions.change_password(person_id=officer.id, old=known.password, new="Sand-dune-2026", by=officer, at=AT)
    after = sign(banner, minutes=1, password="Sand-dune-2026")
    assert after.public_key == before.public_key


def test_the_key_does_not_open_with_another_password(banner: Banner) -> None:
    sign(banner)
    person = queries.session_account(banner.provider.officer.id)
    with pytest.raises(errors.SigningKeyUnreadable):
        reseal_signing_key(person, old="another", new="x")


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        pytest.param("Ab1!", errors.PasswordTooWeak, id="short"),
        pytest.param("alllowercase", errors.PasswordTooWeak, id="one kind"),
        pytest.param("lower1234567", errors.PasswordTooWeak, id="two kinds"),
        pytest.param("USERNAME-x1", errors.PasswordReused, id="holds the user name"),
        pytest.param("OLD", errors.PasswordReused, id="the present one"),
    ],
)
def test_weak_passwords_are_refused(banner: Banner, new: str, refusal: type[Exception]) -> None:
    officer = banner.provider.officer
    known = credentials_of(officer)
    new = {"OLD": known.password}.get(new, new.replace("USERNAME", known.username.title()))
    with pytest.raises(refusal):
        actions.change_password(person_id=officer.id, old=known.password, new=new, by=officer, at=AT)
    with pytest.raises(errors.SignInRefused):
        actions.change_password(person_id=officer.id, old="wrong", new="Sand-dune-2026", by=officer, at=AT)
    with pytest.raises(NotPermitted):
        actions.change_password(person_id=officer.id, old="x", new="Sand-dune-2026", by=banner.provider.clerk, at=AT)


def test_an_authenticator_is_set_up_once(banner: Banner) -> None:
    officer = banner.provider.officer
    with pytest.raises(errors.FactorNotEnrolled):
        actions.check_factor(person_id=officer.id, code="123456", at=AT)
    first = actions.enrol_totp(person_id=officer.id, by=officer, at=AT)
    assert actions.enrol_totp(person_id=officer.id, anew=False, by=officer, at=AT) == first
    assert actions.enrol_totp(person_id=officer.id, by=officer, at=AT) != first
    credentials_of(officer)
    for act in (
        lambda: actions.enrol_totp(person_id=officer.id, by=officer, at=AT),
        lambda: actions.confirm_totp(person_id=officer.id, code="123456", by=officer, at=AT),
    ):
        with pytest.raises(errors.FactorEnrolledAlready):
            act()
    with pytest.raises(NotPermitted):
        actions.enrol_totp(person_id=officer.id, by=banner.provider.clerk, at=AT)


def test_wrong_present_passwords_are_counted_too(banner: Banner) -> None:
    officer = banner.provider.officer
    known = credentials_of(officer)
    for attempt in range(5):
        with pytest.raises(errors.SignInRefused if attempt < 4 else errors.SignInBlocked):
            actions.change_password(person_id=officer.id, old="wrong", new="Sand-dune-2026", by=officer, at=AT)
    with pytest.raises(errors.SignInBlocked):
        actions.check_password(username=known.username, password=known.password, at=AT)


def test_old_failures_are_forgotten(banner: Banner) -> None:
    with pytest.raises(errors.SignInRefused):
        actions.check_password(username="nobody", password="x", at=AT)
    assert tasks.forget_sign_ins(AT) == 0
    assert tasks.forget_sign_ins(AT + timedelta(days=2)) == 1
