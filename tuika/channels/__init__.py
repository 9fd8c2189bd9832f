"""Channels where buyers already are: one gateway, and an adapter each for WeChat, WeCom, Telegram and webhooks."""
