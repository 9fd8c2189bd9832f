"""Thin rasa-sdk actions: read the request, call one service, render its answer.

No rule of refunds lives here; a form's slots are names of questions, its draft is in the hub.
"""
