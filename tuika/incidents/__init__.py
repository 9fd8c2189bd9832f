"""Incidents: many cases on one product or merchant within a time, treated as one matter."""
