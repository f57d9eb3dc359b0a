"""Write the configuration of each peer: an authorized POST gets 200 and a new UUID."""

import json
from pathlib import Path
from typing import Any

from benchmarks.servers import PATH

UUID = '{"status":200,"callId":"%s"}'


def written(folder: Path, hook: str) -> None:
    """Write the files of all peers; unless `hook` is empty, each request sends a webhook to it."""
    builders = {"mockoon": mockoon, "prism": prism, "mockserver": mockserver}
    for name, build in builders.items():
        (folder / f"{name}.json").write_text(json.dumps(build(hook)), "utf-8")
    mappings = folder / "wiremock" / "mappings"
    mappings.mkdir(parents=True, exist_ok=True)
    (mappings / "c2c.json").write_text(json.dumps(wiremock(hook)), "utf-8")


def mockoon(hook: str) -> dict[str, Any]:
    environment = {"uuid": "6b1c5b4e-0000-4000-8000-000000000001"}
    rule = {"target": "header", "modifier": "authorization", "operator": "regex", "value": "Bearer"}
    callback = {"uuid": "6b1c5b4e-0000-4000-8000-000000000005", "latency": 0}
    response = {
        "uuid": "6b1c5b4e-0000-4000-8000-000000000002",
        "body": UUID % "{{guid}}",
        "statusCode": 200,
        "headers": [{"key": "Content-Type", "value": "application/json"}],
        "rules": [rule],
        "callbacks": [callback] if hook else [],
    }
    refusal = {"uuid": "6b1c5b4e-0000-4000-8000-000000000003", "statusCode": 401, "default": True}
    route = {
        "uuid": "6b1c5b4e-0000-4000-8000-000000000004",
        "type": "http",
        "method": "post",
        "endpoint": PATH.strip("/"),
        "responses": [response, refusal],
    }
    target = {**callback, "id": "c", "uri": hook, "method": "post", "body": UUID % "{{guid}}"}
    return {
        **environment,
        "lastMigration": 33,
        "name": "bench",
        "routes": [route],
        "rootChildren": [{"type": "route", "uuid": route["uuid"]}],
        "callbacks": [{**target, "name": "hook", "bodyType": "INLINE"}] if hook else [],
    }


def prism(hook: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["status", "callId"],
        "additionalProperties": False,
        "properties": {
            "status": {"const": 200, "type": "integer"},
            "callId": {"type": "string", "format": "uuid"},
        },
    }
    body = {"content": {"application/json": {"schema": {"type": "object"}}}}
    response = {"description": "ok", "content": {"application/json": {"schema": schema}}}
    operation: dict[str, Any] = {
        "requestBody": body,
        "responses": {"200": response},
        "security": [{"key": []}],
    }
    if hook:
        callback = {"post": {"requestBody": body, "responses": {"200": {"description": "ok"}}}}
        operation["callbacks"] = {"report": {hook: callback}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "bench", "version": "1"},
        "paths": {PATH: {"post": operation}},
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def wiremock(hook: str) -> dict[str, Any]:
    mapping: dict[str, Any] = {
        "request": {
            "method": "POST",
            "urlPath": PATH,
            "headers": {"Authorization": {"matches": "Bearer .*"}},
        },
        "response": {
            "status": 200,
            "body": UUID % "{{randomValue type='UUID'}}",
            "headers": {"Content-Type": "application/json"},
            "transformers": ["response-template"],
        },
    }
    if hook:
        webhook = {"method": "POST", "url": hook, "body": UUID % "x"}
        mapping["serveEventListeners"] = [{"name": "webhook", "parameters": webhook}]
    return mapping


def mockserver(_: str) -> list[dict[str, Any]]:
    response = "{'statusCode': 200, 'body': '{\"status\":200,\"callId\":\"$!uuid\"}'}"
    return [
        {
            "httpRequest": {
                "method": "POST",
                "path": PATH,
                "headers": {"Authorization": ["Bearer .*"]},
            },
            "httpResponseTemplate": {"template": response, "templateType": "VELOCITY"},
        }
    ]
