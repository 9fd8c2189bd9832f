"""The dialogue engine's two sides: the client that asks Rasa, and the endpoint that Rasa's actions call."""
