import type { StepInput } from '../../../src/domain/deployment/steps.js';
import { contractStep, gateAddress } from '../../../src/domain/deployment/plan.js';
import type { ModelRun } from './model-run.js';
import { labelOf } from './model-runtime.js';

/** What a protected deployment must never do, whatever happens to it. @returns each promise that was broken, in words. */
export function brokenOrder(model: ModelRun): string[] {
  const { log } = model.runtime;
  return [...unstopped(model), ...log.flatMap((entry, index) => {
    const before = log.slice(0, index);
    switch (entry) {
      case 'open begins': return all(backedUp(model, before), 'something was touched before its backups were made');
      case 'expand begins': return [
        ...all(backedUp(model, before), 'expand ran without its backups'),
        ...all(!before.includes('launch begins'), 'expand ran after the launch'),
      ];
      case 'launch begins': return all(!declares(model, 'expand') || before.includes('expand ends well'), 'the candidate was launched before expand was done');
      case 'revert begins': return [
        ...all(retiredSince(before, model.candidate, 'launch begins'), 'revert ran before the candidate was retired'),
        ...all(endedSince(before, 'expand'), 'revert ran while expand might still run, or without it'),
        ...all(!model.rolesChangedSomewhere(), 'revert ran although the roles had changed'),
      ];
      case 'contract begins': return [
        ...all(model.run.state.first || retiredSince(before, model.run.state.stableSlot, 'launch begins'), 'contract ran before the old release was retired'),
        ...all(model.run.state.data.rolesChanged, 'contract ran before the roles had changed'),
        ...all(approved(model), 'contract ran without its approvals'),
        ...all(index < model.contractStoppedAt, 'contract ran although somebody had said no'),
        ...all(!model.run.state.data.overruled, 'contract ran after a way back that people overruled'),
      ];
      default: return [];
    }
  })];
}

function unstopped({ runtime, contractStoppedAt }: ModelRun): string[] {
  const runs = runtime.live().some((task) => labelOf(task) === 'contract' && !task.cancelled);
  return all(!runs || !Number.isFinite(contractStoppedAt), 'contract went on although somebody had stopped it');
}

/** What must be true of its data when it has ended. */
export function brokenEnd(model: ModelRun): string[] {
  const { log } = model.runtime;
  const { data } = model.run.state;
  const left = data.protection?.followUps.map(({ kind }) => kind) ?? [];
  const well = model.ended === 'succeeded';
  const expanded = log.includes('expand begins');
  return [
    ...all(!well || !declares(model, 'contract') || log.includes('contract ends well') !== left.some((kind) => kind.startsWith('contract-')), 'a contract was neither done nor left to people'),
    ...all(well || !expanded || !declares(model, 'revert') || log.includes('revert ends well') !== left.includes('revert-failed'), 'a revert was neither done nor left to people'),
    ...all(expanded || !log.includes('revert begins'), 'there was nothing to revert'),
    ...all(well || !(data.moved || expanded) || !backedUp(model, log) || model.plan.protect?.backups.length === 0 || !model.plan.protect || left.includes('restore-offered'), 'no restore was offered'),
    ...all(!well || !left.includes('restore-offered'), 'a restore was offered after a success'),
    ...all(!log.includes('backup ends badly') || (model.ended === 'aborted' && !log.includes('open begins')), 'it went on without a backup'),
  ];
}

function all(holds: boolean, broken: string): string[] {
  return holds ? [] : [broken];
}

function declares({ plan }: ModelRun, migration: StepInput<'migrate'>['migration']): boolean {
  return plan.protect?.migrate[migration] !== undefined;
}

function backedUp({ plan }: ModelRun, log: readonly string[]): boolean {
  return log.filter((entry) => entry === 'backup ends well').length === (plan.protect?.backups.length ?? 0);
}

function retiredSince(log: readonly string[], slot: string, since: string): boolean {
  return log.lastIndexOf(`retire ${slot} ends well`) > log.lastIndexOf(since);
}

function endedSince(log: readonly string[], step: string): boolean {
  return Math.max(log.lastIndexOf(`${step} ends well`), log.lastIndexOf(`${step} ends badly`)) > log.lastIndexOf(`${step} begins`);
}

function approved({ plan, approvals }: ModelRun): boolean {
  const gate = plan.protect?.migrate.contract?.gate;
  if (!gate) return true;
  const address = gateAddress(contractStep(plan), gate.name);
  const people = new Set(approvals.filter((approval) => approval.startsWith(`${address} `)));
  return people.size >= gate.quorum || gate.onTimeout === 'proceed';
}
