"""The driver, the embedded server, the event log, the migrations."""
