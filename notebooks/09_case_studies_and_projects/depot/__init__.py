"""The whole parcel service of chapter 9.3: web, relay and worker are processes of their own."""
