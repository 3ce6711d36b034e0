import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SlipwayError } from '../domain/errors.js';
import { isMeant } from './is-meant.js';
import type { LaunchRequest, RetireRequest, SlotRef, Target, TargetInstance } from './target.js';

export interface FakeTargetOptions {
  readonly name?: string;
  /** Makes each instance a real HTTP server on loopback; without it instances are addresses only. */
  readonly serve?: (request: LaunchRequest, id: string) => RequestListener;
}

export interface FakeTarget extends Target {
  readonly launches: readonly LaunchRequest[];
  readonly retired: readonly RetireRequest[];
  /** `failing`: launch throws LAUNCH_FAILED. `slow`: new instances stay `starting` until `finishStarting`. `away`: every call throws TARGET_UNREACHABLE. */
  become(state: 'well' | 'failing' | 'slow' | 'away'): void;
  finishStarting(): void;
  /** The instance dies by itself: its status is `stopped`, its server gone. */
  kill(id: string): Promise<void>;
  /** Ends every server. */
  close(): Promise<void>;
}

interface Held {
  readonly slot: string;
  instance: TargetInstance;
  readonly server?: Server;
}

/** A target in memory, optionally with instances that really answer. */
export function createFakeTarget(options: FakeTargetOptions = {}): FakeTarget {
  const held = new Map<string, Held>();
  const launches: LaunchRequest[] = [];
  const retired: RetireRequest[] = [];
  let state: 'well' | 'failing' | 'slow' | 'away' = 'well';
  let addresses = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const inSlot = (ref: SlotRef): Held[] => [...held.values()].filter((one) => one.slot === slotKey(ref));

  async function start(request: LaunchRequest, id: string): Promise<Held> {
    const server = options.serve ? await listen(options.serve(request, id)) : undefined;
    const address = server ? addressOf(server) : `10.0.0.${(addresses += 1)}:8080`;
    const { deployment, version } = request;
    const instance: TargetInstance = { id, address, deployment, version, state: state === 'slow' ? 'starting' : 'running' };
    return { slot: slotKey(request), instance, ...(server ? { server } : {}) };
  }

  async function startMissing(request: LaunchRequest): Promise<readonly TargetInstance[]> {
    for (let number = 1; number <= request.instances; number += 1) {
      const id = `${request.deployment}-${number}`;
      if ((held.get(id)?.instance.state ?? 'stopped') === 'stopped') held.set(id, await start(request, id));
    }
    return inSlot(request).map((one) => one.instance).filter((instance) => instance.deployment === request.deployment);
  }

  async function stop(one: Held): Promise<void> {
    one.instance = { ...one.instance, state: 'stopped' };
    if (one.server) await endServer(one.server);
  }

  function reach(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (state === 'away') throw new SlipwayError('TARGET_UNREACHABLE', 'The target does not answer: it is away.');
  }

  return {
    name: options.name ?? 'fake',
    launches,
    retired,
    become: (next) => void (state = next),
    finishStarting() {
      for (const one of held.values()) if (one.instance.state === 'starting') one.instance = { ...one.instance, state: 'running' };
    },
    async kill(id) {
      const one = held.get(id);
      if (one) await stop(one);
    },
    async launch(request, signal) {
      reach(signal);
      launches.push(request);
      if (state === 'failing') throw new SlipwayError('LAUNCH_FAILED', `The target could not launch ${request.version}: it is told to fail.`);
      // One after the other: the second of two equal calls finds what the first has started.
      const started = turn.then(() => startMissing(request));
      turn = started.catch(() => undefined);
      return started;
    },
    async status(ref, signal) {
      reach(signal);
      return inSlot(ref).map((one) => one.instance);
    },
    async retire(request, signal) {
      reach(signal);
      retired.push(request);
      for (const one of inSlot(request).filter(({ instance }) => isMeant(instance, request))) {
        await stop(one);
        held.delete(one.instance.id);
      }
    },
    async close() {
      await Promise.all([...held.values()].map(stop));
    },
  };
}

function slotKey(ref: SlotRef): string {
  return `${ref.service}/${ref.environment}/${ref.slot}`;
}

async function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

function addressOf(server: Server): string {
  // A server that listens on a TCP port has this form of address.
  const { address, port } = server.address() as AddressInfo;
  return `${address}:${port}`;
}

async function endServer(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
