"""What is done by the clock: rq cron parcels.clock"""

from rq import cron

from parcels import ledger
from parcels.settings import settings

cron.register(ledger.bill, queue_name=settings.queue, interval=1)
