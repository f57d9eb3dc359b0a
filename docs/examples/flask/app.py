"""Reminds customers by a call of Phonon, and stores in SQLite how often they were called."""

import sqlite3
from contextlib import closing
from typing import Any

import requests
from flask import Flask, current_app, request

TABLE = """CREATE TABLE IF NOT EXISTS reminders
    (number TEXT, call TEXT UNIQUE, tries INTEGER DEFAULT 0, heard BOOLEAN DEFAULT FALSE)"""
PLACED = """INSERT INTO reminders (number, call) VALUES (?, ?)
    ON CONFLICT (call) DO UPDATE SET number = excluded.number"""
REPORTED = """INSERT INTO reminders (call, tries, heard) VALUES (?, ?, ?)
    ON CONFLICT (call) DO UPDATE SET tries = excluded.tries, heard = excluded.heard"""
"""Reply and report name the call, and either may be the first to arrive."""

NORMAL = "16"  # the hangup cause of a call that was answered


def change(statement: str, *values: object) -> None:
    with closing(sqlite3.connect(current_app.config["DATABASE"])) as connection, connection:
        connection.execute(TABLE)
        connection.execute(statement, values)


def remind() -> tuple[dict[str, Any], int]:
    number = request.get_json()["number"]
    item = {"client-identifier": number, "contact-numbers": [number]}
    flow = {"api-version": "1.0", "flow-id": "Ab12Cd34", "calls": [item]}
    reply = requests.post(
        f"{current_app.config['PHONON']}/kairos-apis/outbound/create",
        json={**flow, "security-id": current_app.config["SECURITY_ID"]},
        timeout=10,
    ).json()
    if reply["api-response-code"] != 200:  # the HTTP status is 200 even so
        return {"error": reply["api-response-message"]}, 502
    call = reply["call-details"][0]["phonon-uuid"]
    change(PLACED, number, call)
    return {"call": call}, 202


def report() -> dict[str, Any]:
    body = request.get_json()["body"]
    tries = body["callDetails"]
    heard = any(each["hangupCause"] == NORMAL for each in tries)
    change(REPORTED, body["phonon-uuid"], len(tries), heard)
    return {}


def show(call: str) -> dict[str, Any]:
    with closing(sqlite3.connect(current_app.config["DATABASE"])) as connection:
        query = "SELECT number, tries, heard FROM reminders WHERE call = ?"
        [(number, tries, heard)] = connection.execute(query, (call,))
    return {"number": number, "tries": tries, "heard": bool(heard)}


def create_app(**config: str) -> Flask:
    app = Flask(__name__)
    app.config.update(config)
    app.post("/reminders")(remind)
    app.get("/reminders/<call>")(show)
    app.post("/report")(report)
    return app
