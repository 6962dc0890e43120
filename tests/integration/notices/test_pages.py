"""The inbox as people use it, and the letter as a real mail server receives it."""

import email
from datetime import datetime, timedelta

import pytest
from aiosmtpd.controller import Controller

from gongxiang.machine.processes import free_ports
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.notices import actions, errors, queries, queries_out, rules, tasks
from gongxiang.platform.notices.models import Notice
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING
from tests.factories import catalogue as make
from tests.factories.parties import make_banner
from tests.integration.notices.test_telling import tell_all
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner():
    found = make_banner()
    make.make_published(banner=found)
    tell_all(found)
    Notice.objects.exclude(kind="resource:published").delete()
    return found


def text_of(answer) -> str:
    return answer.content.decode()


def test_unread_notices_are_counted_opened_and_read(banner):
    browser = signed_in(banner.consumer.clerk)
    assert 'aria-label="1 条未读消息"' in text_of(browser.get("/"))
    page = text_of(browser.get("/notices/"))
    assert "行政区划代码" in page
    (notice,) = queries.inbox(banner.consumer.clerk)
    answer = browser.post(f"/notices/{notice.pk}/open/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/catalogue/resources/{notice.subject_id}/"
    assert queries.unread(banner.consumer.clerk) == 0
    assert "没有符合" in text_of(browser.get("/notices/", {"unread": "1"}))


def test_narrowing_exporting_and_marking_all(banner):
    browser = signed_in(banner.provider.officer)
    assert "行政区划代码" in text_of(browser.get("/notices/", {"topic": "resource", "q": "行政"}))
    assert "行政区划代码" not in text_of(browser.get("/notices/", {"topic": "grant"}))
    assert "行政区划代码" in text_of(browser.get("/notices/", {"export": "csv"}))
    browser.post("/notices/read/", {"topic": "resource"})
    assert queries.inbox(banner.provider.officer, topic="resource", unread=True).count() == 0


def test_words_follow_the_readers_language(banner):
    browser = signed_in(banner.consumer.clerk)
    assert "新资源发布" in text_of(browser.get("/notices/"))
    browser.post("/language/", {"language": "en", "next": "/"})
    assert "New resource published" in text_of(browser.get("/notices/"))


def test_settings_are_kept_and_what_must_be_told_is_said(banner, monkeypatch):
    browser = signed_in(banner.consumer.clerk)
    kept = [topic for topic in rules.topics() if topic != "flow"]
    assert browser.post("/notices/settings/", {"wanted": kept}).status_code == 302
    assert queries.wishes_of(banner.consumer.clerk.id).muted == {"flow"}
    monkeypatch.setattr(rules, "RULES", {"disposal_duty:opened": rules.RULES["disposal_duty:opened"]})
    wrong = browser.post("/notices/settings/", {"wanted": ["flow"]})
    assert wrong.status_code == 422
    assert browser.post("/notices/settings/mail/", {"asked": "on", "address": ""}).status_code == 422
    assert browser.post("/notices/settings/mail/", {"asked": "on", "address": "clerk@example.org"}).status_code == 302
    assert queries.wishes_of(banner.consumer.clerk.id).mail == "clerk@example.org"


def morning() -> datetime:
    """Nine in the morning in Beijing, tomorrow: daily letters go out then, and every notice made today is old enough."""
    return (clock.now().astimezone(BEIJING) + timedelta(days=1)).replace(hour=9, minute=0)


class Letters:
    """Keeps what a mail server was handed."""

    def __init__(self) -> None:
        self.kept = []

    async def handle_DATA(self, server, session, envelope):
        """Take it."""
        self.kept.append(envelope)
        return "250 OK"


def test_the_digest_is_sent_once_to_who_asked(banner, settings):
    letters = Letters()
    port = free_ports(1)
    server = Controller(letters, hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings.SMTP_URL = f"smtp://127.0.0.1:{port}?from=platform@example.org"
        actions.choose_mail(address="clerk@example.org", asked=True, by=banner.consumer.clerk, at=clock.now())
        later = morning()
        assert tasks.send_digests(later.replace(hour=7)) == 0, "daily letters go out from eight on"
        assert tasks.send_digests(later) == 1
        assert tasks.send_digests(later) == 0
        Notice.objects.update(mailed_at=None)
        assert tasks.send_digests(later + timedelta(hours=5)) == 0, "one a day"
        actions.choose_mail(address="clerk@example.org", asked=True, rhythm="immediate", by=banner.consumer.clerk, at=later)
        assert tasks.send_digests(later + timedelta(hours=5)) == 1
        Notice.objects.update(mailed_at=None)
        actions.choose_mail(address="clerk@example.org", asked=True, rhythm="binding", by=banner.consumer.clerk, at=later)
        Notice.objects.filter(person_id=banner.consumer.clerk.id).update(kind="demand:closed")
        assert tasks.send_digests(later + timedelta(days=1)) == 0, "only what must be told"
        Notice.objects.filter(person_id=banner.consumer.clerk.id).update(kind="resource:published")
        assert tasks.send_digests(later + timedelta(days=1)) == 1
    finally:
        server.stop()
    letter, *_more = letters.kept
    assert len(letters.kept) == 3
    assert "行政区划代码" in email.message_from_bytes(letter.content).get_payload(decode=True).decode()
    assert letter.rcpt_tos == ["clerk@example.org"]
    assert letter.mail_from == "platform@example.org"


class Died(BaseException):
    """As a kill: nothing catches it."""


def test_a_letter_that_may_have_gone_out_comes_again_as_the_same(banner, settings, monkeypatch):
    letters = Letters()
    port = free_ports(1)
    server = Controller(letters, hostname="127.0.0.1", port=port)
    server.start()
    deaths = ["notices.letter_noted", "notices.letter_sent"]

    def reach(name):
        if deaths and deaths[0] == name:
            deaths.pop(0)
            raise Died

    monkeypatch.setattr(tasks.killpoints, "reach", reach)
    try:
        settings.SMTP_URL = f"smtp://127.0.0.1:{port}?from=platform@example.org"
        actions.choose_mail(address="clerk@example.org", asked=True, by=banner.consumer.clerk, at=clock.now())
        at = morning()
        for _death in range(2):
            with pytest.raises(Died):
                tasks.send_digests(at)
            assert tasks.send_digests(at + timedelta(minutes=4)) == 0, "a pause: the server may still be at it"
            at += timedelta(minutes=6)
        assert tasks.send_digests(at) == 1
        assert tasks.send_digests(at + timedelta(minutes=6)) == 0
    finally:
        server.stop()
    first, again = (email.message_from_bytes(one.content) for one in letters.kept)
    assert first["Message-ID"] == again["Message-ID"]
    assert first["Message-ID"].endswith("@example.org>")
    assert first.as_bytes() == again.as_bytes()
    assert Notice.objects.filter(person_id=banner.consumer.clerk.id, mailed_at=None).count() == 0


@pytest.mark.parametrize(
    "address", ["a b@example.org", "a@example.org\nBcc: all@example.org", "a@example.org, b@example.org", "x" * 260]
)
def test_what_is_no_mail_address(banner, address):
    with pytest.raises(errors.MailAddressWrong):
        actions.choose_mail(address=address, asked=True, by=banner.consumer.clerk, at=clock.now())


def test_a_server_that_is_away_loses_nothing(banner, settings):
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    actions.choose_mail(address="clerk@example.org", asked=True, by=banner.consumer.clerk, at=clock.now())
    at = morning()
    assert tasks.send_digests(at) == 0
    assert queries.digests_due(at + timedelta(minutes=4)) == [], "a pause before it is tried again"
    assert len(queries.digests_due(at + timedelta(minutes=6))) == 1
    tasks.send_digests(at + timedelta(minutes=6))
    (failing,) = queries_out.mail_failures(banner.site.system_admin)
    assert (failing.name, failing.failures, failing.problem) == (banner.consumer.clerk.name, 2, "ConnectionRefusedError")
    assert "example.org" not in str(failing)
    with pytest.raises(NotPermitted):
        queries_out.mail_failures(banner.authority_officer)


def test_without_a_server_nothing_is_tried(banner, settings):
    settings.SMTP_URL = ""
    actions.choose_mail(address="clerk@example.org", asked=True, by=banner.consumer.clerk, at=clock.now())
    assert tasks.send_digests(clock.now()) == 0


def test_the_job_alone_writes(banner):
    assert actions.forget_old(by=System(name="notices"), at=clock.now()) == 0
