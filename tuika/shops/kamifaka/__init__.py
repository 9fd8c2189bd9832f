"""kamiFaka (Flask), read from SQLite, MySQL or PostgreSQL."""
