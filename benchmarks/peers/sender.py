"""A peer: a Starlette route that responds with a new UUID and sends a webhook by aiohttp."""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

HOOK = os.environ.get("HOOK", "")
TASKS: set[asyncio.Task[None]] = set()


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
        app.state.session = session
        yield


async def send(session: aiohttp.ClientSession, body: dict[str, object]) -> None:
    async with session.post(HOOK, json=body) as response:
        await response.read()


async def answer(request: Request) -> JSONResponse:
    await request.json()
    if "authorization" not in request.headers:
        return JSONResponse({"status": 401}, 401)
    body = {"status": 200, "callId": str(uuid.uuid4())}
    if HOOK:
        task = asyncio.create_task(send(request.app.state.session, body))
        TASKS.add(task)
        task.add_done_callback(TASKS.discard)
    return JSONResponse(body)


if __name__ == "__main__":
    routes = [Route("/api/v2/voice/c2c", answer, methods=["POST"])]
    application = Starlette(routes=routes, lifespan=lifespan)
    uvicorn.run(application, port=int(sys.argv[1]), log_level="error", access_log=False)
