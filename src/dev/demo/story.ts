import { hasEnded } from '../../domain/deployment/status.js';
import type { DeploymentAnswer } from './api-answers.js';
import { milliseconds, row, seconds } from './figures.js';
import type { TrafficCount } from './traffic.js';

/** What is to be shown after one look at a deployment. */
export interface Telling {
  /** Lines that stand for good. */
  readonly finished: readonly string[];
  /** What runs now, replaced by the next look; undefined when nothing does. */
  readonly current: string | undefined;
}

const BAR_WIDTH = 12;
const WHOLE = 10_000;

/** Tells one deployment as it goes, from what the API shows. Knows no time but that of the looks. */
export class Story {
  readonly #told = new Set<string>();
  readonly #stepSinceMs = new Map<number, number>();

  /** @param before the traffic's count when the deployment was asked for */
  constructor(private readonly before: TrafficCount) {}

  look(view: DeploymentAnswer, traffic: TrafficCount, nowMs: number): Telling {
    const finished = [...this.#launch(view), ...this.#steps(view), ...this.#end(view, traffic)];
    return { finished, current: hasEnded(view.phase) ? undefined : this.#current(view, nowMs) };
  }

  #once(key: string, line: () => string): readonly string[] {
    if (this.#told.has(key)) return [];
    this.#told.add(key);
    return [line()];
  }

  #launch({ milestones, startedAt, plan }: DeploymentAnswer): readonly string[] {
    const launched = milestones['launched'];
    if (launched === undefined) return [];
    return this.#once('launch', () => {
      const instances = plan?.candidate.target.instances ?? 0;
      return row('launch', `${instances} ${instances === 1 ? 'instance' : 'instances'} healthy in ${seconds(Date.parse(launched) - Date.parse(startedAt))}`);
    });
  }

  /** A verdict of a step below 100 % closes its line; what is judged at 100 % only speaks up when it is bad. */
  #steps(view: DeploymentAnswer): readonly string[] {
    return view.verdicts.flatMap((verdict) => {
      const share = shareOf(view, verdict.step);
      if (verdict.kind === 'pass' && share === WHOLE) return [];
      return this.#once(`${verdict.step} ${verdict.kind}`, () => {
        const bar = verdict.kind === 'pass' ? '#'.repeat(BAR_WIDTH) : barOf(this.#baked.get(verdict.step) ?? 0);
        return row(percent(share), `${bar} ${(verdict.kind === 'pass' ? 'pass' : verdict.kind.toUpperCase()).padEnd(6)} ${findingsOf(verdict)}`);
      });
    });
  }

  /** How far each step's bake had come at the last look. */
  readonly #baked = new Map<number, number>();

  #current(view: DeploymentAnswer, nowMs: number): string | undefined {
    if (view.phase === 'requested' || view.phase === 'preparing') return row('launch', 'starting instances, waiting until they are healthy');
    if (view.phase === 'verifying') return row('verify', 'checks before the first traffic');
    if (view.gates[0] !== undefined) return row('gate', `${view.gates[0].address} waits for an approval`);
    if (view.phase === 'progressing') return this.#baking(view, nowMs);
    return row(view.phase, '');
  }

  #baking(view: DeploymentAnswer, nowMs: number): string {
    const step = view.plan?.steps.find(({ number }) => number === view.step);
    const sinceMs = this.#stepSinceMs.get(view.step) ?? nowMs;
    this.#stepSinceMs.set(view.step, sinceMs);
    const part = step === undefined || step.bakeMs === 0 ? 0 : Math.min(1, (nowMs - sinceMs) / step.bakeMs);
    this.#baked.set(view.step, part);
    return row(percent(step?.share ?? 0), `${barOf(part)} baking`);
  }

  #end(view: DeploymentAnswer, traffic: TrafficCount): readonly string[] {
    if (!hasEnded(view.phase)) return [];
    return this.#once('end', () => this.#endLine(view, this.#since(traffic)));
  }

  #since({ requests, failed }: TrafficCount): TrafficCount {
    return { requests: requests - this.before.requests, failed: failed - this.before.failed };
  }

  #endLine(view: DeploymentAnswer, traffic: TrafficCount): string {
    const { requests, failed } = traffic;
    if (view.phase === 'succeeded') {
      const promotedAt = view.milestones['rolesChanged'] ?? view.milestones['promoted'] ?? view.endedAt ?? view.startedAt;
      return row(percent(WHOLE), `promoted in ${seconds(Date.parse(promotedAt) - Date.parse(view.startedAt))}${requests > 0 ? `; ${requests} requests, ${failed} failed` : ''}`);
    }
    const serves = view.stableVersion === null ? 'nothing serves' : `${view.stableVersion} serves`;
    if (view.breachToZeroMs !== null) {
      return row('pulled', `candidate at 0 % ${milliseconds(view.breachToZeroMs)} after the breaching sample; ${serves}; ${failed} requests failed of ${requests}`);
    }
    return row(view.phase, `${view.cause?.text ?? 'no cause is known'}; ${serves}; ${failed} requests failed of ${requests}`);
  }
}

function findingsOf({ kind, findings }: DeploymentAnswer['verdicts'][number]): string {
  const deciding = findings.filter((finding) => finding.kind === kind);
  // What is judged of itself is told when it decides against the candidate.
  const measured = deciding.filter(({ rule }) => kind !== 'pass' || !(rule === 'health' || rule === 'stuck' || rule.startsWith('compare/')));
  return (measured.length > 0 ? measured : deciding).map(({ text }) => text).join('; ');
}

function shareOf({ plan }: DeploymentAnswer, step: number): number {
  return plan?.steps.find(({ number }) => number === step)?.share ?? WHOLE;
}

function barOf(part: number): string {
  return '#'.repeat(Math.max(1, Math.round(part * BAR_WIDTH))).padEnd(BAR_WIDTH);
}

function percent(share: number): string {
  return `${share / 100} %`.padStart(6);
}
