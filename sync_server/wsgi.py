"""The WSGI application a server program (granian) loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sync_server.settings")

application = get_wsgi_application()
