import type { MigrateResult, StepInput } from '../../domain/deployment/steps.js';
import { SlipwayError } from '../../domain/errors.js';
import { fillPlaceholders, type PlaceholderValues } from '../../domain/service/placeholders.js';
import type { ProgramResult, Programs } from '../../programs/programs.js';
import { valuesAsEnvironment } from '../../targets/request-values.js';
import type { Clock } from '../watch/clock.js';
import { hideSecrets } from './hide-secrets.js';
import type { StepContext } from './recorded-step.js';

export interface MigrateDeps {
  readonly programs: Programs;
  readonly clock: Clock;
  /** Whose secrets are kept out of what is shown. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Of each stream; the deployment's event carries them. */
const KEPT_CHARACTERS = 2_000;
/** In the cause of an abort, a follow-up, a notice. */
const TOLD_CHARACTERS = 500;
/** A client that is told to stop gets this long to end its transaction. */
const GRACE_MS = 5_000;

/**
 * Runs the user's command of one migration to its end. It gets its placeholders as arguments and as `SLIPWAY_*`, the migration's name as
 * `SLIPWAY_MIGRATION` and the version that is stable as `SLIPWAY_STABLE_VERSION`, and passes no shell.
 *
 * @throws MIGRATION_FAILED, PROGRAM_MISSING, PROGRAM_TIMEOUT, DEFINITION_INVALID
 */
export async function migrate(deps: MigrateDeps, input: StepInput<'migrate'>, context: StepContext): Promise<MigrateResult> {
  const { migration, plan, service, environment, deployment } = input;
  const declared = plan.protect?.migrate[migration];
  if (!declared) throw new SlipwayError('DEFINITION_INVALID', `The plan of deployment ${deployment} has no migration ${migration}.`);
  const startedAtMs = deps.clock.now();
  const values: PlaceholderValues = { service, environment, deployment, version: plan.candidate.version };
  const command = declared.command.map((argument) => fillPlaceholders(argument, values));
  context.report({ migration, program: command[0] ?? '', sinceMs: startedAtMs });
  const result = await deps.programs.run({
    command, timeoutMs: declared.timeoutMs, signal: context.signal, graceMs: GRACE_MS,
    env: { ...valuesAsEnvironment(values), SLIPWAY_MIGRATION: migration, SLIPWAY_STABLE_VERSION: plan.stable?.version ?? '' },
  });
  const output = hideSecrets(endOf(result), deps.env ?? process.env);
  const tookMs = deps.clock.now() - startedAtMs;
  if (result.exitCode !== 0) {
    context.emit('migration-failed', `${migration} ended with ${result.exitCode}`, { migration, tookMs, output });
    throw new SlipwayError('MIGRATION_FAILED', `The migration ${migration} ended with exit code ${result.exitCode}. It said: ${output.slice(-TOLD_CHARACTERS) || 'nothing'}`);
  }
  context.emit('migrated', `${migration} done in ${tookMs} ms`, { migration, tookMs, output });
  return { tookMs, output };
}

/** What went wrong stands at the end. */
function endOf({ stdout, stderr }: ProgramResult): string {
  return [stdout, stderr].map((said) => said.trim().slice(-KEPT_CHARACTERS)).filter((said) => said !== '').join('\n');
}
