"""Try it: samples of every operation, their refusals, types of bodies, and copies for programs."""

import re

from tests.support.browser import Page, expect
from tests.support.fault_examples import FAULT_EXAMPLES, OPERATIONS
from tests.support.ui_site import UiSite
from tests.web.control.test_samples import FIRST

VISIT = """path => {
  history.pushState(null, "", path);
  dispatchEvent(new Event("place"));
}"""
PROVOKE = """async ([base, operations]) => {
  const [{ readOperations }, { makeSample, sendSample, unsendable }, { provoke, sendProvoking }] =
    await Promise.all(["operations", "samples", "faults"].map(
      name => import(`${base}/ui/${name}.js`)));
  const provoked = [], documents = {};
  for (const [provider, operation, first, fields] of operations) {
    documents[provider] ??= await readOperations(provider);
    const found = documents[provider].find(each => each.operation === operation);
    let accepted = null;
    for (const [fault, { account }] of Object.entries(found.faults)) {
      if (account || !accepted) {
        await fetch(`${base}/reset`, { method: "POST" });
        if (first) await sendSample(await makeSample(provider, first, { fields }));
        accepted = await makeSample(provider, operation);
      }
      const request = provoke(found, fault, accepted);
      const reason = unsendable(request);
      const send = () => sendProvoking(found, fault, request, accepted.account);
      const answered = reason || (await send()).headers.get("x-mock-fault");
      provoked.push([[provider, operation, fault], answered]);
    }
  }
  return provoked;
}"""
BY_COOKIE = ("webrtc", "webrtc-call")
UNSENDABLE = {
    ("ccai", "read-call", "malformed-body"): "a body with GET",
    ("innocalls", "authorize", "bad-request"): "a body with GET",
    ("innocalls", "webrtc", "bad-request"): "the header cookie",
}
"""Refusals that a page cannot provoke, and what it cannot send."""
REFUSING = (
    *(("ccai", each) for each in ("create-outbound", "create-inbound", "read-call", "end-user")),
    *(("effebot", each) for each in ("create", "update", "remove-record", "play-record")),
    *(("innocalls", each) for each in ("bridge", "call-status", "authorize", "webrtc")),
    *(("mobtexting", "c2c"), ("phonon", "create")),
)
"""Operations with refusals of every kind: by fields, path, headers, account, earlier calls."""


def visit(page: Page, ui: UiSite, provider: str, operation: str) -> None:
    """Show an operation without loading the page anew."""
    page.evaluate(VISIT, ui.url(f"try/{provider}/{operation}"))
    expect(page.locator(f"[data-key$='-{provider}-{operation}']")).to_be_visible()


def newest_request(ui: UiSite) -> dict[str, object]:
    [request] = ui.read("/requests?order=newest&limit=1")["requests"]
    return {name: request[name] for name in ("operation", "fault")}


def test_each_sample_of_each_operation_is_answered_without_a_fault(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("try"))
    send, answer = page.get_by_role("button", name="Send", exact=True), page.get_by_label("answer")
    for provider, endpoint, _ in OPERATIONS:
        operation = endpoint.operation
        visit(page, ui, provider, operation)
        choice = page.get_by_label("sample", exact=True)
        names = choice.locator("option").evaluate_all("all => all.map(each => each.value)")
        for name in names or [None]:
            if name:
                choice.select_option(name)
            if (first := page.get_by_role("button", name="first")).count():
                first.click()
            expect(send).to_be_visible()
            if operation in BY_COOKIE:
                expect(page.get_by_text("A page cannot send the header cookie")).to_be_visible()
                continue
            expect(answer).to_have_count(0)
            send.click()
            expect(answer).to_be_visible()
            assert newest_request(ui) == {"operation": operation, "fault": None}, name


def test_a_refusal_is_provoked_as_the_document_says(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("try"))
    operations = [(*key, *FIRST.get(key, ("", {}))) for key in REFUSING]
    provoked = page.evaluate(PROVOKE, [f"{ui.prefix}/_mock", operations])
    keys = [(each.name, each.endpoint.operation, each.fault) for each in FAULT_EXAMPLES]
    assert {tuple(key): fault for key, fault in provoked} == {
        key: UNSENDABLE.get(key, key[2]) for key in keys if key[:2] in REFUSING
    }


def test_an_account_is_as_before_when_a_refusal_was_provoked(page: Page, ui: UiSite) -> None:
    path = "/accounts/mobtexting/mobtexting-default"
    before = ui.read(path)
    page.goto(ui.url("try/mobtexting/c2c"))
    page.get_by_label("Provoke a refusal").select_option("insufficient-balance")
    expect(
        page.get_by_text("Only while it is sent, account mobtexting-default has")
    ).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="insufficient-balance")).to_be_visible()
    assert ui.read(path) == before


def test_a_provoked_refusal_shows_the_body_that_provokes_it(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("try/mobtexting/c2c"))
    page.get_by_label("Provoke a refusal").select_option("from-malformed")
    expect(page.get_by_label("Body")).to_have_value(re.compile('"from": "918867"'))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_label("answer")).to_contain_text("from-malformed (assumed)")


def test_the_fields_of_a_body_stay_when_its_type_changes(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("try/effebot/create"))
    body, kind = page.get_by_label("Body"), page.get_by_label("type", exact=True)
    body.fill('{"phone": "99999999999", "record": {"text": "a & b"}}')
    kind.select_option("application/x-www-form-urlencoded")
    expect(body).to_have_value("phone=99999999999&record=%7B%22text%22%3A%22a+%26+b%22%7D")
    kind.select_option("multipart/form-data")
    expect(body).to_have_value(re.compile('name="record"\n\n{"text":"a & b"}\n--'))
    expect(page.get_by_label("Headers")).to_have_value(re.compile("multipart/form-data; boundary="))


def test_a_path_and_a_header_are_changed_and_sent(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("try/innocalls/authorize"))
    page.get_by_label("Path").fill(f"{ui.prefix}/innocalls/ecommerce.innocalls.com/?page=2")
    page.get_by_label("Headers").fill("authorization: Bearer invalid\nX-Own: 7")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_label("answer")).to_contain_text("401")
    raw = ui.read("/requests/r1/raw")
    assert (raw["query"], raw["headers"]["x-own"]) == ("page=2", "7")


def test_one_is_the_callee_of_a_call_that_one_has_placed(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("try/mobtexting/c2c?scenario=waits-for-a-person"))
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("button", name="Be the callee").click()
    phone = page.get_by_label("phone 918867136000 of call c1")
    expect(phone).to_be_focused()
    expect(page).to_have_url(ui.url("calls/c1"))
    phone.get_by_role("button", name="Answer", exact=True).click()
    expect(phone).to_contain_text("talks")


def test_nobody_is_the_callee_of_a_call_that_plays_by_itself(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("try/mobtexting/c2c?scenario=answered"))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("link", name="Call c1")).to_be_visible()
    expect(page.get_by_role("button", name="Be the callee")).to_have_count(0)


def test_a_broken_connection_names_the_request_that_tells_why(page: Page, ui: UiSite) -> None:
    ui.ask("PUT", "/scenarios/cut", {"responses": [{"break": "reset"}]})
    page.goto(ui.url("try/mobtexting/c2c?scenario=cut"))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Request r1 says what ordered it.")
