"""A platform that speaks docs/platform-api.yaml: client, reference server, conformance suite."""
