"""Messages to an office system, against a real server: signed, tried again, stopped; never to where they must not go."""

import hmac
import json
import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from types import SimpleNamespace

import pytest

from gongxiang.platform.access import states
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.notices import actions_out, errors, outgoing, queries_out, tasks
from gongxiang.platform.notices.models import Dispatch, Notice, Webhook
from tests.factories import catalogue as make
from tests.factories.parties import AT, make_agreement, make_banner
from tests.factories.procedure import make_request
from tests.integration.notices.test_telling import tell_all

pytestmark = pytest.mark.django_db
JOB = System(name="notices")


class Office(ThreadingHTTPServer):
    """A department's office system: keeps what it was sent, answers what it is told to."""

    def __init__(self) -> None:
        self.kept, self.answers = [], []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/oa/inbox?from=gx"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.kept.append((self.path, dict(self.headers), body))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def office(settings):
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    server = Office()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def banner():
    return make_banner(agreements=False)


def listen(banner, office, **changes):
    values = {"address": office.address, "algorithm": "sm3", "anew": False, "by": banner.consumer.officer, "at": banner.at}
    return actions_out.set_webhook(**{**values, **changes})


def queue(banner, number=1, *, at=None):
    for n in range(number):
        actions_out.enqueue(
            [banner.consumer.id, banner.stranger.id], kind="access_request:granted", subject=("access_request", str(n)),
            title="SQ-2026-0001 特困人员", basis=("wushen-2021-60:21",), values={}, at=at or banner.at, source=f"act-{n}",
        )  # fmt: skip


@pytest.mark.parametrize("algorithm", ["sm3", "sha256"])
def test_a_message_is_signed_over_time_and_body_and_sent_once(banner, office, algorithm):
    secret = listen(banner, office, algorithm=algorithm)
    queue(banner)
    queue(banner)
    assert tasks.send_webhooks(banner.at) == 1
    assert tasks.send_webhooks(banner.at + timedelta(days=2)) == 0
    ((path, headers, body),) = office.kept
    assert path == "/oa/inbox?from=gx"
    stamp = headers["X-Gongxiang-Timestamp"]
    expected = hmac.new(secret.encode(), stamp.encode() + b"." + body, algorithm).hexdigest()
    assert headers["X-Gongxiang-Signature"] == f"{algorithm}={expected}"
    said = json.loads(body)
    assert (said["event"], said["title"]) == ("access_request:granted", "SQ-2026-0001 特困人员")
    assert said["department"] == banner.consumer.department.name
    assert Dispatch.objects.get().delivered_at == banner.at


def test_a_message_about_a_case_whose_period_runs_says_when_it_ends(office):
    banner = make_banner()
    listen(banner, office, by=banner.provider.officer)
    request = make_request(states.SUBMITTED, banner=banner, resource_id=make.make_conditional(banner=banner).id)
    tell_all(banner)
    bodies = {one.kind: one.body for one in Dispatch.objects.all()}
    assert bodies["access_request:submitted"]["due_at"] == request.due_at.isoformat()
    assert bodies["resource:published"]["due_at"] == "", "no period runs on a published resource"


def test_notices_of_a_department_reach_its_office_system_and_no_others(banner, office):
    listen(banner, office)
    make_agreement(banner.provider, at=banner.at)
    make.make_published(banner=banner, at=banner.at + timedelta(hours=1))
    tell_all(banner)
    kinds = set(Dispatch.objects.values_list("department_id", "kind"))
    assert (banner.consumer.id, "resource:published") in kinds
    assert {department for department, _kind in kinds} == {banner.consumer.id}


def test_failures_are_tried_again_with_growing_pauses_and_given_up(banner, office):
    listen(banner, office)
    office.answers = [500, 302, 404, 500, 500, 500, 500, 200]
    queue(banner)
    at, tried = banner.at, []
    for _ in range(20):
        before = len(office.kept)
        tasks.send_webhooks(at)
        if len(office.kept) > before:
            tried.append(at - banner.at)
        row = Dispatch.objects.get()
        if row.next_at is None:
            break
        assert row.next_at > at
        assert tasks.send_webhooks(row.next_at - timedelta(seconds=1)) == 0
        at = row.next_at
    assert len(office.kept) == 7
    assert [path for path, _headers, _body in office.kept] == ["/oa/inbox?from=gx"] * 7, "no redirect is followed"
    assert [b - a for a, b in pairwise(tried)] == list(actions_out.PAUSES)
    with pytest.raises(NotFound):
        actions_out.resend(dispatch_id=row.pk, by=banner.stranger.officer, at=at)
    actions_out.resend(dispatch_id=row.pk, by=banner.consumer.node_operator, at=at)
    with pytest.raises(errors.StillUnderWay):
        actions_out.resend(dispatch_id=row.pk, by=banner.consumer.officer, at=at)
    assert tasks.send_webhooks(at) == 1
    assert EvidenceRecord.objects.filter(kind="webhook:resent").count() == 1
    assert {headers["X-Gongxiang-Id"] for _path, headers, _body in office.kept} == {str(row.pk)}


