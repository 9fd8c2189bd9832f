"""ZFAKA 1.4.x (Yaf), read from MySQL or MariaDB."""
