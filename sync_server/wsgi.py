"""The WSGI application a server program (granian) loads.

Loading it is the start of a server process: the database is compared with its anchor, records of kinds that were
learnt since are queued for another reading, and the projectors' thread starts.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sync_server.settings")

application = get_wsgi_application()

# Only now is Django configured.
from sync_server.starting import end_with_parent, start_process  # noqa: E402

end_with_parent()
start_process()
