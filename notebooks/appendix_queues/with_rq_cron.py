"""What RQ does every second. rq cron with_rq_cron.py"""

import jobs
from rq import cron
from settings import settings

cron.register(jobs.tick, queue_name=settings.name, args=("rq",), interval=1)
