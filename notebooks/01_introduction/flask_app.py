"""Flask: a callback on the response runs when the server closes it."""

from flask import Flask, Response, jsonify, request
from mail import send_welcome

app = Flask(__name__)


@app.post("/register")
def register() -> Response:
    email = request.form["email"]
    response = jsonify(registered=email)
    response.call_on_close(lambda: send_welcome(email))
    return response
