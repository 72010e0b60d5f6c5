"""Flask: a route reads the request itself; a callback on the response runs when the server closes it."""

import asyncio
import threading

from flask import Flask, Response, jsonify, request
from mail import send_welcome

app = Flask(__name__)


@app.post("/parcels")
def hand_in() -> dict[str, float]:
    parcel = request.get_json()
    return {"price": 2 + parcel["weight_kg"]}


@app.get("/quote")
async def quote() -> dict[str, int]:
    await asyncio.sleep(0.3)
    return {"thread": threading.get_ident()}


@app.post("/register")
def register() -> Response:
    email = request.form["email"]
    response = jsonify(registered=email)
    response.call_on_close(lambda: send_welcome(email))
    return response
