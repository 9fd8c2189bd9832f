"""WeChat official accounts (公众号): callbacks, passive replies, customer-service messages, menus, media."""
