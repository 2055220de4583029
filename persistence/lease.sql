-- Leases: advisory locks of one session.

-- name: take(name)$
select pg_try_advisory_lock(hashtextextended('parlor lease ' || :name, 0));

-- name: give_back(name)$
select pg_advisory_unlock(hashtextextended('parlor lease ' || :name, 0));
