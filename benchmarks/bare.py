"""The floor: a bare Starlette route that parses JSON and responds with a new UUID."""

import sys
import uuid

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def answer(request: Request) -> JSONResponse:
    await request.json()
    if "authorization" not in request.headers:
        return JSONResponse({"status": 401}, 401)
    return JSONResponse({"status": 200, "callId": str(uuid.uuid4())})


if __name__ == "__main__":
    application = Starlette(routes=[Route("/api/v2/voice/c2c", answer, methods=["POST"])])
    uvicorn.run(application, port=int(sys.argv[1]), log_level="error", access_log=False)
