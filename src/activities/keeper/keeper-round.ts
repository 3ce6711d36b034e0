import type { DriftRecord } from '../../domain/keeper/drift.js';
import { encodeEntry, otherSlot, splitOf } from '../../domain/router/entry.js';
import { messageOf } from '../../domain/errors.js';
import type { ObservationRecord } from '../../domain/deployment/record.js';
import type { KeptEnvironment } from '../../store/keeper-store.js';
import type { RouterSurvey } from '../../routers/router.js';
import { diskFault } from '../disk-of.js';
import { within } from '../watch/within.js';
import { atOnce } from './at-once.js';
import type { KeeperDeps, KeptRouter } from './deps.js';
import { DriftBook } from './drift-book.js';
import type { DriftNotices } from './drift-notices.js';
import { type Finding, findingsOf } from './findings.js';
import { answering, isManaged, keyOf, type KeptPlace, type ManagedEnvironment } from './kept-place.js';
import { type CertainPlace, withRunningServers, withServers } from './registered-servers.js';
import { restore } from './restore.js';
import { RouterNotes } from './router-notes.js';
import { StableProbes } from './stable-health.js';
import { isKeepers } from './still-keepers.js';

/** Environments that are probed or put right at the same time. */
const AT_ONCE = 8;

/** A round takes what probes have said by then; those that take longer are heard in a later one. */
const PROBES_MS = 2_500;

/** What one round came to, for the Web UI. */
export interface RoundReport {
  readonly environments: number;
  readonly drifts: number;
  readonly tookMs: number;
}

/** Rounds over a site's environments, with what one round remembers for the next. Whatever is lost with it is found again. */
export class KeeperRounds {
  private readonly book: DriftBook;
  private readonly notes: RouterNotes;
  private readonly probes: StableProbes;
  /** Router instances that did not answer in the round before: a reload is no outage. */
  private silent: ReadonlySet<string> = new Set();

  /** @param notices which outlive the rounds: what they know of half a delivery is in no record */
  constructor(private readonly deps: KeeperDeps, private readonly site: string, private readonly notices: DriftNotices) {
    this.book = new DriftBook(deps);
    this.notes = new RouterNotes(deps, site);
    this.probes = new StableProbes(deps);
  }

  /** @throws DATABASE_UNAVAILABLE: without the records nothing is known that could be kept, and nothing is written */
  async round(signal: AbortSignal): Promise<RoundReport> {
    const { stores: { keeper, observations }, clock } = this.deps;
    const began = clock.now();
    const environments = (await keeper.environments(this.site)).filter(({ router }) => this.deps.router(router) !== undefined);
    const surveys = await this.survey(environments);
    const open = (await keeper.unsettled()).filter(({ until }) => until === null);
    const places = await this.places(environments, surveys);
    await this.askAll(places, signal);
    await atOnce(AT_ONCE, places, (place) => this.keep(place, open.filter((drift) => keyOf(drift) === keyOf(place.environment)), signal));
    this.silent = new Set([...surveys].flatMap(([router, { instances }]) => instances.filter(({ ok }) => !ok).map(({ instance }) => `${router} ${instance}`)));
    await observations.observe(places.flatMap((place) => this.observed(place)));
    const report = { environments: environments.length, drifts: open.length, tookMs: clock.now() - began };
    await keeper.round({ site: this.site, environments: report.environments, tookMs: report.tookMs });
    this.notices.begin((await keeper.unsettled()).filter((drift) => environments.some((each) => keyOf(each) === keyOf(drift))), signal);
    return report;
  }

  /** Until notices that are under way are delivered, or have failed. */
  settled(): Promise<void> {
    return this.notices.settled();
  }

  private async survey(environments: readonly KeptEnvironment[]): Promise<ReadonlyMap<string, RouterSurvey>> {
    const surveys = await Promise.all(this.deps.routers.map(async (name): Promise<[string, RouterSurvey][]> => {
      const survey = await this.routerOf(name)?.router.survey(environments.filter(({ router }) => router === name).map(({ backend }) => backend));
      if (!survey) return [];
      await this.notes.note(name, survey);
      return [[name, survey]];
    }));
    return new Map(surveys.flat());
  }

  private async places(environments: readonly KeptEnvironment[], surveys: ReadonlyMap<string, RouterSurvey>): Promise<readonly KeptPlace[]> {
    const places: KeptPlace[] = [];
    for (const environment of environments) {
      const [router, survey] = [this.routerOf(environment.router)?.router, surveys.get(environment.router)];
      if (!router || !survey || environment.live || !isManaged(environment)) continue;
      const place = { environment, router, survey };
      places.push({ ...place, environment: await withServers(this.deps, place) });
    }
    return places;
  }

  private async askAll(places: readonly KeptPlace[], signal: AbortSignal): Promise<void> {
    const asked = atOnce(AT_ONCE, places, ({ environment }) => this.probes.ask(environment, signal).catch((error: unknown) => this.failed(environment, error)));
    await within(this.deps.clock, PROBES_MS, asked);
  }

