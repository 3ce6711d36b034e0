import { typeInto } from '../haproxy-cli.js';
import type { HaproxyFixture } from '../haproxy.js';

export interface HaproxyCounters {
  /** Answered with 5xx, by HAProxy itself or by a server, as its clients saw it. */
  readonly failed: number;
  readonly requests: number;
  /** 5xx answers by slot. */
  readonly failedBySlot: Readonly<Record<'blue' | 'green', number>>;
}

/** What all instances together have counted since their start, asked of each as an operator would. */
export async function countersOf(haproxy: HaproxyFixture): Promise<HaproxyCounters> {
  const rows = (await typeInto(haproxy, () => 'show stat')).flatMap(rowsOf);
  const sum = (kind: string, column: string, of: (name: string) => boolean): number => rows
    .filter((row) => row['svname'] === kind && of(row['# pxname'] ?? '')).reduce((total, row) => total + Number(row[column]), 0);
  const slot = (name: string): number => sum('BACKEND', 'hrsp_5xx', (proxy) => proxy.endsWith(`_${name}`));
  return {
    failed: sum('FRONTEND', 'hrsp_5xx', () => true), requests: sum('FRONTEND', 'req_tot', () => true),
    failedBySlot: { blue: slot('blue'), green: slot('green') },
  };
}

/** The map entries of every instance, as HAProxy prints them, without its own addresses. */
export async function mapsOf(haproxy: HaproxyFixture): Promise<readonly (readonly string[])[]> {
  const shown = await typeInto(haproxy, (map) => `show map ${map}`);
  return shown.map((text) => text.split('\n').filter((line) => line.startsWith('0x')).map((line) => line.slice(line.indexOf(' ') + 1)));
}

function rowsOf(csv: string): Record<string, string>[] {
  const [head = '', ...lines] = csv.trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, index) => [names[index] ?? '', value])));
}
