"""The event log: group commit, fencing, commits in doubt. The only maker of proofs that something is committed."""