def test_after_many_failures_sending_stops_and_those_responsible_are_told_once(banner, office):
    listen(banner, office)
    office.answers = [503] * 100
    queue(banner, 30)
    tasks.send_webhooks(banner.at)
    hook = queries_out.webhook_of(banner.consumer.id)
    assert (hook.stopped_why, len(office.kept)) == ("failures", actions_out.STOP_AFTER)
    told = {str(one.person_id) for one in Notice.objects.filter(kind="webhook:stopped")}
    expected = (banner.consumer.officer, banner.consumer.node_operator, banner.site.system_admin)
    assert told == {str(one.id) for one in expected}
    assert Notice.objects.filter(kind="webhook:stopped").count() == 3
    assert not Dispatch.objects.filter(next_at__isnull=False).exists()
    with pytest.raises(errors.NoWebhook):
        actions_out.resend(dispatch_id=Dispatch.objects.first().pk, by=banner.consumer.officer, at=banner.at)
    office.answers = []
    assert listen(banner, office) == "", "set again, the secret stays"
    actions_out.resend(dispatch_id=Dispatch.objects.first().pk, by=banner.consumer.officer, at=banner.at)
    assert tasks.send_webhooks(banner.at) == 1


def test_nobody_is_there(banner, office):
    listen(banner, office, address="http://127.0.0.1:9/")
    queue(banner)
    assert tasks.send_webhooks(banner.at) == 0
    row = Dispatch.objects.get()
    assert (row.problem, row.attempts, row.answer) == ("no_connection", 1, None)


def test_who_may_set_it(banner, office):
    for person in (banner.consumer.officer, banner.consumer.node_operator, banner.authority_leader):
        listen(banner, office, by=person)
    for person in (banner.consumer.clerk, banner.consumer.reviewer, banner.auditor, banner.site.system_admin, JOB):
        with pytest.raises(NotPermitted):
            listen(banner, office, by=person)
    record = EvidenceRecord.objects.filter(kind="webhook:set").first()
    assert "secret_sealed" not in str(record.after)
    assert bytes(Webhook.objects.first().secret_sealed)


NUMBERS = {
    "http://127.0.0.1/": False, "http://localhost/": False, "http://a.localhost/": False, "http://[::1]/": False,
    "http://169.254.169.254/latest": False, "http://[fe80::1]/": False, "http://0.0.0.0/": False, "http://224.0.0.1/": False,
    "http://[::ffff:127.0.0.1]/": False, "http://100.64.0.1/": False, "http://10.1.2.3/oa": True,
    "http://[64:ff9b::7f00:1]/": False, "http://[::7f00:1]/": False, "http://[fec0::1]/": False,
    "http://[64:ff9b::a00:1]/": True, "http://[64:ff9b:1::7f00:1]/": False, "http://[::ffff:0:127.0.0.1]/": False,
    "http://192.168.0.9:8080/": True,
    "https://[fd00::1]/": True, "http://8.8.8.8/": True, "https://oa.wsq.gov.cn/in": True,
}  # fmt: skip


@pytest.mark.parametrize("address", NUMBERS)
def test_where_messages_may_go(address):
    if NUMBERS[address]:
        outgoing.check_address(address)
    else:
        with pytest.raises(errors.AddressForbidden):
            outgoing.check_address(address)


def test_the_intranet_is_allowed_and_this_machine_in_it_is_not(settings):
    """Its own number lies in the intranet, and behind it are the doors that only this machine may enter."""
    settings.WEBHOOK_NETWORKS = ["0.0.0.0/0"]
    outgoing.check_address("http://10.1.2.3/")
    with pytest.raises(errors.AddressForbidden):
        outgoing.check_address("http://127.0.0.1:5432/")
    settings.WEBHOOK_NETWORKS = ["127.0.0.1/32"]
    outgoing.check_address("http://127.0.0.1/")


@pytest.mark.parametrize(
    "address",
    ["", "ftp://10.0.0.1/", "http://", "http://user:pass@10.0.0.1/", "http://10.0.0.1:99999/", "javascript:alert(1)",
     "//10.0.0.1/", "http://10.0.0.1/\r\nHost: x", "http://10.0.0.1/" + "a" * 600, "http://10.0.0.1:0/",
     "http://oa..cn/", f"http://{'a' * 64}.cn/"],
)  # fmt: skip
def test_what_is_no_address(address):
    with pytest.raises(errors.AddressWrong):
        outgoing.check_address(address)


