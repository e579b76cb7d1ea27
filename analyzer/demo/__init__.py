"""The bundled incident: recorded logs, tests and a repository, unpacked and analysed offline."""
