/** PostgreSQL, in the image of the server. libpq reads PGHOST, PGPORT, PGUSER, PGDATABASE and PGPASSWORD. */
export const postgresqlDumpScript = `#!/usr/bin/env bash
set -euo pipefail
umask 077
mkdir files
date -u +%Y%m%dT%H%M%SZ >started
psql --no-psqlrc --tuples-only --no-align --command='show server_version' >version
pg_dump --format=custom --file=files/postgresql.dump
# Reads the whole table of contents: a dump that was cut short has none.
pg_restore --list files/postgresql.dump >list
echo "dumped $(grep -c 'TABLE DATA' list) tables of $PGDATABASE"
`;

export const postgresqlRestoreScript = `#!/usr/bin/env bash
set -euo pipefail
# A session that SuperAGI left in a transaction would keep the restore waiting for its locks.
echo "ending the sessions of $PGDATABASE"
psql --no-psqlrc --quiet --output=/dev/null --command='
  select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()'
echo "replacing the tables of $PGDATABASE that the backup holds"
# One transaction: all of it, or nothing at all.
PGOPTIONS='-c lock_timeout=60s' pg_restore --clean --if-exists --single-transaction --dbname="$PGDATABASE" files/postgresql.dump
psql --no-psqlrc --quiet --command=analyze
echo 'restored'
`;