  /** One environment; what goes wrong with it holds no other one up. */
  private async keep(place: KeptPlace, open: readonly DriftRecord[], signal: AbortSignal): Promise<void> {
    try {
      await this.keepOne(place, open, signal);
    } catch (error) {
      this.failed(place.environment, error);
    }
  }

  private async keepOne(place: KeptPlace, open: readonly DriftRecord[], signal: AbortSignal): Promise<void> {
    const findings = this.findings(place, open);
    const gone = open.filter((drift) => !findings.some((finding) => isSame(finding, drift)));
    const restores = this.routerOf(place.environment.router)?.onDrift === 'restore';
    const news = findings.filter((finding) => (restores && finding.absent !== undefined) || !open.some((drift) => isSame(finding, drift) && drift.text === finding.text));
    if (gone.length === 0 && news.length === 0) return;
    // Only what is still so once nobody has the environment: a deployment may have begun, or ended, since the records were read.
    if (!(await isKeepers(this.deps, place.environment))) return;
    const certain = news.length === 0 ? { ...place, running: [] } : await withRunningServers(this.deps, place, signal);
    const now = this.findings(certain, open);
    for (const finding of now) await this.act(certain, finding, open, signal);
    for (const drift of gone) if (!now.some((finding) => isSame(finding, drift))) await this.book.notSeen(drift);
  }

  private findings(place: KeptPlace, open: readonly DriftRecord[]): readonly Finding[] {
    const { environment } = place;
    const restoring = (instance: string): boolean => open.some(({ kind, routerInstance }) => kind === 'absent' && routerInstance === instance);
    const silentBefore = ({ kind, routerInstance }: Finding): boolean => kind !== 'unreachable' || this.silent.has(`${environment.router} ${routerInstance ?? ''}`);
    const health = this.probes.of(environment);
    const down: readonly Finding[] = health.state === 'down' ? [{ kind: 'stable-down', routerInstance: null, text: `does not answer: ${health.text}${witness(place)}` }] : [];
    return [...findingsOf(place, restoring).filter(silentBefore), ...down];
  }

  private async act(place: CertainPlace, finding: Finding, open: readonly DriftRecord[], signal: AbortSignal): Promise<void> {
    const { environment } = place;
    if (finding.absent === undefined || this.routerOf(environment.router)?.onDrift !== 'restore') return this.book.found(environment, finding, 'reported');
    if (!open.some((drift) => isSame(finding, drift))) await this.book.found(environment, finding, 'restoring');
    const { outcome, text } = await restore(this.deps, place, finding, signal);
    if (outcome === 'restoring') return this.book.found(environment, { ...finding, text: `${finding.text}; ${text}` }, 'restoring');
    const record = open.find((drift) => isSame(finding, drift)) ?? (await this.deps.stores.keeper.driftsOf(environment.service, environment.environment)).find((drift) => isSame(finding, drift));
    if (record) await this.book.over(record, 'restored');
  }

  private observed({ environment, router, survey }: KeptPlace): readonly ObservationRecord[] {
    const { service, environment: name, backend } = environment;
    const at = new Date(this.deps.clock.now()).toISOString();
    return answering(survey).flatMap(({ instance, entries }): ObservationRecord[] => {
      const held = entries[backend];
      if (!held?.ok) return [];
      const { entry, tombstones, servers } = held;
      const candidate = servers[otherSlot(entry.stable)];
      const health = {
        stable: this.probes.of(environment).text, candidate: candidate.length === 0 ? 'empty' : `${candidate.filter(({ up }) => up).length} of ${candidate.length} up`,
        ...diskFault(router, backend, instance),
      };
      return [{ service, environment: name, routerInstance: instance, entry: encodeEntry(entry), split: splitOf(entry, tombstones), health, at }];
    });
  }

  private routerOf(name: string): KeptRouter | undefined {
    return this.deps.router(name);
  }

  private failed({ service, environment }: ManagedEnvironment, error: unknown): void {
    this.deps.logger.warn({ service, environment, reason: messageOf(error) }, 'the keeper could not look after an environment; the next round tries again');
  }
}

function isSame(finding: Pick<Finding, 'kind' | 'routerInstance'>, drift: Pick<DriftRecord, 'kind' | 'routerInstance'>): boolean {
  return finding.kind === drift.kind && finding.routerInstance === drift.routerInstance;
}

/** What the routers' own checks say of the same instances: where they differ, it may be this worker that does not reach them. */
function witness({ environment, survey }: KeptPlace): string {
  const { backend, stable: { slot } } = environment;
  const servers = answering(survey).flatMap(({ entries }) => (entries[backend]?.ok ? entries[backend].servers[slot] : []));
  const up = servers.filter((server) => server.up).length;
  return up > 0 ? `; the router’s own checks count ${up} of ${servers.length} servers as up, so it may be this worker that does not reach them` : '';
}
