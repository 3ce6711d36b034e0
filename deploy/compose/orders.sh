#!/bin/sh
# Once, on a new server: the example's database, and the two roles that docs/backups.md asks for.
psql --set ON_ERROR_STOP=1 --set password="$POSTGRES_PASSWORD" --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
CREATE ROLE storefront LOGIN PASSWORD :'password';
CREATE DATABASE orders OWNER storefront;

CREATE ROLE slipway_backup LOGIN PASSWORD :'password';
GRANT pg_read_all_data TO slipway_backup;
GRANT CONNECT ON DATABASE orders TO slipway_backup;

CREATE ROLE slipway_restore LOGIN CREATEDB PASSWORD :'password';
GRANT storefront, pg_signal_backend TO slipway_restore;
CREATE DATABASE slipway_restore OWNER slipway_restore;

\connect orders
SET ROLE storefront;
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, placed_at timestamptz NOT NULL DEFAULT now(), cents integer NOT NULL CHECK (cents > 0));
INSERT INTO orders (cents) SELECT 100 + n FROM generate_series(1, 1000) n;
SQL
