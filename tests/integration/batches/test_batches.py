"""One act on many: each for itself, by who asked, with the rights of the moment; stopped, refused, and never twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from gongxiang.platform.batches import actions, errors, queries
from gongxiang.platform.batches.actions import AT_ONCE, MOST, MOST_RUNNING, MOST_TRIES, Wanted
from gongxiang.platform.batches.models import Batch
from gongxiang.platform.batches.permissions import RUNNER
from gongxiang.platform.batches.states import BATCH
from gongxiang.platform.catalogue.errors import FieldMissing
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotPermitted, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.notices import tasks as notices
from gongxiang.platform.notices.queries import inbox
from gongxiang.platform.parties.actions import close_account
from gongxiang.platform.parties.models import Person, RoleGrant
from gongxiang.platform.web.batches.tasks import run_batches
from gongxiang.platform.web.notices.views import place_of
from gongxiang.protocol import clock
from tests.factories import catalogue as make
from tests.factories.contents import complete_content
from tests.factories.parties import make_banner
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db
JOB = System(name=RUNNER)


@pytest.fixture
def banner():
    return make_banner()


def asked(person, n=3, **more):
    items = [Wanted(subject_id=uuid4(), name=f"第{number}条") for number in range(n)]
    return actions.ask_batch(kind="probe", act="send", items=items, by=person, at=clock.now(), **more), items


def run(carry_out, **more):
    return actions.run_next_item(carry_out={"probe": carry_out}, by=JOB, at=clock.now(), **more)


@pytest.mark.article("wushen-2021-60:25", "cn-809:11(1)")
def test_each_is_the_askers_act_and_one_that_is_refused_stops_none(banner):
    batch_id, items = asked(banner.provider.clerk, said={"remark": "一并办理"})
    seen = []

    def act(work):
        seen.append(work)
        Person.objects.filter(pk=work.by.id).update(name="半途")
        if work.subject_id == items[0].subject_id:
            raise Shortfalls([FieldMissing(field="name", name="名称"), WrongState(state="DRAFT", subject="resource")])
        if work.subject_id == items[1].subject_id:
            raise KeyError("a defect")
        Person.objects.filter(pk=work.by.id).update(name="办成")

    assert [run(act) for _ in range(4)] == [True, True, True, False]
    assert [(work.subject_id, work.by.id, work.said) for work in seen] == [
        (one.subject_id, banner.provider.clerk.id, {"remark": "一并办理"}) for one in items
    ]
    found = queries.get_batch(batch_id, actor=banner.provider.clerk)
    assert (found.status, found.tried, found.refused, found.done, found.left) == ("FINISHED", 3, 2, 1, 0)
    first, second, third = queries.items_of(batch_id, actor=banner.provider.clerk)
    assert [[reason.code for reason in one.reasons] for one in (first, second, third)] == [
        ["field_missing", "wrong_state"], ["act_broken"], []
    ]  # fmt: skip
    assert [one.refused for one in (first, second, third)] == [True, True, False]
    assert "草稿" in first.reasons[1].message, "a state is told in the reader's words"
    assert first.reasons[0].field == "name"
    assert first.reasons[0].articles == FieldMissing(field="name", name="名称").articles
    assert Person.objects.get(pk=banner.provider.clerk.id).name == "办成"
    trail = EvidenceRecord.objects.filter(subject_id=str(batch_id)).order_by("id").values_list("kind", flat=True)
    assert list(trail) == ["batch:asked", "batch:finished"]


def test_what_a_refused_act_had_begun_is_undone(banner):
    asked(banner.provider.clerk, n=1)

    def act(work):
        Person.objects.filter(pk=work.by.id).update(name="半途")
        raise WrongState(state="DRAFT", subject="resource")

    run(act)
    assert Person.objects.get(pk=banner.provider.clerk.id).name != "半途"


@pytest.mark.article("wushen-2021-60:25")
def test_rights_are_those_of_the_moment_of_each_act(banner):
    """The role is withdrawn after the first, the account locked after the second."""
    clerk = banner.provider.clerk
    batch_id, _items = asked(clerk)

    def act(work):
        if not work.by.roles:
            raise NotPermitted()

    run(act)
    RoleGrant.objects.filter(person_id=clerk.id).update(ended_at=clock.now())
    run(act)
    close_account(person_id=clerk.id, reason="调离", by=banner.site.system_admin, at=clock.now())
    run(act)
    codes = {one.name: [reason.code for reason in one.reasons] for one in queries.items_of(batch_id, actor=clerk)}
    assert codes == {"第0条": [], "第1条": ["not_permitted"], "第2条": ["asker_gone"]}


@pytest.mark.django_db(transaction=True)
def test_who_asked_for_more_than_a_page_does_is_told_of_the_end(banner):
    clerk, known = banner.provider.clerk, set()

    def act(work):
        if work.subject_id in known:
            raise FieldMissing(field="name", name="名称")

    for number, refused in ((12, 0), (11, 1), (3, 0)):
        _, items = asked(clerk, number)
        known |= {one.subject_id for one in items[:refused]}
        while run(act):
            pass
    while notices.on_news():
        pass
    told = [one for one in inbox(clerk) if one.subject_type == "batch"]
    assert sorted((one.kind, one.title) for one in told) == [
        ("batch:finished", "第0条 … (12/12)"), ("batch:partly_done", "第0条 … (10/11)"),
    ]  # fmt: skip
    assert {place_of(one) for one in told} == {reverse("batches:one", args=[one.subject_id]) for one in told}
    assert [one for one in inbox(banner.provider.reviewer) if one.subject_type == "batch"] == []


def test_a_stopped_batch_leaves_the_rest_as_it_was(banner):
    clerk = banner.provider.clerk
    batch_id, _items = asked(clerk)
    run(lambda work: None)
    for other in (banner.provider.officer, banner.consumer.clerk):
        with pytest.raises(errors.BatchNotFound):
            actions.stop_batch(batch_id=batch_id, by=other, at=clock.now())
    actions.stop_batch(batch_id=batch_id, by=clerk, at=clock.now())
    assert run(lambda work: None) is False
    with pytest.raises(WrongState):
        actions.stop_batch(batch_id=batch_id, by=clerk, at=clock.now())
    found = queries.get_batch(batch_id, actor=clerk)
    assert (found.status, found.done, found.left) == ("STOPPED", 1, 2)


def test_small_ones_do_not_wait_for_large_ones_and_a_page_does_its_own(banner):
    large, _ = asked(banner.provider.clerk, n=5)
    for _ in range(2):
        run(lambda work: None)
    small, _ = asked(banner.provider.officer, n=2)
    for _ in range(2):
        run(lambda work: None)
    states = dict(Batch.objects.values_list("pk", "status"))
    assert states == {large: "RUNNING", small: "FINISHED"}
    while run(lambda work: None, batch_id=large):
        continue
    assert Batch.objects.get(pk=large).status == "FINISHED"


def test_who_may_not_ask_and_what_cannot_be_asked(banner):
    for nobody in (banner.auditor, banner.site.system_admin, System(name="deadline-sweeper")):
        with pytest.raises(NotPermitted):
            asked(nobody)
    with pytest.raises(errors.NothingAsked):
        asked(banner.provider.clerk, n=0)
    with pytest.raises(errors.TooManyInBatch):
        asked(banner.provider.clerk, n=MOST + 1)
    for _ in range(MOST_RUNNING):
        asked(banner.provider.clerk, n=1)
    with pytest.raises(errors.TooManyBatches):
        asked(banner.provider.clerk, n=1)
    asked(banner.provider.officer, n=1)
    with pytest.raises(NotPermitted):
        actions.run_next_item(carry_out={}, by=banner.provider.clerk, at=clock.now())


def test_one_record_ticked_twice_is_one(banner):
    one = Wanted(subject_id=uuid4(), name="同一条")
    batch_id = actions.ask_batch(kind="probe", act="send", items=[one, one], by=banner.provider.clerk, at=clock.now())
    assert queries.get_batch(batch_id, actor=banner.provider.clerk).total == 1


def test_a_kind_that_nobody_carries_out_is_refused_and_ends(banner):
    batch_id, _items = asked(banner.provider.clerk, n=1)
    assert actions.run_next_item(carry_out={}, by=JOB, at=clock.now())
    assert queries.get_batch(batch_id, actor=banner.provider.clerk).refused == 1


def test_a_record_over_which_the_worker_dies_is_given_up_and_the_next_is_done(banner):
    batch_id, items = asked(banner.provider.clerk, n=2)

    def act(work):
        if work.subject_id == items[0].subject_id:
            raise KeyboardInterrupt

    for _ in range(MOST_TRIES):
        with pytest.raises(KeyboardInterrupt):
            run(act)
    assert [run(act), run(act), run(act)] == [True, True, False]
    first, second = queries.items_of(batch_id, actor=banner.provider.clerk)
    assert ([one.code for one in first.reasons], second.done) == (["act_broken"], True)


@pytest.mark.parametrize("act", ["finish", "stop"])
def test_an_ended_batch_has_ended(act):
    for state in ("FINISHED", "STOPPED"):
        assert not BATCH.can(act, state)
    assert BATCH.find(act, "RUNNING").target == {"finish": "FINISHED", "stop": "STOPPED"}[act]


class TestOnThePage:
    """More than a few become a batch with a page of its own; it can be left, and come back to."""

    @pytest.fixture
    def drafts(self, banner):
        at = banner.at - timedelta(hours=1)
        made = [make.make_draft_entry(banner.provider, complete_content(f"资源{n}"), at=at) for n in range(AT_ONCE + 1)]
        return [str(one.id) for one in made]

    def test_it_is_asked_for_followed_and_looked_up(self, banner, drafts):
        browser = client_of(banner.provider.clerk)
        sent = browser.post(reverse("batches:entries"), {"act": "send", "entry": drafts, "back": "mine"})
        address = sent["Location"]
        page = browser.get(address).content.decode()
        assert "hx-get" in page
        assert f'<a href="{address}">' in page, "without script the page is asked for again by hand"
        assert run_batches() == 1
        assert f"已处理 1 / {len(drafts)} 条" in browser.get(f"{address}progress/").content.decode()
        assert f"{address}stop/" in browser.get(address).content.decode()
        while run_batches():
            continue
        assert browser.get(f"{address}progress/")["HX-Refresh"] == "true"
        ended = browser.get(address).content.decode()
        assert "已办完" in ended
        assert reverse("catalogue:mine") in ended
        sheet = browser.get(address, {"export": "csv"}).content.decode()
        assert sheet.count(",办成,") == len(drafts)
        assert address in browser.get(reverse("batches:list")).content.decode()
        for other in (banner.provider.reviewer, banner.authority_officer):
            assert client_of(other).get(address).status_code == 404
            assert client_of(other).post(f"{address}stop/").status_code == 404

    def test_it_is_stopped_from_its_page_and_too_many_are_told_on_the_list(self, banner, drafts):
        browser = client_of(banner.provider.clerk)
        said = {"act": "send", "entry": drafts, "back": "mine"}
        addresses = [browser.post(reverse("batches:entries"), said)["Location"] for _ in range(MOST_RUNNING)]
        assert browser.post(reverse("batches:entries"), said)["Location"] == reverse("catalogue:mine")
        for _ in range(2):
            assert browser.post(f"{addresses[0]}stop/")["Location"] == addresses[0]
        assert "已停止" in browser.get(addresses[0]).content.decode()
        assert Batch.objects.filter(status="RUNNING").count() == MOST_RUNNING - 1
