import type { SlotReading } from '../router.js';
import { formatServerAddress } from '../server-address.js';
import type { Ask } from './admin-connection.js';
import { EMPTY_PLACE } from './place.js';

type Server = SlotReading['servers'][number];

/** Bits of `srv_admin_state` by which a server takes no new requests; that of a place which the configuration disables says nothing once it was enabled. */
const OUT_OF_ROTATION = 0x01 | 0x02 | 0x08 | 0x10 | 0x20;
/** `srv_op_state` of a server that may be used: it starts, or it runs. */
const USABLE = [1, 2];

/**
 * The servers of every backend, by its name, in one answer that costs little: `show stat` of the same takes thirty times as long to read.
 * Places that hold no server are left out.
 */
export async function readServerStates(ask: Ask): Promise<ReadonlyMap<string, readonly Server[]>> {
  const lines = (await ask('show servers state')).split('\n');
  const names = lines.find((line) => line.startsWith('# '))?.slice(2).split(' ') ?? [];
  const column = (name: string): number => names.indexOf(name);
  const [backend, address, port, operation, administration] = [column('be_name'), column('srv_addr'), column('srv_port'), column('srv_op_state'), column('srv_admin_state')];
  const states = new Map<string, Server[]>();
  for (const line of lines) {
    const values = line.split(' ');
    const name = values[backend];
    if (name === undefined || line.startsWith('#') || values.length < names.length) continue;
    const servers = states.get(name) ?? [];
    states.set(name, servers);
    const [host = '', at] = [values[address], Number(values[port])];
    if (host === '-' || (host === EMPTY_PLACE.host && at === EMPTY_PLACE.port)) continue;
    const inRotation = (Number(values[administration]) & OUT_OF_ROTATION) === 0;
    servers.push({ address: formatServerAddress({ host, port: at }), inRotation, up: inRotation && USABLE.includes(Number(values[operation])) });
  }
  return states;
}
