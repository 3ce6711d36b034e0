import type pg from 'pg';
import { codeOf, messageOf } from '../../domain/errors.js';
import type { CheckOutcome } from '../../domain/backup/restore-status.js';
import type { CheckSpec } from '../../domain/backup/source-spec.js';
import type { Programs } from '../../programs/programs.js';
import type { SourceContext } from '../source.js';
import { constraintNames } from './describe-database.js';
import { type ServerAddress, urlOf } from './server-address.js';
import { withSession } from './session.js';

const SAID_BYTES = 2_048;

export interface Checking {
  readonly copy: ServerAddress;
  readonly live: ServerAddress;
  readonly programs: Programs;
}

/** Each of the user's checks in their order, before them that no constraint was weakened. A check that cannot be run has failed. */
export async function runChecks(checks: Readonly<Record<string, CheckSpec>>, checking: Checking, context: SourceContext): Promise<readonly CheckOutcome[]> {
  const outcomes = [await checkConstraints(checking, context)];
  for (const [name, check] of Object.entries(checks)) {
    context.progress(`check ${name}`);
    outcomes.push({ name, ...(check.kind === 'query' ? await checkQuery(check, checking, context) : await checkCommand(check, checking, context)) });
  }
  return outcomes;
}

type Judged = Pick<CheckOutcome, 'ok' | 'detail'>;

/** What is enforced for all rows live is so in the copy too. Live data that cannot be read may be why there is a restore: it does not stand in its way. */
async function checkConstraints({ copy, live }: Checking, { signal }: SourceContext): Promise<CheckOutcome> {
  const inCopy = await withSession(copy, { signal }, constraintNames);
  const declared = `${inCopy.valid.length} valid, ${inCopy.notValid.length} declared not valid`;
  const inLive = await withSession(live, { signal }, constraintNames).catch((error: unknown) => messageOf(error));
  signal.throwIfAborted();
  if (typeof inLive === 'string') return { name: 'constraints', ok: true, detail: `${declared}; what is live could not be read, so they are not compared with it: ${inLive}` };
  const weakened = inCopy.notValid.filter((name) => inLive.valid.includes(name));
  const detail = weakened.length > 0 ? `not valid in the copy, valid live: ${weakened.slice(0, 10).join(', ')}` : declared;
  return { name: 'constraints', ok: weakened.length === 0, detail };
}

async function checkQuery({ sql, timeoutMs }: Extract<CheckSpec, { kind: 'query' }>, { copy }: Checking, { signal }: SourceContext): Promise<Judged> {
  try {
    return await withSession(copy, { signal }, async (client) => {
      await client.query(`SELECT set_config('statement_timeout', $1, false), set_config('default_transaction_read_only', 'on', false)`, [String(timeoutMs)]);
      await client.query('RESET search_path');
      return judge(await oneStatement(client, sql));
    });
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, detail: messageOf(error) };
  }
}

/** As the extended protocol takes it: a second statement, which could end the read-only mode, is refused. */
async function oneStatement(client: pg.Client, sql: string): Promise<readonly unknown[][]> {
  const query: pg.QueryArrayConfig & { readonly queryMode: 'extended' } = { text: sql, rowMode: 'array', queryMode: 'extended' };
  return (await client.query<unknown[]>(query)).rows;
}

function judge(rows: readonly (readonly unknown[])[]): Judged {
  const [row] = rows;
  if (rows.length !== 1 || row?.length !== 1) return { ok: false, detail: `gave ${rows.length} rows of ${row?.length ?? 0} columns; it must give one value` };
  const [value] = row;
  const isTrue = value === true || (typeof value === 'number' && value !== 0) || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) && Number(value) !== 0);
  return { ok: isTrue, detail: `gave ${String(value).slice(0, 100)}` };
}

async function checkCommand({ command, timeoutMs }: Extract<CheckSpec, { kind: 'command' }>, { copy, programs }: Checking, { signal }: SourceContext): Promise<Judged> {
  try {
    const { exitCode, stdout, stderr } = await programs.run({ command, timeoutMs, signal, env: { SLIPWAY_COPY: urlOf(copy) } });
    const said = Buffer.from(`${stdout}\n${stderr}`.trim()).subarray(-SAID_BYTES).toString();
    return { ok: exitCode === 0, detail: redacted(`ended with ${exitCode}${said && `: ${said}`}`, copy) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, detail: `${codeOf(error)}: ${messageOf(error)}` };
  }
}

/** A program may well print the address that it was given. */
function redacted(text: string, { password }: ServerAddress): string {
  return password === null || password === '' ? text : text.replaceAll(password, '***').replaceAll(encodeURIComponent(password), '***');
}
