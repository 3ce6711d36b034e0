import { addressOf } from '../../domain/backup/names.js';
import { SlipwayError } from '../../domain/errors.js';
import type { BackupSteps, RestoreInput } from '../../domain/backup/steps.js';
import type { Notice } from '../../notifiers/notifier.js';
import type { Source, SourceContext } from '../../sources/source.js';
import { deliverNotice, noticeKind } from '../deliver-notice.js';
import { type BackupActivity, backupStep, type BackupContext } from './backup-step.js';
import { capture } from './capture.js';
import { copy } from './copy.js';
import type { BackupDeps } from './deps.js';
import { openDrill } from './open-drill.js';
import { prove } from './prove.js';
import { prune } from './prune.js';
import { quiesce } from './quiesce.js';
import { retain } from './retain.js';
import { sourceContextOf } from './source-context-of.js';
import { verifyApplication } from './verify-application.js';
import { verifyBackup } from './verify-backup.js';

type Of<K extends keyof BackupSteps> = { readonly [Name in K]: BackupActivity<Name> };

/** What reads and writes sources and repositories, for hours: a queue of its own. */
export type HeavyActivities = Of<'capture' | 'verifyBackup' | 'retain' | 'prune' | 'copy' | 'prove'>;

/** What changes live data, or takes away what lies beside it: short, and never to wait for what takes hours. */
export type SwapActivities = Of<'quiesce' | 'unquiesce' | 'swap' | 'swapBack' | 'dropCopy' | 'dropOld'>;

/** What needs the database or a receiver of notices. */
export type CatalogueActivities = Of<
  'requestBackup' | 'skipBackup' | 'claimBackup' | 'recordBackup' | 'recordVerified' | 'recordUnread' | 'tell' | 'claimRestore' | 'recordRestore' | 'requestDrill' | 'skipDrill' | 'openDrill' | 'recordDrill'
>;

/** The steps that move bytes. Each may be run again after a kill; each ends within its signal. */
export function createHeavyActivities(deps: BackupDeps): HeavyActivities {
  return {
    capture: backupStep<'capture'>(deps.ownership, (input, context) => capture(deps, input, context)),
    verifyBackup: backupStep<'verifyBackup'>(deps.ownership, (input, context) => verifyBackup(deps, input, context)),
    retain: backupStep<'retain'>(deps.ownership, (input, context) => retain(deps, input, context)),
    prune: backupStep<'prune'>(deps.ownership, (input, context) => prune(deps, input, context)),
    copy: backupStep<'copy'>(deps.ownership, (input, context) => copy(deps, input, context)),
    prove: backupStep<'prove'>(deps.ownership, (input, context) => prove(deps, input, context)),
  };
}

export function createSwapActivities(deps: BackupDeps): SwapActivities {
  return {
    quiesce: backupStep<'quiesce'>(deps.ownership, (input, context) => quiesce(deps, input, 'stop', context)),
    unquiesce: backupStep<'unquiesce'>(deps.ownership, (input, context) => quiesce(deps, input, 'start', context)),
    swap: backupStep<'swap'>(deps.ownership, (input, context) => onSource(deps, input, context, (source, at) => source.swap(at))),
    swapBack: backupStep<'swapBack'>(deps.ownership, (input, context) => onSource(deps, input, context, (source, at) => source.swapBack(at))),
    dropCopy: backupStep<'dropCopy'>(deps.ownership, (input, context) => onSource(deps, input, context, (source, at) => done(source.dropCopy(at)))),
    dropOld: backupStep<'dropOld'>(deps.ownership, (input, context) => onSource(deps, input, context, (source, at) => done(source.dropOld(at)))),
  };
}

/** What asks applications for their health: where targets are reachable. */
export function createApplicationActivities(deps: BackupDeps): Of<'verifyApplication'> {
  return { verifyApplication: backupStep<'verifyApplication'>(deps.ownership, (input, context) => verifyApplication(deps, input, context)) };
}

/** The steps that keep the catalogue and tell people. */
export function createCatalogueActivities(deps: BackupDeps): CatalogueActivities {
  const { stores: { backups, restores, drills } } = deps;
  return {
    requestBackup: backupStep<'requestBackup'>(deps.ownership, async ({ plan, trigger, by, key, reason }) => {
      const { service, environment, source } = plan;
      const id = deps.newId();
      const backup = await backups.request({
        id, service, environment, source: source.name, repository: source.repository, trigger, by, plan, key, ...(reason === undefined ? {} : { reason }),
      });
      return { backup };
    }),
    skipBackup: backupStep<'skipBackup'>(deps.ownership, async ({ backup, text }) => done(backups.skip(backup, text))),
    claimBackup: backupStep<'claimBackup'>(deps.ownership, async ({ backup }, { runId }) => claimed(await backups.claim(backup, runId), 'backup', backup)),
    recordBackup: backupStep<'recordBackup'>(deps.ownership, async ({ status }) => done(backups.record(status))),
    recordVerified: backupStep<'recordVerified'>(deps.ownership, async ({ backup, at, damage }) => done(backups.verified(backup, { at, damage }))),
    recordUnread: backupStep<'recordUnread'>(deps.ownership, async ({ backup, ...failure }) => done(backups.unread(backup, failure))),
    tell: backupStep<'tell'>(deps.ownership, (input, context) => tell(deps, input, context)),
    claimRestore: backupStep<'claimRestore'>(deps.ownership, async ({ restore }, { runId }) => claimed(await restores.claim(restore, runId), 'restore', restore)),
    recordRestore: backupStep<'recordRestore'>(deps.ownership, async ({ status }) => done(restores.record(status))),
    requestDrill: backupStep<'requestDrill'>(deps.ownership, async ({ plan, by, key }) => ({ drill: await drills.request({ id: deps.newId(), ...addressOf(plan), by, key }) })),
    skipDrill: backupStep<'skipDrill'>(deps.ownership, async ({ drill, text }) => done(drills.skip(drill, text))),
    openDrill: backupStep<'openDrill'>(deps.ownership, (input) => openDrill(deps, input)),
    recordDrill: backupStep<'recordDrill'>(deps.ownership, async ({ drill, proven, text, tookMs }) => (
      done(drills.record(drill, { proven, text, tookMs, at: new Date(deps.clock.now()).toISOString() }))
    )),
  };
}

async function done(work: Promise<void>): Promise<object> {
  await work;
  return {};
}

/** An id runs once: a second run of the same id finds the first one's claim. */
function claimed(isOurs: boolean, what: 'backup' | 'restore', id: string): object {
  if (isOurs) return {};
  throw new SlipwayError(what === 'restore' ? 'RESTORE_ENDED' : 'BACKUP_RUNNING', `${what} ${id} was run before, or withdrawn`);
}

async function onSource<T>(deps: BackupDeps, { plan, run }: Pick<RestoreInput, 'run'> & { readonly plan: BackupSteps['copy'][0]['plan'] }, context: BackupContext, body: (source: Source, at: SourceContext) => Promise<T>): Promise<T> {
  return body(deps.source(plan.source, plan), sourceContextOf(run, context));
}

async function tell(deps: BackupDeps, { plan, run, kind, text }: BackupSteps['tell'][0], { before, report, signal, firstScheduledAtMs }: BackupContext): Promise<object> {
  const { service, environment, source } = plan;
  // The same at every attempt, so that a receiver recognises a repeated notice.
  const notice: Notice = { kind: noticeKind(kind), service, environment, source: source.name, run, text, at: new Date(firstScheduledAtMs).toISOString() };
  await deliverNotice(notice, plan.notify, { ...deps, before, report, signal });
  return {};
}
