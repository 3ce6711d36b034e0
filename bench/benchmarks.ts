import type { Benchmark } from './benchmark.js';
import { abortUnderReaders } from './figures/abort-under-readers.js';
import { abortToZero } from './figures/abort-to-zero.js';
import { backup } from './figures/backup.js';
import { breachToZero, breachToZeroTemporalDown } from './figures/breach-to-zero.js';
import { canary } from './figures/canary.js';
import { harm } from './figures/harm.js';
import { idle } from './figures/idle.js';
import { killToControl } from './figures/kill-to-control.js';
import { liveCanaries } from './figures/live-canaries.js';
import { stuckToZero } from './figures/stuck-to-zero.js';
import { swapDowntime } from './figures/swap-downtime.js';
import { switchesOnEmbedded, switchesOnHaproxy } from './figures/switches.js';
import { triggerRatio } from './figures/trigger.js';

/** All there is to measure, in the order of the table. */
export const BENCHMARKS: readonly Benchmark[] = [
  breachToZero, breachToZeroTemporalDown, abortToZero, abortUnderReaders, harm, stuckToZero, switchesOnHaproxy, switchesOnEmbedded, triggerRatio, canary,
  idle, killToControl, liveCanaries,
  backup, swapDowntime,
];
