import { codeOf, type ErrorCode, SlipwayError } from '../domain/errors.js';

export interface Search<Address> {
  /** @throws `unknown` when there is no record */
  readonly fromRecord: () => Promise<Address>;
  /** Among the running. @throws `unknown` when there is none */
  readonly fromRuns: () => Promise<Address>;
  readonly unknown: ErrorCode;
  /** `deployment 01J...`, for people. */
  readonly name: string;
}

/**
 * Where something live runs. Record and running workflows are asked at once and the first that knows it wins, so that neither an absent
 * database nor a lagging index holds up an abort.
 *
 * @throws what the record's side says before what the index says: the index knows the running only
 */
export async function locate<Address>(search: Search<Address>): Promise<Address> {
  try {
    return await Promise.any([search.fromRecord(), search.fromRuns()]);
  } catch (error) {
    throw bestReason(error, search);
  }
}

function bestReason(error: unknown, { unknown, name }: Pick<Search<never>, 'unknown' | 'name'>): unknown {
  if (!(error instanceof AggregateError)) return error;
  const [ofRecord, ofRuns] = error.errors as readonly unknown[];
  if (codeOf(ofRecord) !== 'DATABASE_UNAVAILABLE') return ofRecord;
  if (codeOf(ofRuns) !== unknown) return ofRuns;
  return new SlipwayError('DATABASE_UNAVAILABLE', `No live ${name} was found, and the database cannot say whether there ever was one.`);
}
