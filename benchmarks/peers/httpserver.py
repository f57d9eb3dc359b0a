"""A peer: pytest-httpserver with the click-to-call work."""

import json
import sys
import uuid

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

PATH = "/api/v2/voice/c2c"


def answer(request: Request) -> Response:
    request.get_json()
    if "Authorization" not in request.headers:
        return Response("{}", 401)
    body = {"status": 200, "callId": str(uuid.uuid4())}
    return Response(json.dumps(body), 200, content_type="application/json")


if __name__ == "__main__":
    server = HTTPServer(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)
    server.expect_request(PATH, method="POST").respond_with_handler(answer)
    server.start()
    assert server.server_thread
    server.server_thread.join()
