/** Who owns which data, since when and how old its backups may get; why a backup could not be read back again; which installation this is. */
export const sources = `
CREATE TABLE sources (
  environment text COLLATE "C" NOT NULL,
  service     text COLLATE "C" NOT NULL,
  source      text COLLATE "C" NOT NULL,
  place       text NOT NULL,
  max_age_ms  double precision,
  declared_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (environment, service, source)
);
CREATE INDEX sources_of_service ON sources (service);

ALTER TABLE backups ADD COLUMN check_failure json;

CREATE TABLE installation (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  id     text NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO installation DEFAULT VALUES;
`;
