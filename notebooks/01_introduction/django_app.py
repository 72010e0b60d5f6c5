"""Django in one file: the server calls `close` on a response when it has been sent."""

import os

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


class Registered(JsonResponse):
    def close(self) -> None:
        super().close()
        send_welcome(self.email)


def register(request: HttpRequest) -> JsonResponse:
    email = request.POST["email"]
    response = Registered({"registered": email})
    response.email = email
    return response


urlpatterns = [path("register", register)]

if __name__ == "__main__":
    execute_from_command_line()
