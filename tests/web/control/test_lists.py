"""Long lists: order, pages from both ends, several words, a text, ids, summaries, how many."""

from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.web.control.listing import encode_json
from mockserver.web.views import summaries
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.site import read_problem

SUMMARIES = {
    "calls": summaries.CALL_SUMMARY,
    "requests": summaries.REQUEST_SUMMARY,
    "webhooks": summaries.WEBHOOK_SUMMARY,
}


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    """A site with a completed, a busy and a waiting call, a refused request, an unknown path."""
    site = build_edge_site(configuration)
    site.click_to_call()
    site.click_to_call("callee-busy")
    site.click_to_call("waits-for-a-person", mid='Ärger "42"')
    site.click_to_call(**{"from": ""})
    site.request("GET", "/nowhere")
    site.advance()
    return site


def ids(edge: EdgeSite, path: str) -> list[Any]:
    name = path.partition("?")[0]
    answer = edge.get_json(f"/_mock/{path}")
    return [item["id"] for item in answer["entries" if name == "journal" else name]]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("calls?order=oldest", ["c1", "c2", "c3"]),
        ("calls?order=newest", ["c3", "c2", "c1"]),
        ("calls?order=newest&limit=2", ["c3", "c2"]),
        ("calls?order=newest&after=c3&limit=1", ["c2"]),
        ("calls?order=newest&before=c1&limit=1", ["c2"]),
        ("calls?before=c3", ["c1", "c2"]),
        ("calls?before=c3&limit=1", ["c2"]),
        ("calls?before=c3&limit=0", []),
        ("calls?before=c1", []),
        ("calls?after=c1&before=c3", ["c2"]),
        ("calls?after=c1&before=c3&limit=0", []),
        ("calls?after=c3&before=c1", []),
        ("calls?state=ended,ringing", ["c1", "c2"]),
        ("calls?state=ended,answered", ["c1", "c2", "c3"]),
        ("calls?outcome=busy", ["c2"]),
        ("calls?outcome=busy,completed&state=ended", ["c1", "c2"]),
        ("calls?ids=c3,c1", ["c1", "c3"]),
        ("calls?ids=c3,c1&state=ended", ["c1"]),
        ("calls?state=e*", ["c1", "c2"]),
        ("calls?state=[ab]*,ringing", ["c3"]),
        ("calls?outcome=", ["c3"]),
        ("calls?outcome=b*,", ["c2", "c3"]),
        ("calls?vendor_id=*", ["c1", "c2", "c3"]),
        ("requests?status=4??", ["r4", "r5"]),
        ("requests?provider=", ["r5"]),
        ("requests?operation=", ["r5"]),
        ("requests?status=", []),
        ("requests?call=", ["r4", "r5"]),
        ("requests?call=c[12]", ["r1", "r2"]),
        ("webhooks?kind=comp*&call=c2", ["w1"]),
        ("requests?status=200,404", ["r1", "r2", "r3", "r5"]),
        ("requests?call=c1,c3", ["r1", "r3"]),
        ("requests?ids=r2&fields=all", ["r2"]),
        ("webhooks?call=c1,c2&state=delivered", ["w1", "w2"]),
        ("journal?order=newest&limit=2&after=3", [2, 1]),
        ("journal?before=3", [1, 2]),
    ],
)
def test_a_list_is_filtered_ordered_and_cut(edge: EdgeSite, path: str, expected: list[Any]) -> None:
    assert ids(edge, path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("calls?q=BUSY", ["c2"]),
        ("calls?q=ärger", ["c3"]),
        ('calls?q="42"', ["c3"]),
        ("calls?q=", ["c1", "c2", "c3"]),
        ("calls?q=nobody", []),
        ("calls?q=busy&state=answered", []),
        ("requests?q=nowhere", ["r5"]),
        ("webhooks?q=W2", ["w2"]),
    ],
)
def test_a_text_is_found_anywhere_in_what_is_shown(
    edge: EdgeSite, path: str, expected: list[str]
) -> None:
    assert ids(edge, path) == expected


