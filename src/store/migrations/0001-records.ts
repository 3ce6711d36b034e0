/** Definitions, deployments, events, idempotency keys, observations, audit. */
export const records = `
CREATE TABLE services (
  service     text COLLATE "C" PRIMARY KEY,
  revision    integer NOT NULL,
  definition  json NOT NULL,
  updated_by  text NOT NULL,
  updated_at  timestamptz(3) NOT NULL
);
CREATE INDEX services_newest ON services (updated_at DESC, service DESC);

CREATE TABLE service_revisions (
  service     text COLLATE "C" NOT NULL,
  revision    integer NOT NULL,
  definition  json NOT NULL,
  updated_by  text NOT NULL,
  updated_at  timestamptz(3) NOT NULL,
  PRIMARY KEY (service, revision)
);

CREATE TABLE router_entries (
  router      text NOT NULL,
  backend     text NOT NULL,
  service     text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  PRIMARY KEY (router, backend)
);
CREATE INDEX router_entries_owner ON router_entries (service, environment);

CREATE TABLE deployments (
  id                text COLLATE "C" PRIMARY KEY,
  service           text COLLATE "C" NOT NULL,
  environment       text COLLATE "C" NOT NULL,
  strategy          text COLLATE "C" NOT NULL,
  version           text NOT NULL,
  phase             text COLLATE "C" NOT NULL,
  plan              jsonb NOT NULL,
  requested_by      jsonb NOT NULL,
  reason            text,
  undoes            text COLLATE "C",
  revision          integer NOT NULL,
  status            jsonb,
  accepted          boolean NOT NULL DEFAULT false,
  run_id            text,
  requested_at      timestamptz(3) NOT NULL DEFAULT now(),
  ended_at          timestamptz(3),
  progressing_ms    double precision GENERATED ALWAYS AS ((status -> 'timings' ->> 'progressingMs')::double precision) STORED,
  waiting_ms        double precision GENERATED ALWAYS AS ((status -> 'timings' ->> 'waitingMs')::double precision) STORED,
  breach_to_zero_ms double precision GENERATED ALWAYS AS ((status ->> 'breachToZeroMs')::double precision) STORED
);
CREATE INDEX deployments_of_environment ON deployments (service, environment, id DESC);
CREATE INDEX deployments_live ON deployments (service, environment, id DESC) WHERE ended_at IS NULL;
CREATE INDEX deployments_succeeded ON deployments (service, environment, id DESC) WHERE phase = 'succeeded';
CREATE INDEX deployments_unfinished ON deployments (requested_at) WHERE ended_at IS NULL;
CREATE INDEX deployments_outcomes ON deployments (service, environment, strategy, phase) INCLUDE (progressing_ms, waiting_ms) WHERE ended_at IS NOT NULL;
CREATE INDEX deployments_pulled ON deployments (breach_to_zero_ms) WHERE breach_to_zero_ms IS NOT NULL AND ended_at IS NOT NULL;

CREATE TABLE stable_releases (
  service     text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  deployment  text COLLATE "C" NOT NULL,
  slot        text NOT NULL,
  release     jsonb NOT NULL,
  since       timestamptz(3) NOT NULL,
  PRIMARY KEY (service, environment)
);

CREATE TABLE deployment_events (
  sequence    bigserial NOT NULL,
  deployment  text COLLATE "C" NOT NULL,
  key         text COLLATE "C" NOT NULL,
  kind        text NOT NULL,
  at          text NOT NULL,
  text        text NOT NULL,
  data        json NOT NULL,
  recorded_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (deployment, key)
);
CREATE UNIQUE INDEX deployment_events_in_order ON deployment_events (deployment, sequence);

CREATE TABLE idempotency_keys (
  actor     text COLLATE "C" NOT NULL,
  route     text COLLATE "C" NOT NULL,
  key       text COLLATE "C" NOT NULL,
  body_hash text NOT NULL,
  begun_at  timestamptz(3),
  resource  text COLLATE "C",
  answer    json,
  PRIMARY KEY (actor, route, key)
);
CREATE INDEX idempotency_keys_resource ON idempotency_keys (resource) WHERE resource IS NOT NULL;

CREATE TABLE observations (
  service         text COLLATE "C" NOT NULL,
  environment     text COLLATE "C" NOT NULL,
  router_instance text COLLATE "C" NOT NULL,
  entry           text NOT NULL,
  split           json NOT NULL,
  health          json NOT NULL,
  at              timestamptz(3) NOT NULL,
  PRIMARY KEY (service, environment, router_instance)
);

CREATE TABLE audit (
  sequence integer PRIMARY KEY,
  at       text NOT NULL,
  key      text COLLATE "C" UNIQUE,
  actor    text NOT NULL,
  action   text NOT NULL,
  subject  text NOT NULL,
  detail   json NOT NULL,
  previous text NOT NULL,
  hash     text NOT NULL UNIQUE
);

CREATE FUNCTION slipway_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are appended and never changed', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION slipway_append_only();
CREATE TRIGGER deployment_events_no_change BEFORE UPDATE ON deployment_events
  FOR EACH STATEMENT EXECUTE FUNCTION slipway_append_only();
`;
