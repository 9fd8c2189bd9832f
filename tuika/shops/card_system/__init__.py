"""card-system (风铃发卡), read from MySQL or MariaDB."""
