"""The bots' identities, and the processes in which they think."""
