"""How the adapters of AWS services reach them: one client for each service, called beside the event loop."""
