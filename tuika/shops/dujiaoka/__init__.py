"""独角数卡: assimon's 2.0.x and the community's 2.x continuation, read from MySQL or MariaDB."""
