/** What the keeper sees while no deployment is live: drifts, the instances that were registered, entries that routers have, its rounds. */
export const keeper = `
CREATE TABLE drifts (
  service         text COLLATE "C" NOT NULL,
  environment     text COLLATE "C" NOT NULL,
  router_instance text COLLATE "C" NOT NULL,
  kind            text COLLATE "C" NOT NULL,
  deployment      text COLLATE "C" NOT NULL,
  text            text NOT NULL,
  outcome         text NOT NULL,
  since           timestamptz(3) NOT NULL,
  until           timestamptz(3),
  told            text NOT NULL DEFAULT 'nothing',
  found           integer NOT NULL DEFAULT 1,
  restored        integer NOT NULL DEFAULT 0,
  PRIMARY KEY (service, environment, router_instance, kind)
);
CREATE INDEX drifts_unsettled ON drifts (service, environment) WHERE until IS NULL OR told <> 'all';

CREATE TABLE registered_servers (
  service     text COLLATE "C" NOT NULL,
  environment text COLLATE "C" NOT NULL,
  deployment  text COLLATE "C" NOT NULL,
  servers     json NOT NULL,
  PRIMARY KEY (service, environment)
);

CREATE TABLE keeper_rounds (
  site         text COLLATE "C" PRIMARY KEY,
  at           timestamptz(3) NOT NULL,
  environments integer NOT NULL,
  took_ms      double precision NOT NULL
);

CREATE TABLE seen_routers (
  site     text COLLATE "C" NOT NULL,
  router   text COLLATE "C" NOT NULL,
  instance text COLLATE "C" NOT NULL,
  entries  json NOT NULL,
  PRIMARY KEY (site, router, instance)
);
`;
