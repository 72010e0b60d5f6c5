"""Django in one file: a form checks what you give it; the server calls `close` on a response when it has been sent."""

import asyncio
import json
import os
import threading

from django import forms
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, JsonResponse
from django.urls import path
from mail import send_welcome

settings.configure(
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.urandom(16).hex(),
    ALLOWED_HOSTS=["127.0.0.1"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],  # sets Content-Length
)


class ParcelForm(forms.Form):
    to = forms.CharField()
    weight_kg = forms.FloatField(min_value=0.001, max_value=30)


def hand_in(request: HttpRequest) -> JsonResponse:
    form = ParcelForm(json.loads(request.body))
    if not form.is_valid():
        return JsonResponse(form.errors.get_json_data(), status=400)
    return JsonResponse({"price": 2 + form.cleaned_data["weight_kg"]})


async def quote(request: HttpRequest) -> JsonResponse:
    await asyncio.sleep(0.3)
    return JsonResponse({"thread": threading.get_ident()})


class Registered(JsonResponse):
    def close(self) -> None:
        super().close()
        send_welcome(self.email)


def register(request: HttpRequest) -> JsonResponse:
    email = request.POST["email"]
    response = Registered({"registered": email})
    response.email = email
    return response


urlpatterns = [path("parcels", hand_in), path("quote", quote), path("register", register)]

if __name__ == "__main__":
    execute_from_command_line()
