"""Simulated buyers: whole conversations through the hub's HTTP API, judged by what is on file afterwards."""
