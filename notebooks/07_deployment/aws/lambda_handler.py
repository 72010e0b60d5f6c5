"""What Lambda calls: the same app behind Mangum."""

from mangum import Mangum

from parcels.main import app

handler = Mangum(app)
