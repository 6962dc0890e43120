"""The room's registration."""

from django.apps import AppConfig


class HttpApiConfig(AppConfig):
    """Interfaces for machines."""

    name = "gongxiang.platform.http_api"
    label = "http_api"
