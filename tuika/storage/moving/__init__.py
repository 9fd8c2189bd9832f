"""All rows from one database to another: SQLite to PostgreSQL and back."""
