"""The whole server in virtual time on a simulated database, with faults drawn from a seed."""
