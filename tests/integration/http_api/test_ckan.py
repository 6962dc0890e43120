"""CKAN's own client reads the catalogue as it reads CKAN: over HTTP, with a token, errors as its exceptions."""

import pytest
from ckanapi import NotAuthorized, NotFound, RemoteCKAN, SearchQueryError, ValidationError
from ckanapi.errors import CKANAPIError
from django.test import Client

from gongxiang.platform.kernel.actors import Scope
from gongxiang.protocol import clock
from tests.factories.catalogue import make_published
from tests.factories.contents import complete_content, conditional_content
from tests.factories.parties import make_banner
from tests.support.calling import bearer, system_token


class TestWithTheRealClient:
    """A live server on loopback, and ckanapi unchanged."""

    @pytest.fixture
    def world(self, transactional_db, live_server):
        banner = make_banner(at=clock.now())
        entries = [make_published(banner=banner, content=complete_content(f"目录{n}", keywords=("区划",))) for n in range(3)]
        entries.append(make_published(banner=banner, content=conditional_content()))
        token = system_token(banner.consumer, Scope.READ)
        return banner, entries, live_server.url, token

    def test_it_reads_by_post_and_by_get(self, world):
        banner, entries, url, token = world
        for get_only in (False, True):
            with RemoteCKAN(url, apikey=token, user_agent="test", get_only=get_only) as client:
                names = client.action.package_list()
                assert len(names) == 4
                shown = client.action.package_show(id=names[0])
                assert shown["organization"]["title"] == "乌审旗民政局"
                assert client.action.package_show(id=str(entries[3].id))["title"] == "特困人员基本信息"
                assert client.action.package_show(id=entries[3].code)["id"] == str(entries[3].id)
                found = client.action.package_search(q="目录", rows=2, start=1, sort="name asc")
                assert (found["count"], [one["title"] for one in found["results"]]) == (3, ["目录1", "目录2"])
                organisations = client.action.organization_list(all_fields=True)
                assert [one["package_count"] for one in organisations] == [4]
                assert client.action.organization_show(id=organisations[0]["name"])["id"] == str(banner.provider.id)
                assert client.action.tag_list() == ["区划"]
                assert "307" in client.action.group_list()
                assert client.action.site_read() is True
                assert client.action.status_show()["site_url"] == url
                for action, exception in (("package_show", NotFound), ("organization_show", NotFound)):
                    with pytest.raises(exception):
                        client.call_action(action, {"id": "nothing"})
                with pytest.raises(ValidationError):
                    client.action.package_show()
                with pytest.raises(SearchQueryError):
                    client.action.package_search(q="", fq="nothing:x")
                with pytest.raises(CKANAPIError):
                    client.action.package_delete(id=names[0])

    def test_without_a_token_it_is_not_authorised(self, world):
        _banner, _entries, url, _token = world
        for key in (None, "gx_wrong"):
            with RemoteCKAN(url, apikey=key, user_agent="test") as client, pytest.raises(NotAuthorized):
                client.action.package_list()


@pytest.mark.django_db
class TestSearching:
    """`package_search` in detail."""

    @pytest.fixture
    def ask(self):
        banner = make_banner(at=clock.now())
        for n in range(5):
            words = ("统计", "区划", "区划") if n < 3 else ("统计 年报",)
            make_published(banner=banner, content=complete_content(f"目录{n}", keywords=words))
        make_published(banner=banner, content=conditional_content())
        head = bearer(system_token(banner.consumer, Scope.READ))

        def ask(**given):
            answer = Client().post("/api/3/action/package_search", given, "application/json", **head)
            return answer.json()["result"] if answer.status_code == 200 else answer

        return ask

    def test_any_window_of_the_result_comes(self, ask):
        everything = [one["id"] for one in ask(q="*:*", rows=100, sort="name asc")["results"]]
        assert len(everything) == 6
        for start in range(8):
            for rows in (0, 1, 2, 4, 7):
                found = ask(rows=rows, start=start, sort="name asc")
                assert [one["id"] for one in found["results"]] == everything[start : start + rows], (start, rows)
                assert found["count"] == 6

    def test_facets_and_filters(self, ask):
        found = ask(**{"facet.field": ["organization", "sharing_type", "groups", "res_format", "tags"]})
        assert found["facets"]["sharing_type"] == {"UNCONDITIONAL": 5, "CONDITIONAL": 1}
        (organisation,) = found["facets"]["organization"]
        items = found["search_facets"]["organization"]["items"]
        assert items == [{"name": organisation, "display_name": "乌审旗民政局", "count": 6}]
        assert ask(fq=f"organization:{organisation} +sharing_type:CONDITIONAL")["count"] == 1
        assert ask(fq="organization:nobody")["count"] == 0
        assert ask(fq="state:active")["count"] == 6
        assert ask(fq='groups:"307"')["count"] == 1
        assert ask(fq_list=["sharing_type:(CONDITIONAL OR UNCONDITIONAL)"])["count"] == 6

    def test_keywords_are_counted_among_what_is_found_and_can_be_chosen(self, ask):
        found = ask(q="目录", **{"facet.field": ["tags"]})
        assert list(found["facets"]["tags"].items()) == [("区划", 3), ("统计", 3), ("统计 年报", 2)]
        assert found["search_facets"]["tags"] == {
            "title": "Tags",
            "items": [{"name": word, "display_name": word, "count": count} for word, count in found["facets"]["tags"].items()],
        }
        assert len(ask(q="目录", **{"facet.field": ["tags"], "facet.limit": 1})["facets"]["tags"]) == 1
        assert len(ask(q="目录", **{"facet.field": ["tags"], "facet.limit": -1})["facets"]["tags"]) == 3
        assert ask(q="目录", fq="sharing_type:CONDITIONAL", **{"facet.field": ["tags"]})["facets"]["tags"] == {}
        narrowed = ask(fq='tags:"统计 年报"', **{"facet.field": ["tags"]}, sort="name asc")
        assert [one["title"] for one in narrowed["results"]] == ["目录3", "目录4"]
        assert narrowed["facets"]["tags"] == {"统计 年报": 2}
        assert ask(fq="tags:区划 tags:统计")["count"] == 3
        assert ask(fq="tags:(区划 OR 没有)")["count"] == 3
        assert ask(fq="tags:没有")["count"] == 0

    @pytest.mark.parametrize(
        "given",
        [
            {"rows": "many"}, {"start": -1}, {"rows": True}, {"facet.field": "not json"}, {"facet.field": [1]},
            {"sort": "rainbow asc"}, {"fq": "words without a field"}, {"fq": "-sharing_type:X"}, {"fq_list": [1, None]},
            {"fq": "a" * 1_000_000}, {"facet.field": "[" * 100_000},
        ],
    )  # fmt: skip
    def test_nonsense_is_refused_in_ckans_form(self, ask, given):
        answer = ask(**given)
        assert answer.status_code == 409
        assert answer.json()["success"] is False
        assert answer.json()["error"]["__type"] in ("Validation Error", "Search Query Error")

    @pytest.mark.parametrize("body", ["{", "[]", '{"q": "a\\u0000"}', '{"id": "\\ud800"}', "null", '{"q": {"a": [1]}}'])
    def test_broken_bodies_never_break_anything(self, body):
        head = bearer(system_token(make_banner().consumer, Scope.READ))
        for name in ("package_search", "package_show", "organization_show", "tag_list"):
            answer = Client().post(f"/api/3/action/{name}", body, "application/json", **head)
            assert answer.status_code in (200, 404, 409), answer.content
            answer.json()
