"""What Azure Functions loads: the same app behind the ASGI bridge."""

import azure.functions as func

from parcels.main import app as parcels

app = func.AsgiFunctionApp(app=parcels, http_auth_level=func.AuthLevel.FUNCTION)
