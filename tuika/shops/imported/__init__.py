"""A platform that has nothing but files: its orders come in by ``tuika shop import`` and are read from here."""
