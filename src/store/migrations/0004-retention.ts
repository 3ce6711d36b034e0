/** Repositories by site and place, not by a name; when they were pruned and sources retained; leases that are waited for. */
export const retention = `
ALTER TABLE leases DROP CONSTRAINT leases_mode_check, ADD CONSTRAINT leases_mode_check CHECK (mode IN ('shared', 'alone', 'waiting'));

CREATE TABLE repository_places (
  site           text COLLATE "C" NOT NULL,
  place          text COLLATE "C" NOT NULL,
  name           text COLLATE "C" NOT NULL,
  made           boolean NOT NULL DEFAULT false,
  pruned_at      timestamptz(3),
  prune_tried_at timestamptz(3),
  PRIMARY KEY (site, place)
);

CREATE TABLE retentions (
  service     text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  source      text COLLATE "C" NOT NULL,
  at          timestamptz(3) NOT NULL,
  PRIMARY KEY (service, environment, source)
);
`;
