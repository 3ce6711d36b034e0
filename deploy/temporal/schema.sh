#!/bin/sh
# Creates Temporal's two databases, or brings their schemas up to this release's. Safe to repeat.
set -eu

for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  schema=${pair##*:}
  sql() { temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p "$DB_PORT" -u "$POSTGRES_USER" --db "$database" "$@"; }
  sql create
  # A database that has its version table already refuses this step; the update after it then says what is wrong, if anything.
  sql setup-schema -v 0.0 || true
  sql update-schema -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
