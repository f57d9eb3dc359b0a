"""A suite that attaches applications of real frameworks, as their users write them."""

from typing import Final

FRAMEWORKS: Final = '''
import asyncio
import json
from contextlib import asynccontextmanager

import django
import fastapi
import flask
import quart
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path

HTTP, HTTPS = "http://app.test", "https://app.test:8443"
PATH = "/re%20port/J%C3%B6rg?a=%20b"
log = []


def play(mock, origin, application):
    """Attach the application, and return status and JSON of its response to the report."""
    mock.attach(origin, application)
    mock.deliver("mobtexting", to=origin + PATH)
    click(mock)
    mock.finish()
    [attempt] = mock.webhooks()[0].attempts
    return attempt.status, attempt.response


def flask_app():
    app = flask.Flask(__name__)

    @app.post("/re port/<name>")
    def report(name):
        return {"name": name, "a": flask.request.args["a"], **status_of(flask.request.get_json())}

    return app


def status_of(body):
    return {"status": body["status"]}


def fastapi_app():
    @asynccontextmanager
    async def lifespan(app):
        app.state.database = "open"
        log.append("start")
        yield
        log.append("end")

    async def write_later():
        await asyncio.sleep(0.05)
        log.append("written")

    app = fastapi.FastAPI(lifespan=lifespan)

    @app.post("/re port/{name}")
    async def report(
        name: str, a: str, request: fastapi.Request, tasks: fastapi.BackgroundTasks
    ) -> dict:
        assert app.state.database == "open"
        tasks.add_task(write_later)
        return {"name": name, "a": a, **status_of(await request.json())}

    return app


def quart_app():
    app = quart.Quart(__name__)

    @app.post("/re port/<name>")
    async def report(name):
        body = await quart.request.get_json()
        return {"name": name, "a": quart.request.args["a"], **status_of(body)}

    return app


def django_view(request, name):
    assert request.is_secure() and request.get_host() == "app.test:8443"
    body = json.loads(request.body)
    return JsonResponse({"name": name, "a": request.GET["a"], **status_of(body)})


urlpatterns = [path("re port/<name>", django_view)]
settings.configure(SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["app.test"])
django.setup()
APPLICATIONS = {
    "flask": (HTTP, flask_app),
    "fastapi": (HTTP, fastapi_app),
    "quart": (HTTP, quart_app),
    "django-asgi": (HTTPS, get_asgi_application),
    "django-wsgi": (HTTPS, get_wsgi_application),
}


@pytest.mark.parametrize("name", APPLICATIONS)
def test_an_application_receives_the_report(mock_calls, name):
    origin, build = APPLICATIONS[name]
    expected = {"name": "Jörg", "a": " b", "status": "COMPLETED"}
    assert play(mock_calls, origin, build()) == (200, expected)


@pytest.mark.asyncio
async def test_an_application_runs_in_the_event_loop_of_the_test(async_mock_calls):
    log.clear()
    await async_mock_calls.attach(HTTP, fastapi_app())
    await async_mock_calls.deliver("mobtexting", to=HTTP + PATH)
    async with httpx.AsyncClient(trust_env=False) as client:
        url = async_mock_calls.url("mobtexting") + "/api/v2/voice/c2c"
        await client.post(url, json=CLICK, headers=HEADERS)
    await async_mock_calls.finish()
    assert log == ["start", "written"]
    assert (await async_mock_calls.webhooks())[0].state == "delivered"


def test_its_lifespan_has_ended():
    assert log == ["start", "written", "end"]


def test_a_factory_is_no_application(mock_calls):
    with pytest.raises(TypeError, match="if it creates the application, attach what it returns"):
        mock_calls.attach(HTTP, flask_app)
'''
