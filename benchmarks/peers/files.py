"""What each peer is told in its own words: an authorised POST gets 200 and a fresh UUID."""

import json
from pathlib import Path
from typing import Any

from benchmarks.servers import PATH

UUID = '{"status":200,"callId":"%s"}'


def written(place: Path, hook: str) -> None:
    """Every peer's file, with a webhook to that address where there is one."""
    told = {"mockoon": mockoon, "prism": prism, "mockserver": mockserver}
    for name, made in told.items():
        (place / f"{name}.json").write_text(json.dumps(made(hook)), "utf-8")
    folder = place / "wiremock" / "mappings"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "c2c.json").write_text(json.dumps(wiremock(hook)), "utf-8")


def mockoon(hook: str) -> dict[str, Any]:
    named = {"uuid": "6b1c5b4e-0000-4000-8000-000000000001"}
    rule = {"target": "header", "modifier": "authorization", "operator": "regex", "value": "Bearer"}
    called = {"uuid": "6b1c5b4e-0000-4000-8000-000000000005", "latency": 0}
    answer = {
        "uuid": "6b1c5b4e-0000-4000-8000-000000000002",
        "body": UUID % "{{guid}}",
        "statusCode": 200,
        "headers": [{"key": "Content-Type", "value": "application/json"}],
        "rules": [rule],
        "callbacks": [called] if hook else [],
    }
    refusal = {"uuid": "6b1c5b4e-0000-4000-8000-000000000003", "statusCode": 401, "default": True}
    route = {
        "uuid": "6b1c5b4e-0000-4000-8000-000000000004",
        "type": "http",
        "method": "post",
        "endpoint": PATH.strip("/"),
        "responses": [answer, refusal],
    }
    to = {**called, "id": "c", "uri": hook, "method": "post", "body": UUID % "{{guid}}"}
    return {
        **named,
        "lastMigration": 33,
        "name": "bench",
        "routes": [route],
        "rootChildren": [{"type": "route", "uuid": route["uuid"]}],
        "callbacks": [{**to, "name": "hook", "bodyType": "INLINE"}] if hook else [],
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
    answer = {"description": "ok", "content": {"application/json": {"schema": schema}}}
    told: dict[str, Any] = {
        "requestBody": body,
        "responses": {"200": answer},
        "security": [{"key": []}],
    }
    if hook:
        asked = {"post": {"requestBody": body, "responses": {"200": {"description": "ok"}}}}
        told["callbacks"] = {"report": {hook: asked}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "bench", "version": "1"},
        "paths": {PATH: {"post": told}},
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def wiremock(hook: str) -> dict[str, Any]:
    told: dict[str, Any] = {
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
        sent = {"method": "POST", "url": hook, "body": UUID % "x"}
        told["serveEventListeners"] = [{"name": "webhook", "parameters": sent}]
    return told


def mockserver(_: str) -> list[dict[str, Any]]:
    answer = "{'statusCode': 200, 'body': '{\"status\":200,\"callId\":\"$!uuid\"}'}"
    return [
        {
            "httpRequest": {
                "method": "POST",
                "path": PATH,
                "headers": {"Authorization": ["Bearer .*"]},
            },
            "httpResponseTemplate": {"template": answer, "templateType": "VELOCITY"},
        }
    ]
