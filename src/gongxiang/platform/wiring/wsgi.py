"""The site as a WSGI application, for whichever server runs it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongxiang.platform.wiring.settings")
application = get_wsgi_application()
