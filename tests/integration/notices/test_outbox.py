"""What the worker does: acts that were committed are told, each once, also when it is killed and comes again."""

import pytest

from gongxiang.platform.notices import queries, tasks
from gongxiang.platform.notices.models import Notice
from tests.factories import catalogue as make
from tests.factories.parties import make_banner
from tests.support.chain import until


@pytest.mark.article("cn-809:16.1")
def test_a_committed_publication_is_told_to_every_department(site_database):
    banner = make_banner()
    resource = make.make_published(banner=banner)
    people = [
        person
        for office in (banner.provider, banner.consumer, banner.stranger)
        for person in (office.clerk, office.reviewer, office.officer)
    ]

    def told() -> bool:
        # Read again and again: an older transaction anywhere on the server hides newer acts, as it must.
        tasks.on_news()
        return all(queries.inbox(one, topic="resource").filter(kind="resource:published").exists() for one in people)

    until(told, words="the publication is told")
    for person in people:
        rows = [one for one in queries.inbox(person, topic="resource") if one.kind == "resource:published"]
        assert [one.subject_id for one in rows] == [str(resource.id)]
    before = Notice.objects.filter(kind="resource:published").count()
    tasks.on_news()
    assert Notice.objects.filter(kind="resource:published").count() == before
