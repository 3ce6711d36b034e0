import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codeOf, isSlipwayError } from '../../domain/errors.js';
import { decodeEntry, UNMANAGED_ENTRY } from '../../domain/router/entry.js';
import { printedParts, type HaproxyAnswers } from './haproxy-files.js';

const ANSWERS: HaproxyAnswers = {
  service: 'checkout', environment: 'production', port: '8080', places: '6', healthPath: '/healthz', socket: '/run/haproxy/admin.sock', maps: '/var/lib/haproxy/slipway',
  socketMode: '660', socketGroup: 'haproxy', stateFile: '/var/lib/haproxy/slipway/servers.state',
  timeoutConnect: '1s', timeoutQueue: '5s', timeoutClient: '60s', timeoutServer: '5m', timeoutTunnel: '1h',
};
const printed = (change: Partial<HaproxyAnswers> = {}): string => printedParts({ ...ANSWERS, ...change });

function complaintsOf(change: Partial<HaproxyAnswers>): readonly string[] {
  try {
    printed(change);
    return [];
  } catch (error) {
    return isSlipwayError(error) ? [codeOf(error), ...error.problems.map(({ path }) => path)] : [String(error)];
  }
}

describe('slipway router config haproxy', () => {
  it('names the entry after service and environment, and takes the options given', () => {
    expect(printed()).toContain('frontend fe_checkout-production\n  bind :8080\n');
    expect(printed()).toContain('server-template s 1-6 ');
  });

  it('runs HAProxy as Debian does, its socket open to the group given', () => {
    const lines = printed({ socketMode: '620', socketGroup: 'slipway' });
    for (const line of ['user haproxy', 'group haproxy', 'chroot /var/lib/haproxy', 'stats socket /run/haproxy/admin.sock mode 620 group slipway level admin']) expect(lines).toContain(`  ${line}`);
  });

  it('leaves user, group and chroot to whoever starts HAProxy without root', () => {
    expect(printed({ unprivileged: true })).not.toMatch(/^ {2}(user|group|chroot) | group /m);
  });

  it('takes timeouts, that of tunnels for event streams too', () => {
    expect(printed({ timeoutServer: '30s', timeoutTunnel: '2h' })).toMatch(/timeout server 30s[^]*timeout tunnel 2h[^]*set-timeout server 2h if/);
  });

  it('prints a further environment without the global sections', () => {
    expect(printed()).toContain(printed({ only: 'environment' }));
    expect(printed({ only: 'environment' })).not.toMatch(/^global/m);
  });

  it('prints a map that says unmanaged', () => {
    const [entry, text = ''] = printed({ only: 'map', backend: 'shop' }).trim().split(' ');
    expect(entry).toBe('shop');
    expect(decodeEntry(text)).toEqual(UNMANAGED_ENTRY);
  });

  it('prints an install script that a shell accepts, with every entry', () => {
    const script = printed({ persistUnit: true, also: ['cart-production'] });
    expect(spawnSync('sh', ['-n'], { input: script }).status).toBe(0);
    expect(script).toContain('/var/lib/haproxy/slipway/cart-production.map');
  });

  it('refuses every option that is wrong, at once', () => {
    expect(complaintsOf({ service: 'a b', port: '0', places: 'many', maps: 'relative', timeoutQueue: '0', socketMode: '999' })).toEqual(
      ['INVALID_REQUEST', '--service', '--backend', '--socket-mode', '--maps', '--timeout-queue', '--port', '--places']);
  });

  it('cannot keep on disk what it reaches over TCP only', () => {
    expect(complaintsOf({ socket: 'ipv4@10.0.0.2:9999' })).toEqual([]);
    expect(complaintsOf({ socket: 'ipv4@10.0.0.2:9999', persistUnit: true })).toContain('--socket');
  });

  it('never lets a text begin a line or a command of its own', () => {
    const unsafe = fc.tuple(fc.string(), fc.constantFrom('\n', ' ', ';', '\'', '"', '$', '`', '#'), fc.string()).map((parts) => parts.join(''));
    const option = fc.constantFrom('service', 'environment', 'backend', 'address', 'healthPath', 'socket', 'socketMode', 'socketGroup', 'maps', 'stateFile', 'timeoutServer');
    fc.assert(fc.property(option, unsafe, (name, text) => {
      expect(complaintsOf({ [name]: text })[0]).toBe('INVALID_REQUEST');
    }));
  });
});
