"""Telegram: private chats as a channel, a doorman in groups, and a desk for a shop of one person."""