def test_a_name_that_points_to_this_machine_is_not_connected_to(banner, office, settings, monkeypatch):
    listen(banner, office)
    settings.WEBHOOK_NETWORKS = ["10.0.0.0/8"]
    queue(banner)
    Webhook.objects.update(address=f"http://oa.example:{office.server_port}/")
    asked = []

    def both(host, port, **_rest):
        asked.append(host)
        return [(2, 1, 6, "", ("10.0.0.1", port)), (2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", both)
    assert tasks.send_webhooks(banner.at) == 0
    assert (Dispatch.objects.get().problem, office.kept) == ("forbidden", [])
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8", "10.0.0.0/8"]
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda host, port, **_rest: both(host, port)[1:])
    asked.clear()
    assert tasks.send_webhooks(banner.at + timedelta(hours=1)) == 1
    assert asked == ["oa.example"], "the name is asked once, and what it said is connected to"
    assert office.kept[0][1]["Host"] == f"oa.example:{office.server_port}"


def test_a_name_nobody_can_be_asked_for_does_not_stop_the_messages_of_others(banner, office):
    listen(banner, office)
    queue(banner)
    Webhook.objects.update(address="http://oa..cn/")
    assert tasks.send_webhooks(banner.at) == 0
    assert (Dispatch.objects.get().problem, Webhook.objects.get().failures) == ("forbidden", 1)


def test_an_answer_that_never_ends_is_cut_off(monkeypatch, settings):
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(outgoing, "LONGEST", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        answer = outgoing.post(
            f"http://127.0.0.1:{silent.getsockname()[1]}/",
            body={},
            secret=b"x",
            algorithm="sm3",
            message_id="1",
            kind="k",
            at=AT,
        )
    assert (answer.status, answer.problem) == (None, "no_connection")


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nX-One: 1\r\n", b"HTTP/1.1 200 OK\r\nX-Tw", b"HTTP/1.1 20"]
)
def test_an_answer_cut_off_in_its_head_is_none(settings, said):
    assert answered_with(settings, said).status is None


def test_an_answer_counts_with_its_head(settings):
    assert answered_with(settings, b"HTTP/1.1 204 No Content\r\n\r\n").taken
    assert answered_with(settings, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nrece").taken
    assert not answered_with(settings, b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 500 + b"\r\n").taken


def answered_with(settings, said):
    """What is made of an answer after which the connection ends."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            connection, _from = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        found = outgoing.post(address, body={}, secret=b"x", algorithm="sm3", message_id="1", kind="k", at=AT)
        thread.join()
    return found


class Died(BaseException):
    """As a kill: nothing catches it."""


@pytest.mark.parametrize(("place", "times"), [("notices.message_claimed", 1), ("notices.message_sent", 2)])
def test_a_worker_killed_while_it_sends_loses_no_message(banner, office, monkeypatch, place, times):
    listen(banner, office)
    queue(banner, 1)

    def reach(name):
        if name == place:
            raise Died

    with monkeypatch.context() as patched:
        patched.setattr(actions_out.killpoints, "reach", reach)
        with pytest.raises(Died):
            tasks.send_webhooks(banner.at)
    row = Dispatch.objects.get()
    assert (row.attempts, row.delivered_at, row.answer) == (1, None, None), "the attempt is known, its end is not"
    assert tasks.send_webhooks(banner.at + timedelta(seconds=50)) == 0, "the one before may still be at it"
    later = banner.at + timedelta(minutes=2)
    assert tasks.send_webhooks(later) == 1
    assert tasks.send_webhooks(later + timedelta(days=2)) == 0
    row = Dispatch.objects.get()
    assert (row.attempts, row.delivered_at, row.answer) == (2, later, 200)
    assert len(office.kept) == times
    assert {(headers["X-Gongxiang-Id"], body) for _path, headers, body in office.kept} == {(str(row.pk), office.kept[0][2])}


def test_a_message_is_signed_with_the_instant_it_goes_out(banner, office, monkeypatch):
    passed = iter(range(0, 10_000, 100))
    monkeypatch.setattr(actions_out, "time", SimpleNamespace(monotonic=lambda: next(passed)))
    monkeypatch.setattr(actions_out, "TURN", 10_000)
    listen(banner, office)
    queue(banner, 2)
    assert tasks.send_webhooks(banner.at) == 2
    stamps = [int(headers["X-Gongxiang-Timestamp"]) - int(banner.at.timestamp()) for _path, headers, _body in office.kept]
    assert stamps == [100, 300], "those before it took minutes: the receiver would refuse it as old"


def test_a_system_that_does_not_answer_holds_up_only_its_own_messages(banner, office):
    listen(banner, office)
    listen(banner, office, address="http://127.0.0.1:1/", by=banner.stranger.officer)
    queue(banner, 3)
    assert tasks.send_webhooks(banner.at) == 3
    tried = Dispatch.objects.filter(department_id=banner.stranger.id).values_list("attempts", flat=True)
    assert sorted(tried) == [0, 0, 1], "one pause a look, however many wait"
    assert tasks.send_webhooks(banner.at) == 0, "the rest waits"
    queue(banner, 4)
    actions_out.send_due(by=JOB, at=banner.at + timedelta(hours=2), most=3)
    assert len(office.kept) == 4, "a row of messages that cannot be sent does not take the place of those that can"


def test_a_system_that_answers_slowly_has_its_turn_and_no_more(banner, office, monkeypatch):
    monkeypatch.setattr(actions_out, "TURN", 0)
    listen(banner, office)
    queue(banner, 3)
    assert [tasks.send_webhooks(banner.at) for _ in range(4)] == [1, 1, 1, 0]
