"""A client attaches applications to one sandbox, and ends them with it."""

import asyncio
from typing import Any

import pytest

from mock_calls import AsyncMockServer, ControlError, MockServer, NotAttachable, operations
from mock_calls.operations import Operation
from tests.support.client_calls import click_to_call

ORIGIN = "http://app.localhost:9"


class Application:
    """Responds with its status, and keeps the messages of its lifespan."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.log: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": self.status})
            await send({"type": "http.response.body"})
            return
        for _ in range(2):
            kind = (await receive())["type"]
            self.log.append(kind)
            await send({"type": f"{kind}.complete"})


START, END = "lifespan.startup", "lifespan.shutdown"
RECEIVERS: Operation[Any] = Operation("GET", "/receivers", lambda body: body["receivers"])


def statuses(mock: MockServer) -> list[tuple[int | None, str | None]]:
    mock.deliver("mobtexting", to=f"{ORIGIN}/report")
    click_to_call(mock)
    mock.finish()
    return [(each.status, each.error) for each in mock.webhooks()[-1].attempts]


def test_an_attached_application_is_ended_and_forgotten_when_the_client_is_closed(
    mock: MockServer,
) -> None:
    application = Application(204)
    with MockServer(mock.origin, mock.sandbox) as client:
        client.attach(f"{ORIGIN}/", application)
        assert (statuses(client), application.log) == ([(204, None)], [START])
    assert (statuses(mock), application.log) == ([(None, "connect")], [START, END])
    assert mock.ask(RECEIVERS) == {}


def test_an_application_is_ended_with_its_sandbox_which_is_not_created_again(
    mock: MockServer,
) -> None:
    application = Application()
    with MockServer(mock.origin, f"{mock.sandbox}-2") as client:
        client.open()
        client.attach(ORIGIN, application)
        client.drop()
        assert application.log == [START, END]
    listed = mock.ask(Operation("GET", "/sandboxes", lambda body: body["sandboxes"]))
    assert client.sandbox not in {each["name"] for each in listed}


def test_closing_after_the_server_has_lost_the_sandbox_is_no_error(mock: MockServer) -> None:
    application = Application()
    with MockServer(mock.origin, f"{mock.sandbox}-2") as client:
        client.open()
        client.attach(ORIGIN, application)
        mock.ask(operations.close_sandbox(client.sandbox))
    assert application.log == [START, END]


def test_another_application_for_an_origin_replaces_the_first(mock: MockServer) -> None:
    first, second = Application(201), Application(202)
    with MockServer(mock.origin, mock.sandbox) as client:
        client.attach(ORIGIN, first)
        client.attach(ORIGIN.upper().replace("HTTP", "http"), second)
        assert (first.log, second.log) == ([START, END], [START])
        assert statuses(client) == [(202, None)]


def test_a_reset_leaves_applications_attached(mock: MockServer) -> None:
    with MockServer(mock.origin, mock.sandbox) as client:
        client.attach(ORIGIN, Application(299))
        client.reset()
        assert statuses(client) == [(299, None)]


def test_an_application_that_the_server_refuses_is_ended(mock: MockServer) -> None:
    application = Application()
    with pytest.raises(ControlError, match=r"is not an origin such as http://app\.test: "):
        mock.attach("http://app test", application)
    assert application.log == [START, END]


def test_what_is_no_application_is_refused(mock: MockServer) -> None:
    with pytest.raises(NotAttachable, match="import the application, and attach the object"):
        mock.attach(ORIGIN, "main:app")
    assert mock.ask(RECEIVERS) == {}


def test_an_asynchronous_client_attaches_as_the_blocking_one(mock: MockServer) -> None:
    first, second, refused = Application(201), Application(202), Application()

    async def run() -> None:
        async with AsyncMockServer(mock.origin, mock.sandbox) as client:
            await client.attach(ORIGIN, first)
            await client.attach(ORIGIN, second)
            with pytest.raises(ControlError):
                await client.attach("http://app test", refused)
            assert (first.log, second.log, refused.log) == ([START, END], [START], [START, END])
            assert await client.ask(RECEIVERS) != {}

    asyncio.run(run())
    assert second.log == [START, END]
    assert mock.ask(RECEIVERS) == {}
