"""The worker dies between an act and the line that says it was done: the next goes on there, and nothing is done twice."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.urls import reverse

from gongxiang.platform.batches.actions import AT_ONCE
from gongxiang.platform.batches.models import BatchItem
from gongxiang.platform.catalogue import queries
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.web.batches.tasks import run_batches
from tests.factories import catalogue as make
from tests.factories.contents import complete_content
from tests.factories.parties import make_banner
from tests.support.chain import until
from tests.support.databases import ROOT
from tests.support.dataplane import tied_to_parent
from tests.support.pages import client_of

_WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE%batches_batchitem%'"
#: The record at which the worker is killed.
AT = 4


@pytest.mark.slow
def test_a_killed_worker_leaves_the_act_and_its_line_both_undone(site_database, tmp_path):
    banner = make_banner()
    at = banner.at - timedelta(hours=1)
    drafts = [make.make_draft_entry(banner.provider, complete_content(f"资源{n}"), at=at).id for n in range(AT_ONCE + 1)]
    browser = client_of(banner.provider.clerk)
    sent = {"act": "send", "entry": [str(key) for key in drafts], "back": "mine"}
    address = browser.post(reverse("batches:entries"), sent)["Location"]
    environment = {**os.environ, "GONGXIANG_DATABASE_URL": site_database.url, "PYTHONPATH": str(ROOT / "src")}
    with psycopg.connect(site_database.url) as outside, (tmp_path / "worker.log").open("ab") as log:
        # The act at hand is done and not committed: its line cannot be written.
        outside.execute("SELECT 1 FROM batches_batchitem WHERE number = %s FOR UPDATE", (AT,))
        worker = subprocess.Popen(
            [sys.executable, "-m", "gongxiang.cli", "worker"], env=environment, cwd=ROOT, stdout=log, stderr=log,
            preexec_fn=tied_to_parent(signal.SIGKILL),
        )  # fmt: skip
        try:
            with psycopg.connect(site_database.url, autocommit=True) as looking:
                until(lambda: looking.execute(_WAITS).fetchone(), words=lambda: (tmp_path / "worker.log").read_text("utf-8"))
        finally:
            worker.kill()
            worker.wait()
    assert "办理中" in browser.get(address).content.decode()
    assert Counter(BatchItem.objects.values_list("result", flat=True)) == {"DONE": AT - 1, "": len(drafts) - AT + 1}
    # The server notices the death of its client when it writes to it; until then the batch is locked and left alone.
    until(run_batches, words="the batch goes on")
    while run_batches():
        continue
    assert "已办完" in browser.get(address).content.decode()
    assert {queries.get_draft(key).status for key in drafts} == {"IN_REVIEW"}
    sent_for_review = EvidenceRecord.objects.filter(kind="resource:sent_for_review")
    assert Counter(UUID(one.subject_id) for one in sent_for_review) == dict.fromkeys(drafts, 1)
    assert {UUID(one.actor_id) for one in sent_for_review} == {banner.provider.clerk.id}