def test_a_text_is_not_found_in_a_masked_secret(edge: EdgeSite) -> None:
    assert edge.get_json("/_mock/requests?q=top-secret-bearer")["total"] == 0


def test_the_total_counts_what_the_filters_select_on_all_pages(edge: EdgeSite) -> None:
    answer = edge.get_json("/_mock/calls?state=ended&limit=1")
    assert ([call["id"] for call in answer["calls"]], answer["total"]) == (["c1"], 2)


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_summary_has_the_same_values_in_fewer_fields(edge: EdgeSite, name: str) -> None:
    whole = edge.get_json(f"/_mock/{name}")[name]
    short = edge.get_json(f"/_mock/{name}?fields=summary")[name]
    assert [[*item][: len(SUMMARIES[name])] for item in short] == [
        [*SUMMARIES[name]] for _ in whole
    ]
    common = [{key: item[key] for key in item if key in whole[0]} for item in short]
    assert common == [{key: item[key] for key in item if key in short[0]} for item in whole]


def test_a_summary_counts_the_webhooks_and_names_the_numbers(edge: EdgeSite) -> None:
    calls = edge.get_json("/_mock/calls?fields=summary")["calls"]
    assert [call["webhook_states"] for call in calls] == [{"delivered": 1}, {"delivered": 1}, {}]
    assert calls[0]["numbers"] == {
        leg["name"]: leg["number"] for leg in edge.get_json("/_mock/calls/c1")["legs"]
    }


def test_a_summary_of_a_webhook_has_its_last_attempt(edge: EdgeSite) -> None:
    [first, _] = edge.get_json("/_mock/webhooks?fields=summary")["webhooks"]
    outline = first["attempt_count"], first["last_status"], first["last_error"]
    assert outline == (1, 200, None)


def test_a_summary_of_500_calls_is_a_third_of_the_calls(edge: EdgeSite) -> None:
    whole, short = (
        len(encode_json(edge.get_json(f"/_mock/calls{query}"))) for query in ("", "?fields=summary")
    )
    assert 3 * short < whole


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("calls?order=new", "order is never 'new': did you mean 'newest'?"),
        ("calls?order=up", "order is never 'up': it is one of oldest, newest"),
        ("journal?order=up", "order is never 'up': it is one of oldest, newest"),
        ("calls?fields=sumary", "fields is never 'sumary': did you mean 'summary'?"),
        ("calls?before=c9", "nothing here has the id 'c9' to come before"),
        ("calls?q=" + "x" * 201, "q can have at most 200 characters"),
        (
            "calls?state=ended,foo",
            ("the state of a call is never 'foo': it is one of scheduled, queued, ringing, "
            "answered, bridged, ended"),
        ),
        ("calls?outcome=buzy", "the outcome of a call is never 'buzy': did you mean 'busy'?"),
        ("calls?ids=c3,c9", "nothing here has the id 'c9': without `ids`, the list has all"),
        ("calls?ids=c11", "nothing here has the id 'c11': did you mean 'c1'?"),
        ("calls?ids=", "nothing here has the id '': without `ids`, the list has all"),
        (
            "calls?state=",
            ("the state of a call is never empty: it is one of scheduled, queued, ringing, "
            "answered, bridged, ended"),
        ),
        ("calls?vendor_id=", "the vendor_id of a call is never empty: leave the filter out"),
        ("webhooks?call=w1,", "the call of a webhook is never empty: leave the filter out"),
        (
            "requests?status=200,ok",
            "status is a number such as 200, or a glob such as 5??, not 'ok'",
        ),
        ("requests?status=9??", "status is a number such as 200, or a glob such as 5??, not '9??'"),
        ("webhooks?kind=complete", ("the kind of a webhook is never 'complete': did you mean"
         " 'completed'?")),
    ],
)  # fmt: skip
def test_what_no_item_can_have_is_refused(edge: EdgeSite, path: str, detail: str) -> None:
    response = edge.request("GET", f"/_mock/{path}")
    assert read_problem(response) == (422, "invalid-query", detail)
