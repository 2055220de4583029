"""The server as a client sees it: a whole process, real sockets, a real Postgres."""
