/** The catalogue of backups with their contents, restores, drills, and leases on repositories. */
export const backups = `
CREATE TABLE backups (
  id           text COLLATE "C" PRIMARY KEY,
  service      text COLLATE "C" NOT NULL,
  environment  text COLLATE "C" NOT NULL,
  source       text COLLATE "C" NOT NULL,
  repository   text COLLATE "C" NOT NULL,
  state        text COLLATE "C" NOT NULL DEFAULT 'requested',
  trigger      text COLLATE "C" NOT NULL,
  requested_by json NOT NULL,
  reason       text,
  key          text COLLATE "C" UNIQUE,
  plan         json NOT NULL,
  status       json,
  snapshot     text COLLATE "C",
  fingerprint  json,
  bytes        bigint,
  stored_bytes bigint,
  at           timestamptz(3),
  verified_at  timestamptz(3),
  checked_at   timestamptz(3),
  proven_at    timestamptz(3),
  damage       json NOT NULL DEFAULT '[]',
  hold         json,
  attempt      integer,
  took_ms      double precision,
  erased       boolean NOT NULL DEFAULT false,
  run_id       text,
  requested_at timestamptz(3) NOT NULL DEFAULT now(),
  ended_at     timestamptz(3)
);
CREATE INDEX backups_of_source ON backups (service, environment, source, id DESC);
CREATE INDEX backups_kept ON backups (service, environment, source, at DESC, id DESC) WHERE snapshot IS NOT NULL AND state <> 'forgotten';
CREATE INDEX backups_verified ON backups (service, environment, source, at DESC, id DESC) WHERE state = 'verified';
CREATE INDEX backups_proven ON backups (service, environment, source, proven_at) WHERE proven_at IS NOT NULL;
CREATE INDEX backups_letting_go ON backups (service, environment, source, id) WHERE state = 'forgotten' AND NOT erased;
CREATE INDEX backups_states ON backups (environment, service, source, state);
CREATE INDEX backups_unfinished ON backups (requested_at) WHERE ended_at IS NULL;

CREATE TABLE backup_contents (
  backup   text COLLATE "C" NOT NULL REFERENCES backups ON DELETE CASCADE,
  attempt  integer NOT NULL,
  at       timestamptz(3) NOT NULL,
  about    text NOT NULL,
  manifest boolean NOT NULL,
  PRIMARY KEY (backup, attempt)
);
CREATE TABLE backup_content_parts (
  backup   text COLLATE "C" NOT NULL,
  attempt  integer NOT NULL,
  of       text COLLATE "C" NOT NULL CHECK (of IN ('fingerprint', 'manifest')),
  part     integer NOT NULL,
  entries  text NOT NULL,
  PRIMARY KEY (backup, attempt, of, part),
  FOREIGN KEY (backup, attempt) REFERENCES backup_contents ON DELETE CASCADE
);

CREATE TABLE restores (
  id           text COLLATE "C" PRIMARY KEY,
  service      text COLLATE "C" NOT NULL,
  environment  text COLLATE "C" NOT NULL,
  source       text COLLATE "C" NOT NULL,
  backup       text COLLATE "C" NOT NULL,
  plan         json NOT NULL,
  requested_by json NOT NULL,
  reason       text,
  status       json,
  run_id       text,
  requested_at timestamptz(3) NOT NULL DEFAULT now(),
  ended_at     timestamptz(3)
);
CREATE INDEX restores_of_source ON restores (service, environment, source, id DESC);
CREATE INDEX restores_unfinished ON restores (requested_at) WHERE ended_at IS NULL;

CREATE TABLE drills (
  id           text COLLATE "C" PRIMARY KEY,
  service      text COLLATE "C" NOT NULL,
  environment  text COLLATE "C" NOT NULL,
  source       text COLLATE "C" NOT NULL,
  backup       text COLLATE "C",
  plan         json,
  requested_by json NOT NULL,
  key          text COLLATE "C" UNIQUE,
  proven       boolean,
  text         text NOT NULL DEFAULT '',
  took_ms      double precision,
  requested_at timestamptz(3) NOT NULL DEFAULT now(),
  ended_at     timestamptz(3)
);
CREATE INDEX drills_of_source ON drills (service, environment, source, id DESC);
CREATE INDEX drills_ended ON drills (service, environment, source, proven, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX drills_unfinished ON drills (requested_at) WHERE ended_at IS NULL;

CREATE TABLE leases (
  token       bigserial PRIMARY KEY,
  name        text COLLATE "C" NOT NULL,
  mode        text COLLATE "C" NOT NULL CHECK (mode IN ('shared', 'alone')),
  holder      text NOT NULL,
  acquired_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  until       timestamptz(3) NOT NULL
);
CREATE INDEX leases_of_name ON leases (name, until);

CREATE TABLE repositories (
  name      text COLLATE "C" PRIMARY KEY,
  place     text,
  pruned_at timestamptz(3)
);
`;
