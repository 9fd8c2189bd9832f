"""dujiao-next (独角数卡's official successor): its signed channel API, and its SQLite or PostgreSQL read beside it."""
