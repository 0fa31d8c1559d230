"""A package, so that `tests.…`, under which workers find what a test gave them, never means a `tests` that some
installed distribution brings along (quoracle does). Its folders need no such file: their names repeat."""
