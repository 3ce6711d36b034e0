import { type MigrationStep, migrationWaitMs } from '../../domain/deployment/protection.js';
import type { MigrateResult, StepInput } from '../../domain/deployment/steps.js';
import { isSlipwayError, SlipwayError } from '../../domain/errors.js';
import type { CommandSpec } from '../../domain/service/environment.js';
import { fillPlaceholders, type PlaceholderValues } from '../../domain/service/placeholders.js';
import { keepBoth, type ProgramOutput, type Programs } from '../../programs/programs.js';
import { valuesAsEnvironment } from '../../targets/request-values.js';
import { type LeaseDeps, whileLeased } from '../lease.js';
import type { Clock } from '../watch/clock.js';
import { hideSecrets } from './hide-secrets.js';
import type { StepContext } from './recorded-step.js';

export interface MigrateDeps extends Pick<LeaseDeps, 'leaseTtlMs' | 'logger'> {
  readonly stores: { readonly leases: LeaseDeps['leases'] };
  readonly programs: Programs;
  readonly clock: Clock;
  /** Whose secrets are kept out of what is shown. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Of each stream; the deployment's event carries them. */
const KEPT_CHARACTERS = 2_000;
/** Of each stream: far more than is shown, so that no secret is cut before it is hidden. */
const SEARCHED_BYTES = 64_000;
/** In the cause of an abort, a follow-up, a notice. */
const TOLD_CHARACTERS = 500;
/** A client that is told to stop gets this long to end its transaction. */
const GRACE_MS = 5_000;

/**
 * Runs the user's command of one migration to its end, alone among the migrations of the service in the environment: an attempt whose worker was cut
 * off may still be at it elsewhere. It gets its placeholders as arguments and as `SLIPWAY_*`, the migration's name as `SLIPWAY_MIGRATION` and the
 * version that is stable as `SLIPWAY_STABLE_VERSION`, and passes no shell.
 *
 * @throws MIGRATION_FAILED, SUPERSEDED, TEMPORAL_UNAVAILABLE, PROGRAM_MISSING, PROGRAM_TIMEOUT, DEFINITION_INVALID, LEASE_HELD, LEASE_LOST, DATABASE_UNAVAILABLE
 */
export async function migrate(deps: MigrateDeps, input: StepInput<'migrate'>, context: StepContext): Promise<MigrateResult> {
  const { migration, plan, service, environment, deployment } = input;
  const declared = plan.protect?.migrate[migration];
  if (!declared) throw new SlipwayError('DEFINITION_INVALID', `The plan of deployment ${deployment} has no migration ${migration}.`);
  const { stores: { leases }, leaseTtlMs, programs, logger } = deps;
  const on = `the migrations of ${service} in ${environment}`;
  const lease = { name: `migration:${environment}/${service}`, mode: 'alone', on, waitMs: migrationWaitMs(declared) } as const;
  context.report({ migration, waitsFor: `the lease on ${on}` });
  return whileLeased({ leases, leaseTtlMs, programs, logger }, lease, context, async (signal) => {
    // The lease orders what is at work; it does not know whether this attempt's deployment still is.
    await context.stillOurs();
    return runCommand(deps, { ...input, declared }, { ...context, signal });
  });
}

async function runCommand(deps: MigrateDeps, input: StepInput<'migrate'> & { readonly declared: CommandSpec }, context: StepContext): Promise<MigrateResult> {
  const { declared, migration, plan, service, environment, deployment } = input;
  const startedAtMs = deps.clock.now();
  const values: PlaceholderValues = { service, environment, deployment, version: plan.candidate.version };
  const command = declared.command.map((argument) => fillPlaceholders(argument, values));
  context.report({ migration, program: command[0] ?? '', sinceMs: startedAtMs });
  const said = keepBoth(SEARCHED_BYTES);
  const told = (): Told => ({ migration, tookMs: deps.clock.now() - startedAtMs, output: endOf(said, deps.env ?? process.env) });
  const { exitCode } = await deps.programs.run({
    command, timeoutMs: declared.timeoutMs, signal: context.signal, graceMs: GRACE_MS, output: said,
    env: { ...valuesAsEnvironment(values), SLIPWAY_MIGRATION: migration, SLIPWAY_STABLE_VERSION: plan.stable?.version ?? '' },
  }).catch((error: unknown) => { throw ended(error, told(), context); });
  const { tookMs, output } = told();
  if (exitCode !== 0) {
    context.emit('migration-failed', `${migration} ended with ${exitCode}`, { migration, tookMs, output });
    throw new SlipwayError('MIGRATION_FAILED', `The migration ${migration} ended with exit code ${exitCode}. ${itSaid(output)}`);
  }
  context.emit('migrated', `${migration} done in ${tookMs} ms`, { migration, tookMs, output });
  return { tookMs, output };
}

interface Told extends MigrateResult {
  readonly migration: MigrationStep;
}

/** What it said before its time was over, or it was stopped, is most of what anybody will know of it. */
function ended(error: unknown, { migration, tookMs, output }: Told, { emit, signal }: StepContext): unknown {
  if (signal.aborted) emit('migration-stopped', `${migration} was stopped after ${tookMs} ms`, { migration, tookMs, output });
  if (!isSlipwayError(error) || error.code !== 'PROGRAM_TIMEOUT') return error;
  emit('migration-failed', `${migration} did not end in time`, { migration, tookMs, output });
  return new SlipwayError('PROGRAM_TIMEOUT', `The migration ${migration} did not end within ${tookMs} ms, so it was ended. ${itSaid(output)}`, { cause: error });
}

function itSaid(output: string): string {
  return `It said: ${output.slice(-TOLD_CHARACTERS) || 'nothing'}`;
}

/** What went wrong stands at the end. Cut after the secrets are hidden: of half a one the rest would stay. */
function endOf({ stdout, stderr }: ProgramOutput, env: Readonly<Record<string, string | undefined>>): string {
  return [stdout, stderr].map((kept) => hideSecrets(kept.text(), env).trim().slice(-KEPT_CHARACTERS)).filter((said) => said !== '').join('\n');
}
