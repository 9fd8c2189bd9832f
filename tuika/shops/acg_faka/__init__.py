"""异次元发卡 3.x, read from MySQL or MariaDB."""
