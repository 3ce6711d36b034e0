import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StackSettings } from './parts/stack-context.js';

export interface StackAddresses {
  readonly api: string;
  readonly router: string;
  readonly temporalUi: string;
  readonly slipwayVersion: string;
  readonly temporalVersion: string;
}

export async function addressesOf({ checkout, ports }: StackSettings, signal: AbortSignal): Promise<StackAddresses> {
  const temporalUi = `http://localhost:${ports.temporalUi}`;
  const [slipwayVersion, temporalVersion] = await Promise.all([
    textAt(readFile(join(checkout, 'package.json'), 'utf8'), 'version'),
    textAt(fetch(`${temporalUi}/api/v1/cluster-info`, { signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]) }).then((response) => response.text()), 'serverVersion'),
  ]);
  return { api: `http://localhost:${ports.api}`, router: `http://localhost:${ports.router}`, temporalUi, slipwayVersion, temporalVersion };
}

/** A text in a JSON object; empty when it cannot be had: a version is shown, nothing depends on it. */
async function textAt(json: Promise<string>, key: string): Promise<string> {
  try {
    const value: unknown = JSON.parse(await json);
    const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
    return typeof text === 'string' ? text : '';
  } catch {
    return '';
  }
}

export interface HeadDetails {
  /** What the router serves, empty when nothing is deployed. */
  readonly serving: string;
  readonly adminKey: string;
  readonly adminKeyFile: string;
}

/** The lines that say where everything is. */
export function headLines(addresses: StackAddresses, { serving, adminKey, adminKeyFile }: HeadDetails): readonly string[] {
  const rows = [
    ['Temporal', `dev server ${addresses.temporalVersion}`.trimEnd(), addresses.temporalUi],
    ['API', 'docs and try-it', `${addresses.api}/docs     key ${adminKey} (also in ${adminKeyFile})`],
    ['router', serving || 'nothing deployed', addresses.router],
  ] as const;
  const width = Math.max(...rows.map(([, what]) => what.length)) + 2;
  return ['', `Slipway ${addresses.slipwayVersion}, embedded stack`, ...rows.map(([name, what, where]) => `  ${name.padEnd(10)} ${what.padEnd(width)} ${where}`)];
}
