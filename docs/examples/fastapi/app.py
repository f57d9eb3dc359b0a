"""Calls customers back by Mobtexting, and stores in SQLite what became of each call."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

STATES = {"COMPLETED": "reached", "MISSED": "missed", "BUSY": "no agent"}
TABLE = """CREATE TABLE IF NOT EXISTS customers
    (number TEXT PRIMARY KEY, state TEXT NOT NULL, seconds INTEGER NOT NULL DEFAULT 0)"""
CALLING = """INSERT INTO customers (number, state) VALUES (?, 'calling')
    ON CONFLICT (number) DO UPDATE SET state = 'calling'"""
REPORTED = """UPDATE customers SET state = ?, seconds = seconds + ?
    WHERE number = ? AND state = 'calling'"""  # a copy of a report finds another state
FAILED = "UPDATE customers SET state = 'failed' WHERE number = ?"


class Customer(BaseModel):
    """Who is to be called back."""

    number: str


class Report(BaseModel):
    """What Mobtexting reports of a call, as far as it is used here."""

    to: int
    status: str
    billing: int


@contextmanager
def connect(database: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(database)
    try:
        with connection:  # commits
            connection.execute(TABLE)
            yield connection
    finally:
        connection.close()


def change(database: Path, statement: str, *values: object) -> None:
    with connect(database) as connection:
        connection.execute(statement, values)


def find(database: Path, number: str) -> dict[str, Any]:
    with connect(database) as connection:
        query = "SELECT state, seconds FROM customers WHERE number = ?"
        row = connection.execute(query, (number,)).fetchone()
    if row is None:
        raise HTTPException(404, f"{number} has never been called")
    return {"state": row[0], "seconds": row[1]}


def call_back(database: Path, vendor: httpx.Client, number: str) -> None:
    change(database, CALLING, number)  # before the request: the report may arrive before the reply
    click = {"bridge": "918068281234", "from": "918867135000", "to": number}
    reply = vendor.post("/api/v2/voice/c2c", json=click)
    if reply.is_error:
        change(database, FAILED, number)
        raise HTTPException(502, reply.json()["message"])


def create_app(database: Path, mobtexting: str, token: str) -> FastAPI:
    app = FastAPI()
    headers = {"accept": "application/json", "authorization": f"Bearer {token}"}

    @app.post("/callbacks", status_code=202)
    def place(customer: Customer) -> None:
        with httpx.Client(base_url=mobtexting, headers=headers) as vendor:
            call_back(database, vendor, customer.number)

    @app.get("/callbacks/{number}")
    def show(number: str) -> dict[str, Any]:
        return find(database, number)

    @app.post("/report")
    def receive(report: Report) -> None:
        find(database, str(report.to))  # 404 if there is no such customer
        change(database, REPORTED, STATES[report.status], report.billing, str(report.to))

    return app
